"""Settings, machine, user, DTLS, and the doctor's own troubles: each code by a fault."""

import asyncio
import ctypes
import dataclasses
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.integration.doctor.visits import check, codes, codes_reported

from callbox.doctor import runner
from callbox.doctor.model.codes import CODES
from callbox.doctor.model.evaluate import network
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import dtls, handshake
from callbox.mqtt import blocking_client
from callbox.system import time_sync

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


def settings_wrong(place, _):
    place.settings["log"] = {"level": "loud"}


def settings_secret(place, _):
    place.settings["bot"]["headers"] = {"Authorization": {"env": "CALLBOX_NO_SUCH"}}


def settings_extra(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "websockets", None)
    place.settings["bot"]["transport"] = "websocket"


def settings_warning(place, _):
    key = place.write("key", "s3cr3t")
    key.chmod(0o644)
    place.settings["bot"]["headers"] = {"Authorization": {"file": str(key)}}


def extra_echo(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)


def clock_year(place, _):
    place.options["now_s"] = lambda: 3600.0  # a Pi that has just been switched on, far from any network


def clock_unsynchronised(place, monkeypatch):
    (place.root / "run/systemd/timesync/synchronized").unlink()
    monkeypatch.setattr(time_sync, "kernel_is_synchronised", lambda: False)  # a syscall, and this machine's clock


def clock_quiet_hours(place, monkeypatch):
    place.settings["quiet_hours"] = {"start": "22:00", "end": "07:00"}
    (place.root / "run/systemd/timesync/synchronized").unlink()
    monkeypatch.setattr(time_sync, "kernel_is_synchronised", lambda: False)


def disk_full(place, _):
    place.options["root"] = Path("/proc")  # a file system that has no room at all


def stops_the_loop(_, monkeypatch):
    real = handshake.handshake

    async def held_up(timeout_s):
        asyncio.get_running_loop().call_soon(time.sleep, 2.0)  # that is the fault
        return await real(timeout_s)

    monkeypatch.setattr(handshake, "handshake", held_up)
    monkeypatch.setattr(dtls, "TIMEOUT_S", 60.0)


def writes(file, text):
    return lambda place, _: place.write(file, text)


FAULTS = {
    "SETTINGS-WRONG": settings_wrong,
    "SETTINGS-SECRET": settings_secret,
    "SETTINGS-EXTRA": settings_extra,
    "SETTINGS-WARNING": settings_warning,
    "EXTRA-ECHO": extra_echo,
    "CLOCK-YEAR": clock_year,
    "CLOCK-UNSYNCHRONISED": clock_unsynchronised,
    "CLOCK-QUIET-HOURS": clock_quiet_hours,
    "POWER-LOW": writes(THROTTLED, "1\n"),
    "POWER-WAS-LOW": writes(THROTTLED, "10000\n"),
    "POWER-THROTTLED": writes(THROTTLED, "40000\n"),
    "TEMPERATURE-HIGH": writes("sys/class/thermal/thermal_zone0/temp", "81200\n"),
    "MEMORY-LOW": writes("proc/meminfo", "MemTotal: 433000 kB\nMemAvailable: 61000 kB\n"),
    "DISK-FULL": disk_full,
    "DISK-READ-ONLY": writes("proc/mounts", "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n"),
    "DTLS-SLOW": stops_the_loop,
}
MACHINE = ("settings", "versions", "user", "clock", "power", "memory", "disk", "dtls")


async def test_a_file_of_a_secret_that_is_missing_is_one_finding(place):
    place.settings["bot"]["headers"] = {"Authorization": {"file": "/nowhere/key"}}
    assert codes(await place.visit("settings")) == ["SETTINGS-SECRET"]


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(place, monkeypatch, name):
    FAULTS[name](place, monkeypatch)
    results = await place.visit(CODES[name].check)
    assert codes(results) == [name]
    assert results[0].outcome.value == CODES[name].severity.value


@pytest.mark.parametrize("key", ["panel.token", "bot.tls.ca_file"])
async def test_what_can_be_read_and_not_be_used_is_no_missing_secret(place, key):
    file = place.write("file", "short")
    file.chmod(0o600)
    if key == "panel.token":
        place.settings["panel"] = {"enabled": True, "token": {"file": str(file)}}
    else:
        place.settings["bot"] = {"start_url": "https://127.0.0.1:1/start", "tls": {"ca_file": str(file)}}
    [result] = await place.visit("settings")
    [found] = result.report.findings
    assert (found.code.name, f"{key}: " in found.detail) == ("SETTINGS-WRONG", True)


async def test_a_good_machine_passes_with_what_was_measured(place, monkeypatch):
    monkeypatch.setattr(network, "DTLS_SLOW_MS", 60_000.0)  # a busy machine
    monkeypatch.setattr(dtls, "TIMEOUT_S", 60.0)
    results = await place.visit(*MACHINE)
    assert {result.check: result.outcome for result in results} == dict.fromkeys(MACHINE, Outcome.PASS), codes(results)
    measured = {name: value for result in results for name, value in result.report.measured.items()}
    assert (measured["throttled"], measured["temperature_c"], measured["available_mib"]) == ("0x0", 48.312, 244)
    assert measured["handshake_ms"] > 0


FORBIDDEN = {"USER-AUDIO": "dev/snd/controlC0", "USER-GPIO": "dev/gpiochip0"}


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_device_files_that_this_user_may_not_open(place, name):
    (place.root / FORBIDDEN[name]).chmod(0)
    reported = place.visit_apart("user", humble=True)
    assert codes_reported(reported) == [name]
    assert reported["checks"][0]["findings"][0]["detail"] == str(place.root / FORBIDDEN[name])
    assert reported["exit_code"] == 1


def test_what_systemd_calls_memory_deny_write_execute(place):
    deny = "import ctypes; assert ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0"  # PR_SET_MDWE, REFUSE_EXEC_GAIN
    if subprocess.run([sys.executable, "-c", deny], capture_output=True, check=False).returncode:
        pytest.skip("this kernel has no PR_SET_MDWE (Linux 6.3)")
    assert codes_reported(place.visit_apart("dtls", first=deny)) == ["DTLS-BLOCKED"]


async def test_a_machine_that_tells_nothing_is_no_faulty_one(place):
    for file in (THROTTLED, "sys/class/thermal/thermal_zone0/temp", "proc/meminfo"):
        (place.root / file).unlink()
    results = await place.visit("power", "memory")
    assert [result.outcome for result in results] == [Outcome.SKIPPED] * 2


async def test_without_the_kernels_file_vcgencmd_is_run(place):
    (place.root / THROTTLED).unlink()
    place.write("usr/bin/vcgencmd", '#!/bin/sh\n[ "$1" = get_throttled ] && echo throttled=0x50001\n').chmod(0o755)
    assert codes(await place.visit("power")) == ["POWER-LOW", "POWER-THROTTLED"]


def test_adjtimex_matches_the_c_library():
    ntptimeval = (ctypes.c_long * 16)()
    assert time_sync.kernel_is_synchronised() is (ctypes.CDLL(None).ntp_gettime(ntptimeval) != 5)


# -- the doctor's own troubles ---------------------------------------------------------------------


async def test_a_check_that_hangs_is_ended(place, monkeypatch):
    silent = place.running.enter_context(socket.create_server(("127.0.0.1", 0)))  # takes calls, and says nothing
    place.settings["mqtt"] = {"host": "127.0.0.1", "port": silent.getsockname()[1]}
    impatient = dataclasses.replace(check("mqtt"), limit_s=0.3)
    monkeypatch.setattr(runner, "CHECKS", (check("settings"), impatient))
    monkeypatch.setattr(blocking_client, "RESPONSE_TIMEOUT_S", 3600.0)
    async with asyncio.timeout(60):
        assert codes(await place.visit("mqtt")) == ["CHECK-HANGS"]


async def test_a_defect_of_the_doctor_ends_one_check_and_not_the_visit(place):
    place.write("proc/meminfo", "MemTotal: many kB\nMemAvailable: enough kB\n")
    results = await place.visit("memory", "disk")
    assert codes(results) == ["CHECK-BROKE"]
    assert "ValueError" in results[0].report.findings[0].detail
    assert results[1].outcome is Outcome.PASS


REACHED = {*FAULTS, *FORBIDDEN, "DTLS-BLOCKED", "CHECK-HANGS", "CHECK-BROKE"}
