"""Keys as buttons: of a USB speakerphone, a foot switch, a keyboard. One thread reads them all.

A device that isn't there, or is pulled out, is looked for whenever the kernel tells of one; its keys then work again.
"""

import fnmatch
import logging
import os
import select
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from callbox_device.input_devices import KERNEL, KeyDevice, Machine
from callbox_device.interfaces import Edge
from callbox_device.model.key_codes import HID_USAGES, KEY_CODES
from callbox_device.uevents import UeventSocket, open_uevents

log = logging.getLogger(__name__)

RESCAN_S = 5.0
"""How often a device that another program has for itself is tried again, and every one where there are no uevents."""
SUBSYSTEMS = ("input", "hidraw")
"""Of the devices with keys."""


def is_called(name: str, pattern: str) -> bool:
    """Whether a device's `name` is as `pattern` says: * stands for anything, small and large letters are the same."""
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


class InputKey:
    """Key as a button (`interfaces.Button`), closed while it is pressed on any device whose name fits.

    Made by `InputReader.key`.
    """

    def __init__(self, reader: "InputReader", key: str, device: str, *, inverted: bool, missing: bool) -> None:
        self.key, self.device = key, device
        self.code = (KEY_CODES | HID_USAGES)[key]
        self._reader, self.inverted = reader, inverted
        self._missing = missing
        self.on_edge: Callable[[Edge], None] | None = None
        self.closed = missing
        """As it was last told."""
        self.changed_s = 0.0
        """When it last changed on any device; what is read of one may be older than what was read of another."""
        self.is_reported_missing = False

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `interfaces.Button.start`. Called on the reader's thread. A device that is missing is no error."""
        return self._reader.add(self, on_edge)

    def close(self) -> None:
        """As `interfaces.Button.close`."""
        self._reader.remove(self)

    def fits(self, device: KeyDevice) -> bool:
        """Whether `device` has this key and the wanted name."""
        return self.code in device.codes and is_called(device.name, self.device)

    def level(self, devices: list[KeyDevice]) -> bool:
        """Whether the contact counts as closed."""
        if not devices:
            return self._missing
        return any(self.code in device.pressed for device in devices) is not self.inverted


class InputReader:
    """Reader of the keys of all devices that have a wanted one. Its methods may be called from any thread but its own.

    `rescan_s`: as `RESCAN_S`. `open_uevents`: opens those of `SUBSYSTEMS`, or None where there are none.
    """

    def __init__(
        self,
        machine: Machine = KERNEL,
        *,
        rescan_s: float = RESCAN_S,
        open_uevents: Callable[[Collection[str]], UeventSocket | None] = open_uevents,
    ) -> None:
        self._machine, self._rescan_s, self._open_uevents = machine, rescan_s, open_uevents
        self._lifecycle = threading.Lock()
        """Held while the thread starts or ends."""
        self._lock = threading.Lock()
        self._keys: list[InputKey] = []
        self._devices: dict[Path, KeyDevice] = {}
        self._line: tuple[bool, bool] | None = None
        """Whether a call is on, and whether it is muted; None: devices are left as they are."""
        self._displayed: dict[Path, tuple[bool, bool]] = {}
        """What each device was shown of that."""
        self._seen: dict[Path, int] = {}
        """Devices that were looked at, and when they were made or changed."""
        self._reported: set[tuple[Path, str]] = set()
        self._has_failed = False
        """Whether a device couldn't be opened at the last scan: that another program lets go of it, no uevent tells."""
        self._uevents: UeventSocket | None = None
        self._thread: threading.Thread | None = None
        self._wake = -1

    def key(self, key: str, device: str, *, inverted: bool = False, missing: bool = False) -> InputKey:
        """A button that is `key` of the devices whose name fits `device`, ``*`` for anything, small or large letters.

        `inverted`: pressed counts as open. `missing`: whether it counts as closed while there is no such device.
        """
        return InputKey(self, key, device, inverted=inverted, missing=missing)

    def show_line(self, *, off_hook: bool, muted: bool) -> None:
        """As `interfaces.LineIndicator.show_line`: on every device that is read, also when it comes back."""
        with self._lock:
            if (off_hook, muted) != self._line:
                self._line = (off_hook, muted)
                if self._thread is not None:
                    os.eventfd_write(self._wake, 1)

    def add(self, key: InputKey, on_edge: Callable[[Edge], None]) -> bool:
        """Report every edge of `key` from now on; returns whether it is closed."""
        with self._lifecycle, self._lock:
            self._keys.append(key)
            self._seen.clear()
            if self._thread is None:  # before the scan: what comes after it is told
                self._uevents = self._open_uevents(SUBSYSTEMS)
            self._scan()
            key.closed = key.level(self._devices_of(key))
            key.on_edge = on_edge
            if self._thread is None:
                self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
                self._thread = threading.Thread(target=self._run, name="input keys", daemon=True)
                self._thread.start()
            else:
                os.eventfd_write(self._wake, 1)
            return key.closed

    def remove(self, key: InputKey) -> None:
        """Remove `key`: no edge of it comes after this returns. The devices are let go with the last one."""
        with self._lifecycle:
            with self._lock:
                if key in self._keys:
                    self._keys.remove(key)
                if self._keys or self._thread is None:
                    return
            os.eventfd_write(self._wake, 1)
            self._thread.join()
            with self._lock:
                self._thread = None
                os.close(self._wake)
                if self._uevents:
                    self._uevents.close()
                    self._uevents = None
                for device in self._devices.values():
                    device.close()
                self._devices.clear()
                self._displayed.clear()

    def _run(self) -> None:
        while True:
            self._show_line()
            with self._lock:
                if not self._keys:
                    return
                poll = select.poll()
                poll.register(self._wake, select.POLLIN)
                for device in self._devices.values():
                    poll.register(device.fileno(), select.POLLIN)
                if self._uevents:
                    poll.register(self._uevents.fileno(), select.POLLIN)
                is_complete = all(self._devices_of(key) for key in self._keys)
                has_uevents = self._uevents is not None and not self._has_failed
            ready = poll.poll(None if is_complete or has_uevents else self._rescan_s * 1000)
            with self._lock:
                files = {file for file, _ in ready}
                if self._wake in files:
                    os.eventfd_read(self._wake)
                self._read(files)
                is_another = self._uevents is not None and self._uevents.fileno() in files and self._uevents.read()
                if is_another or not files:
                    self._scan()

    def _show_line(self) -> None:
        """On each device that wasn't shown it. Without the lock: a device may take seconds."""
        with self._lock:
            line = self._line
            if line is None:
                return
            others = [(path, device) for path, device in self._devices.items() if self._displayed.get(path) != line]
        for path, device in others:
            self._displayed[path] = line
            try:
                device.show_line(off_hook=line[0], muted=line[1])
            except OSError as error:
                log.warning("Input device %s doesn't show the call: %s", device.name, error.strerror or error)

    def _read(self, files: set[int]) -> None:
        for path, device in list(self._devices.items()):
            if device.fileno() not in files:
                continue
            try:
                changes = device.read()
            except OSError as error:
                log.warning("Input device %s (%s) is gone: %s", device.name, path, error.strerror or error)
                device.close()
                del self._devices[path]
                self._displayed.pop(path, None)
                self._seen.pop(path, None)
                self._update(time.monotonic())
                self._scan()
                continue
            # A change that ended before it was read is told too: each is taken up by itself, not the state after all.
            for change in changes:
                for key in self._keys:
                    if key.code == change.code and key.fits(device):
                        key.changed_s = max(key.changed_s, change.at_s)
                        self._tell(key, self._level_at(key, device, pressed=change.pressed), key.changed_s)

    def _level_at(self, key: InputKey, device: KeyDevice, *, pressed: bool) -> bool:
        others = [other for other in self._devices_of(key) if other is not device]
        is_pressed = pressed or any(key.code in other.pressed for other in others)
        return is_pressed is not key.inverted

    def _scan(self) -> None:
        """Open every device that has a wanted key."""
        self._has_failed = False
        for path in self._machine.paths():
            if path in self._devices:
                continue
            try:
                changed = path.stat().st_ctime_ns
            except OSError:
                continue  # gone meanwhile
            if self._seen.get(path) != changed:
                self._seen[path] = changed
                self._open(path)
        self._update(time.monotonic())
        for key in self._keys:
            is_missing = not self._devices_of(key)
            if is_missing and not key.is_reported_missing:
                log.warning("No input device called %s has %s: it works as soon as there is one", key.device, key.key)
            key.is_reported_missing = is_missing

    def _open(self, path: Path) -> None:
        device: KeyDevice | None = None
        try:
            device = self._machine.open(path)
            if not any(key.fits(device) for key in self._keys):
                device.close()
                return
            device.take()
        except OSError as error:
            if device:
                device.close()
            if not isinstance(error, PermissionError):  # a permission that is given later changes the device node
                self._seen.pop(path, None)
                self._has_failed = True
            if (path, reason := error.strerror or str(error)) not in self._reported:
                self._reported.add((path, reason))
                log.warning("Input device %s can't be used: %s", path, reason)
            return
        log.info("Input device %s (%s)", device.name, path)
        self._devices[path] = device

    def _devices_of(self, key: InputKey) -> list[KeyDevice]:
        return [device for device in self._devices.values() if key.fits(device)]

    def _update(self, at_s: float) -> None:
        """Tell the level of each key, where it isn't as it was told."""
        for key in self._keys:
            self._tell(key, key.level(self._devices_of(key)), at_s)

    def _tell(self, key: InputKey, closed: bool, at_s: float) -> None:
        if closed is not key.closed and key.on_edge:
            key.closed = closed
            key.on_edge(Edge(closed, at_s))
