"""Killed, crashed, hung, out of memory: the box is back within seconds, and its lamps don't lie meanwhile."""

import pytest

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(400)]

STATUS_LAMP, MICROPHONE_LAMP = 22, 27
PULL = "/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio{}/pull"
"""A Pi's pin keeps its level when its process is gone; the simulated one goes where it is pulled: to "lit"."""
TIME_TO_LOOK = "[Service]\nRestartSec=120"

FAULTS = {
    "killed": ("kill -KILL {pid}", "signal"),
    "crashed": ("kill -SEGV {pid}", "signal"),
    "hung": ("kill -STOP {pid}", "watchdog"),
    "out of memory": ("systemctl set-property --runtime callbox MemoryMax=8M", "oom-kill"),
}


def restarts(box):
    return int(box.show("NRestarts"))


@pytest.fixture(params=FAULTS)
def dead(request, box):
    """In a call, and then no more: the box, what systemd takes the reason for, its restarts before."""
    box.call()
    command, reason = FAULTS[request.param]
    before = restarts(box)
    box.sh(command.format(pid=box.show("MainPID")))
    yield box, reason, before
    box.sh("rm -rf /run/systemd/system.control/callbox.service.d; systemctl daemon-reload")


def test_it_is_back_and_answers_the_button(dead):
    box, reason, before = dead
    box.until(f'[ "$(systemctl show -P NRestarts callbox)" -gt {before} ]', 120, "started again")
    box.sh("systemctl set-property --runtime callbox MemoryMax=256M")
    took_s = box.until("systemctl is-active callbox", 120)
    print(f"back {took_s:.1f} s after it was started again")
    assert f"result '{reason}'" in box.sh("journalctl -u callbox -o cat --no-pager")
    assert box.level(MICROPHONE_LAMP) == 0
    box.call()
    assert box.level(MICROPHONE_LAMP) == 1


def test_lamps_are_turned_off_though_their_pins_keep_the_level(box):
    box.write("/run/systemd/system/callbox.service.d/test.conf", TIME_TO_LOOK)
    box.sh("systemctl daemon-reload")
    box.call()
    pull = PULL.format(MICROPHONE_LAMP)
    box.sh(f"echo pull-up >$(echo {pull})")
    watch = box.python("tests.system.hardware.gpio_actor", "watch", str(MICROPHONE_LAMP), "200")
    box.sh(f"rm -f /tmp/watched; {{ {watch}; }} >/tmp/watched 2>&1 & echo $! >/run/watch.pid")
    box.until("grep -q ' 1$' /tmp/watched", 60, "it is watched")
    box.sh(f"kill -KILL {box.show('MainPID')}")
    box.until("grep -q ' 0$' /tmp/watched", 60, "the lamp is dark")
    box.sh("pkill -P $(cat /run/watch.pid); kill $(cat /run/watch.pid) || true")
    seen = [line.split() for line in box.sh(f"echo pull-down >$(echo {pull}); cat /tmp/watched").splitlines()]
    assert [level for _, level in seen][:2] == ["1", "0"], seen  # lit by the box; dark before the next one starts
    box.until('[ "$(systemctl show -P ActiveState callbox)" = activating ]', 60)
    assert "status=0" in box.show("ExecStopPost")


def test_a_box_that_is_stopped_is_dark(box):
    box.call()
    box.sh("systemctl stop callbox")
    assert (box.level(STATUS_LAMP), box.level(MICROPHONE_LAMP)) == (0, 0)
    assert box.show("Result") == "success"
