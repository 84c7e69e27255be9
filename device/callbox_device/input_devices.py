"""The kernel's input devices and HID devices, opened as files: ``/dev/input/event*``, ``/dev/hidraw*``.

By ioctl, without a library: python-evdev has no wheels, and a compiler is more than five numbers are worth. What the
bytes mean is in `model.input_events` and `model.hid_report`.
"""

import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callbox_device.model.hid_report import ReportDescriptor, output_reports, parse_descriptor, value_of
from callbox_device.model.input_events import EVENT_BYTES, KeyChange, KeyTracker, bits
from callbox_device.model.key_codes import HID_USAGES, KEY_CODES, MUTE_LED, OFF_HOOK_LED

_NAME_BYTES = 256
_KEY_BYTES = 96
"""KEY_CNT of linux/input-event-codes.h: 768 bits."""
_EV_KEY = 1
_MAX_DESCRIPTOR_BYTES = 4096
_READ_BYTES = 64 * EVENT_BYTES
_HID_REPORT_BYTES = 16384
_WRITE, _READ = 1, 2


def _ioc(direction: int, group: str, number: int, size: int) -> int:
    """An ioctl's number, by asm-generic/ioctl.h, which holds for ARM and x86."""
    return direction << 30 | size << 16 | ord(group) << 8 | number


_EVIOCGNAME = _ioc(_READ, "E", 0x06, _NAME_BYTES)
_EVIOCGKEY = _ioc(_READ, "E", 0x18, _KEY_BYTES)
_EVIOCGBIT_KEY = _ioc(_READ, "E", 0x20 + _EV_KEY, _KEY_BYTES)
_EVIOCGRAB = _ioc(_WRITE, "E", 0x90, 4)
_EVIOCSCLOCKID = _ioc(_WRITE, "E", 0xA0, 4)
_HIDIOCGRDESCSIZE = _ioc(_READ, "H", 0x01, 4)
_HIDIOCGRDESC = _ioc(_READ, "H", 0x02, 4 + _MAX_DESCRIPTOR_BYTES)
_HIDIOCGRAWNAME = _ioc(_READ, "H", 0x04, _NAME_BYTES)


class KeyDevice(Protocol):
    """An open device with keys. One thread. Each method raises OSError when the device is gone."""

    @property
    def name(self) -> str:
        """As the kernel calls it."""

    @property
    def codes(self) -> frozenset[int]:
        """Numbers of its keys, or its HID usages."""

    @property
    def pressed(self) -> frozenset[int]:
        """Keys that are down, as far as it has been read."""

    def fileno(self) -> int:
        """For poll."""

    def take(self) -> None:
        """Keep its keys from everybody else, and date them by time.monotonic(). OSError: another program has it."""

    def read(self) -> list[KeyChange]:
        """Changes since the last time; empty: none."""

    def show_line(self, *, off_hook: bool, muted: bool) -> None:
        """Tell the device whether a call is on, and whether it is muted, if it can be told. May block for seconds."""

    def close(self) -> None:
        """Let go of it."""


class Machine(Protocol):
    """Machine with input devices: `InputMachine`, and in tests one of pipes."""

    def paths(self) -> list[Path]:
        """Paths of all devices."""

    def open(self, path: Path) -> KeyDevice:
        """Open one of `paths`. Raises OSError."""


class EventDevice:
    """Input device (`KeyDevice`) of an evdev node. Raises OSError if it can't be opened."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.name = _text(_get(self._file, _EVIOCGNAME, _NAME_BYTES))
            self.codes = bits(_get(self._file, _EVIOCGBIT_KEY, _KEY_BYTES))
        except OSError:
            os.close(self._file)
            raise
        self._keys = KeyTracker()

    @property
    def pressed(self) -> frozenset[int]:
        """As `KeyDevice.pressed`."""
        return frozenset(self._keys.pressed)

    def fileno(self) -> int:
        """As `KeyDevice.fileno`."""
        return self._file

    def take(self) -> None:
        """As `KeyDevice.take`."""
        fcntl.ioctl(self._file, _EVIOCGRAB, 1)
        fcntl.ioctl(self._file, _EVIOCSCLOCKID, struct.pack("@i", time.CLOCK_MONOTONIC))
        self._keys = KeyTracker(self._state())

    def read(self) -> list[KeyChange]:
        """As `KeyDevice.read`."""
        try:
            changes = self._keys.feed(os.read(self._file, _READ_BYTES))
        except BlockingIOError:
            return []
        if self._keys.needs_state:  # reading the state also takes the keys out of the kernel's queue
            changes += self._keys.resync(self._state(), time.monotonic())
        return changes

    def show_line(self, *, off_hook: bool, muted: bool) -> None:
        """Do nothing: the kernel makes no LED of Off-Hook."""

    def _state(self) -> frozenset[int]:
        return bits(_get(self._file, _EVIOCGKEY, _KEY_BYTES))

    def close(self) -> None:
        """As `KeyDevice.close`."""
        os.close(self._file)


class HidrawDevice:
    """HID device (`KeyDevice`): the telephony usages of a hidraw node. Its reports have no times: they count as of now.

    Which are pressed at the start isn't known; nothing is. Raises OSError if it can't be opened, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.name = _text(_get(self._file, _HIDIOCGRAWNAME, _NAME_BYTES))
            self.descriptor = self._descriptor()
        except OSError:
            os.close(self._file)
            raise
        usages = set(HID_USAGES.values())
        self._fields = [field for field in self.descriptor.fields if field.kind == "input" and field.usage in usages]
        self.codes = frozenset(field.usage for field in self._fields)
        self._pressed: set[int] = set()

    def _descriptor(self) -> ReportDescriptor:
        (size,) = struct.unpack("@i", _get(self._file, _HIDIOCGRDESCSIZE, 4))
        request = bytearray(struct.pack("@I", size).ljust(4 + _MAX_DESCRIPTOR_BYTES, b"\0"))
        fcntl.ioctl(self._file, _HIDIOCGRDESC, request)
        try:
            return parse_descriptor(bytes(request[4 : 4 + size]))
        except ValueError as error:
            raise OSError(errno.EPROTO, f"its report descriptor is damaged: {error}") from error

    @property
    def pressed(self) -> frozenset[int]:
        """As `KeyDevice.pressed`."""
        return frozenset(self._pressed)

    def fileno(self) -> int:
        """As `KeyDevice.fileno`."""
        return self._file

    def take(self) -> None:
        """Do nothing: the kernel gives every reader every report."""

    def read(self) -> list[KeyChange]:
        """As `KeyDevice.read`."""
        changes: list[KeyChange] = []
        try:
            report = os.read(self._file, _HID_REPORT_BYTES)
        except BlockingIOError:
            return []
        for field in self._fields:
            value = value_of(field, report)
            if value is not None and bool(value) != (field.usage in self._pressed):
                (self._pressed.add if value else self._pressed.discard)(field.usage)
                changes.append(KeyChange(field.usage, bool(value), time.monotonic()))
        return changes

    def show_line(self, *, off_hook: bool, muted: bool) -> None:
        """As `KeyDevice.show_line`."""
        for report in output_reports(self.descriptor, {OFF_HOOK_LED: off_hook, MUTE_LED: muted}):
            os.write(self._file, report)

    def close(self) -> None:
        """As `KeyDevice.close`."""
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class InputMachine:
    """Input devices of the kernel (`Machine`)."""

    folder: Path = Path("/dev")

    def paths(self) -> list[Path]:
        """Paths of all devices: input devices, then HID devices."""
        return [
            *sorted(self.folder.glob("input/event*"), key=_number),
            *sorted(self.folder.glob("hidraw*"), key=_number),
        ]

    def open(self, path: Path) -> KeyDevice:
        """Open one of `paths`. Raises OSError."""
        return HidrawDevice(path) if path.name.startswith("hidraw") else EventDevice(path)


KERNEL = InputMachine()
"""This machine's own."""


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device, for people."""

    path: Path
    name: str
    """As the kernel calls it; empty: it can't be opened."""
    keys: tuple[str, ...] = ()
    """The kernel's names of its keys, and the telephony usages."""
    error: OSError | None = None


def find_devices(machine: Machine = KERNEL) -> Iterator[FoundDevice]:
    """Every device with keys that settings may name."""
    names = {code: name for name, code in (KEY_CODES | HID_USAGES).items()}
    for path in machine.paths():
        try:
            device = machine.open(path)
        except OSError as error:
            yield FoundDevice(path, "", error=error)
            continue
        keys = tuple(names[code] for code in sorted(device.codes) if code in names)
        name = device.name
        device.close()
        if keys:
            yield FoundDevice(path, name, keys)


def _get(file: int, request: int, size: int) -> bytes:
    data = bytearray(size)
    fcntl.ioctl(file, request, data)
    return bytes(data)


def _text(name: bytes) -> str:
    return name.partition(b"\0")[0].decode(errors="replace")


def _number(path: Path) -> int:
    digits = path.name.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits.isdecimal() else 0
