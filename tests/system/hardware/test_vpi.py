"""The virtual Pi itself, booted from outside."""

import socket
import sys
from pathlib import Path

import pytest
from tests.system.hardware.vpi.boot import NO_ANSWER, TIMED_OUT, Guest, Running, boot

pytestmark = pytest.mark.vpi_host


def test_output_and_exit_code_come_back():
    ended = boot(["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (ended.exit_code, ended.stdout, ended.stderr) == (7, "out\n", "err\n")


def test_has_a_gpio_chip_and_two_sound_cards_and_is_a_pi_to_gpiozero():
    look = "import gpiozero; print(gpiozero.Button(17).pin_factory.board_info.model, open('/proc/asound/cards').read())"
    ended = boot([sys.executable, "-c", look])
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.startswith("4B ")
    assert "[Loopback " in ended.stdout
    assert "[Dummy " in ended.stdout


def test_can_be_without_them():
    ended = boot(["sh", "-c", "ls /dev; cat /proc/asound/cards"], Guest(gpio=False, sound=False))
    assert "gpiochip" not in ended.stdout
    assert "no soundcards" in ended.stdout


def test_writes_stay_in_memory_except_where_they_may_not(tmp_path):
    kept, lost = tmp_path / "kept", tmp_path / "lost"
    kept.mkdir()
    lost.mkdir()
    ended = boot(["sh", "-c", f"echo 1 > {kept}/file; echo 1 > {lost}/file; cat {lost}/file"], Guest(writable=(kept,)))
    assert ended.stdout == "1\n"
    assert (kept / "file").read_text() == "1\n"
    assert not (lost / "file").exists()


def test_a_boot_partition_survives_a_cut_of_the_power(tmp_path):
    card = Guest(vfat=Path("/boot/firmware"), vfat_image=tmp_path / "card.img")
    with Running(["sh", "-c", "echo 1 > /boot/firmware/a; sync; echo synced; sleep 60"], card) as guest:
        assert guest.until("synced\n"), guest.read("console")
    assert boot(["cat", "/boot/firmware/a"], card).stdout == "1\n"


def test_reaches_a_port_of_this_machine():
    look = "import socket; print(socket.create_connection(('127.0.0.1', {})).makefile().read())"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        until_there = f'until {sys.executable} -c "{look.format(port)}"; do sleep 0.1; done'
        with Running(["sh", "-c", until_there], Guest(ports=(port,))) as guest:
            server.settimeout(60)
            with server.accept()[0] as connection:
                connection.sendall(b"x" * 100_000 + b"end")
            assert guest.wait(60) == 0
            assert guest.read("stdout") == b"x" * 100_000 + b"end\n"


def test_with_systemd_the_command_is_a_service_and_limits_hold():
    eat = f"systemd-run --wait -p MemoryMax=40M {sys.executable} -c 'x = bytearray(80 << 20)'"
    ended = boot(["sh", "-c", f"cat /proc/1/comm; {eat}"], Guest(systemd=True))
    assert ended.stdout == "systemd\n"
    assert "oom-kill" in ended.stderr


def test_a_command_without_end_is_ended():
    assert boot(["sleep", "60"], timeout_s=3).exit_code == TIMED_OUT


def test_a_guest_that_goes_down_gives_no_exit_code():
    assert boot(["sh", "-c", "echo b > /proc/sysrq-trigger; poweroff -f; sleep 5"], timeout_s=30).exit_code == NO_ANSWER
