"""Probes of what the kernel and the firmware say about the machine. All paths are below `Context.root`."""

import contextlib
import os
import platform
import shutil
import subprocess
import time
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from callbox import __version__
from callbox.control.clock_history import clock_is_set
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import machine as evaluate
from callbox.doctor.model.findings import Report, Value, finding
from callbox.system import host_metrics, time_sync

_LIBRARIES = {
    "aiortc": "aiortc",
    "paho": "paho-mqtt",
    "gpiozero": "gpiozero",
    "lgpio": "lgpio",
    "echo": "pywebrtc-audio",
    "websockets": "websockets",
    "daily": "daily-python",
}


async def versions(context: Context) -> Report:
    """Versions that are installed; which extra the settings would like."""
    measured: dict[str, Value] = {"callbox": __version__, "python": platform.python_version()}
    measured |= {"kernel": platform.release(), "machine": platform.machine()}
    for name, distribution in _LIBRARIES.items():
        with contextlib.suppress(metadata.PackageNotFoundError):
            measured[name] = metadata.version(distribution)
    findings = []
    if context.loaded and context.loaded.settings.sound.echo == "auto" and find_spec("pywebrtc_audio") is None:
        findings.append(finding("EXTRA-ECHO", "sound.echo is auto, and pywebrtc-audio is not installed"))
    return Report(measured, tuple(findings))


async def user(context: Context) -> Report:
    """Device files that this user may not open."""
    dev = context.root / "dev"
    sound = _closed(dev / "snd", "[ch]*")  # controlC*, hwC*: a user of one card may all of them
    chips = _closed(dev, "gpiochip*")
    groups = sorted(_group_name(number) for number in {os.getgid(), *os.getgroups()})
    return Report({"uid": os.getuid(), "groups": " ".join(groups)}, tuple(evaluate.user(sound, chips)))


async def clock(context: Context) -> Report:
    """Year and synchronisation, as the kernel has them."""
    year = time.gmtime(context.now_s()).tm_year
    synchronised = time_sync.is_synchronised(context.root)
    measured: dict[str, Value] = {"year": year, "synchronised": synchronised}
    quiet_hours = context.loaded is not None and context.loaded.settings.quiet_hours is not None
    if quiet_hours:
        measured["rtc"] = has_rtc = time_sync.has_rtc(context.root)
        quiet_hours = not clock_is_set(year, synchronised, has_rtc=has_rtc)
    return Report(measured, tuple(evaluate.clock(year, synchronised, no_quiet_hours=quiet_hours)))


async def power(context: Context) -> Report:
    """Voltage events that a Raspberry Pi's firmware remembers, and its temperature."""
    throttled = await in_thread(lambda: _throttled(context.root))
    temperature_c = host_metrics.temperature_c(context.root)
    if throttled is None and temperature_c is None:
        return Report(skipped="this machine tells neither throttling nor temperature")
    measured: dict[str, Value] = {"throttled": None if throttled is None else f"{throttled:#x}"}
    return Report({**measured, "temperature_c": temperature_c}, tuple(evaluate.power(throttled, temperature_c)))


async def memory(context: Context) -> Report:
    """Memory that is available."""
    fields = dict(
        line.split(":", 1) for line in host_metrics.read(context.root / "proc/meminfo").splitlines() if ":" in line
    )
    if "MemAvailable" not in fields:
        return Report(skipped="this kernel doesn't tell (/proc/meminfo)")
    available_mib, total_mib = (int(fields[name].split()[0]) / 1024 for name in ("MemAvailable", "MemTotal"))
    measured = {"available_mib": round(available_mib), "total_mib": round(total_mib)}
    return Report(measured, tuple(evaluate.memory(available_mib)))


async def disk(context: Context) -> Report:
    """The root file system: how much is free, and whether the kernel lets it be written."""
    space = await in_thread(lambda: shutil.disk_usage(context.root))
    mounts = [line.split() for line in host_metrics.read(context.root / "proc/mounts").splitlines()]
    flags = [mount[3].split(",") for mount in mounts if len(mount) > 3 and mount[1] == "/"]
    read_only = bool(flags) and "ro" in flags[-1]
    free_mib, free_percent = space.free / 2**20, 100 * space.free / max(1, space.total)
    measured: dict[str, Value] = {"free_mib": round(free_mib), "free_percent": round(free_percent, 1)}
    measured["writable"] = not read_only
    return Report(measured, tuple(evaluate.disk(free_mib, free_percent, read_only=read_only)))


def closed_files(folder: Path, pattern: str) -> tuple[int, list[str]]:
    """Number of device files, and those that this user may not open."""
    files = sorted(folder.glob(pattern))
    return len(files), [str(file) for file in files if not os.access(file, os.R_OK | os.W_OK)]


def _closed(folder: Path, pattern: str) -> list[str]:
    return closed_files(folder, pattern)[1]


def _group_name(number: int) -> str:
    import grp  # late: not on every system that can import this module

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _throttled(root: Path) -> int | None:
    """The firmware's bits: from the kernel, else from vcgencmd."""
    text = host_metrics.throttled_text(root)
    if not text and (program := shutil.which("vcgencmd", path=str(root / "usr/bin"))):
        done = subprocess.run([program, "get_throttled"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        text = done.stdout.strip().removeprefix("throttled=")
    return host_metrics.throttled_bits(text)
