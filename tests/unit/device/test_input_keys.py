"""Keys as buttons: devices that come and go. The bytes are a kernel's, through pipes."""

import errno
import queue

import pytest
from tests.rig.pipe_devices import Machine
from tests.rig.uevents import Kernel

from callbox_device.input_keys import InputReader
from callbox_device.interfaces import Edge
from callbox_device.model.key_codes import KEY_CODES

PHONE, MUTE = KEY_CODES["KEY_PHONE"], KEY_CODES["KEY_MICMUTE"]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def reader(machine):
    """One where there are no uevents."""
    return InputReader(machine, rescan_s=0.02, open_uevents=lambda _: None)


@pytest.fixture
def kernel():
    with Kernel() as kernel:
        yield kernel


@pytest.fixture
def uevent_reader(machine, kernel):
    """One that is told by uevents, and looks by itself once in an hour."""
    return InputReader(machine, rescan_s=3600, open_uevents=kernel.open_uevents)


def test_a_device_that_is_plugged_in_works_at_the_kernels_uevent(machine, uevent_reader, kernel):
    with Started(uevent_reader.key("KEY_PHONE", "Jabra")) as phone:
        for _ in range(2):
            path = machine.plug_in("Jabra", [PHONE])
            kernel.send("sound")
            kernel.send("input")
            machine.send(path, (PHONE, 1))
            assert phone.edge().closed
            machine.pull_out(path)
            assert not phone.edge().closed
    assert not kernel.is_watched  # closed with the last key


def test_a_second_device_with_the_key_works_too(machine, uevent_reader, kernel):
    machine.plug_in("pedal 1", [MUTE])
    with Started(uevent_reader.key("KEY_MICMUTE", "pedal*")) as pedal:
        second = machine.plug_in("pedal 2", [MUTE])
        kernel.send("input")
        machine.send(second, (MUTE, 1))
        assert pedal.edge().closed


def test_a_device_without_permission_is_opened_when_udev_has_changed_it(machine, uevent_reader, kernel):
    machine.error = PermissionError(errno.EACCES, "Permission denied")
    with Started(uevent_reader.key("KEY_PHONE", "*")) as phone:
        path = machine.plug_in("Jabra", [PHONE])
        kernel.send("input")  # the kernel's: the device node is root's
        machine.refused.get(timeout=60)
        kernel.send("input")
        kernel.send("hidraw")
        machine.error = None
        path.chmod(0o660)
        kernel.send("input")  # udev's
        machine.send(path, (PHONE, 1))
        assert phone.edge().closed
    assert machine.refused.empty()


class Started:
    """A key that is read, and its edges."""

    def __init__(self, key):
        self.edges: queue.Queue[Edge] = queue.Queue()
        self.key = key
        self.closed_at_start = key.start(self.edges.put)

    def edge(self):
        return self.edges.get(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.key.close()


def test_edges_have_the_kernels_times(machine, reader):
    path = machine.plug_in("Jabra SPEAK 510 USB", [PHONE, MUTE])
    with Started(reader.key("KEY_PHONE", "*jabra*")) as phone:
        assert not phone.closed_at_start
        machine.send(path, (MUTE, 1), (PHONE, 1), (PHONE, 2), (PHONE, 0), at_s=7.125)
        assert [phone.edge(), phone.edge()] == [Edge(True, 7.125), Edge(False, 7.125)]
        assert phone.edges.empty()


def test_two_keys_of_one_device_are_read_through_one_file(machine, reader):
    path = machine.plug_in("Jabra", [PHONE, MUTE], held=[MUTE])
    inverted = reader.key("KEY_MICMUTE", "*", inverted=True, missing=True)
    with Started(reader.key("KEY_PHONE", "*")) as phone, Started(inverted) as mute:
        assert not mute.closed_at_start
        assert mute.edges.empty()
        machine.send(path, (PHONE, 1), (MUTE, 0))
        assert phone.edge().closed
        assert mute.edge().closed
        assert machine.opened == [path]


def test_a_device_that_is_pulled_out_lets_go_of_its_keys_and_works_again(machine, reader, caplog):
    path = machine.plug_in("Jabra", [PHONE])
    with Started(reader.key("KEY_PHONE", "Jabra")) as phone:
        machine.send(path, (PHONE, 1))
        assert phone.edge().closed
        machine.pull_out(path)
        assert not phone.edge().closed
        again = machine.plug_in("Jabra", [PHONE])
        machine.send(again, (PHONE, 1))
        assert phone.edge().closed
    assert "No input device called Jabra has KEY_PHONE" in caplog.text


def test_a_mute_switch_counts_as_on_while_its_device_is_missing(machine, reader):
    with Started(reader.key("KEY_MICMUTE", "*", missing=True)) as switch:
        assert switch.closed_at_start
        path = machine.plug_in("pedal", [MUTE])
        assert not switch.edge().closed
        machine.pull_out(path)
        assert switch.edge().closed


def test_a_key_is_pressed_while_it_is_on_any_device(machine, reader):
    first, second = machine.plug_in("pedal 1", [MUTE]), machine.plug_in("pedal 2", [MUTE])
    with Started(reader.key("KEY_MICMUTE", "pedal*")) as pedal:
        machine.send(first, (MUTE, 1))
        assert pedal.edge().closed
        machine.send(second, (MUTE, 1), (MUTE, 0))
        machine.send(first, (MUTE, 0), at_s=3.0)
        assert pedal.edge() == Edge(False, 3.0)


def test_a_key_is_let_go_when_the_last_device_lets_it_go_in_whatever_order_they_are_read(machine, reader):
    first, second = machine.plug_in("pedal 1", [MUTE]), machine.plug_in("pedal 2", [MUTE])
    with Started(reader.key("KEY_MICMUTE", "pedal*")) as pedal:
        machine.send(first, (MUTE, 1))
        machine.send(second, (MUTE, 1))
        assert pedal.edge().closed
        machine.send(first, (MUTE, 0), at_s=3.0)
        machine.send(second, (MUTE, 0), at_s=2.0)
        assert pedal.edge() == Edge(False, 3.0)


def test_devices_without_a_wanted_key_are_let_go_and_not_looked_at_again(machine, reader):
    other = machine.plug_in("power button", [MUTE])
    stranger = machine.plug_in("keyboard", [PHONE])
    with Started(reader.key("KEY_PHONE", "Jabra*")) as phone:
        mine = machine.plug_in("Jabra", [PHONE])
        machine.send(mine, (PHONE, 1))
        phone.edge()
        assert machine.opened == [other, stranger, mine]


@pytest.mark.parametrize("has_uevents", [False, True])
def test_a_device_that_cant_be_opened_is_reported_once_and_tried_again(machine, kernel, caplog, has_uevents):
    """No uevent tells that another program has let go of it."""
    reader = InputReader(machine, rescan_s=0.02, open_uevents=kernel.open_uevents if has_uevents else lambda _: None)
    path = machine.plug_in("Jabra", [PHONE])
    machine.error = OSError(errno.EBUSY, "Device or resource busy")
    with Started(reader.key("KEY_PHONE", "*")) as phone:
        for _ in range(3):
            machine.refused.get(timeout=60)
        machine.error = None
        machine.send(path, (PHONE, 1))
        assert phone.edge().closed
    assert caplog.text.count("Device or resource busy") == 1


def test_after_the_last_key_nothing_is_open_and_one_may_be_started_again(machine, reader):
    path = machine.plug_in("Jabra", [PHONE])
    for _ in range(2):
        with Started(reader.key("KEY_PHONE", "*")) as phone:
            machine.send(path, (PHONE, 1), (PHONE, 0))
            phone.edge()
            phone.edge()
    assert machine.opened == [path, path]
    phone.key.close()


def test_the_call_is_displayed_when_it_changes_and_when_the_device_comes_back(machine, reader):
    path = machine.plug_in("Jabra", [PHONE])
    with Started(reader.key("KEY_PHONE", "*")):
        for _ in range(2):
            reader.show_line(off_hook=True, muted=False)
        assert machine.lines.get(timeout=60) == (True, False)
        reader.show_line(off_hook=True, muted=True)
        assert machine.lines.get(timeout=60) == (True, True)
        machine.pull_out(path)
        machine.plug_in("Jabra", [PHONE])
        assert machine.lines.get(timeout=60) == (True, True)
        assert machine.lines.empty()
