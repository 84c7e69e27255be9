"""Input devices whose events, a kernel's own bytes, come through pipes."""

import errno
import os
import queue
import struct
from pathlib import Path

from callbox_device.model.input_events import KeyTracker


class PipeDevice:
    """An input device whose events come from a pipe; one that is pulled out gives an error, as the kernel's does."""

    def __init__(self, machine, name, codes, file, held=()):
        self._machine = machine
        self.name, self.codes, self._file = name, frozenset(codes), file
        self._held = held
        self._keys = KeyTracker()

    @property
    def pressed(self):
        return frozenset(self._keys.pressed)

    def fileno(self):
        return self._file

    def take(self):
        if self._machine.busy:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self._keys = KeyTracker(self._held)

    def read(self):
        if not (data := os.read(self._file, 4096)):
            raise OSError(19, "No such device")
        return self._keys.feed(data)

    def show_line(self, *, off_hook, muted):
        self._machine.lines.put((off_hook, muted))

    def close(self):
        os.close(self._file)


class Machine:
    """Fulfils `callbox_device.input_devices.Machine`; its device nodes are files in `folder`."""

    def __init__(self, folder):
        self._folder = folder
        self._there = {}
        self._writers = {}
        self.opened = []
        self.error = None
        self.busy = False
        """Whether another program has every device for itself."""
        self.lines: queue.Queue[tuple[bool, bool]] = queue.Queue()
        """What devices were shown of the call."""
        self.refused: queue.Queue[Path] = queue.Queue()
        """Each time that a device could not be opened."""

    def plug_in(self, name, codes, held=()):
        path = self._folder / f"event{len(self.opened)}{len(self._there)}"
        path.touch()
        reader, self._writers[path] = os.pipe()
        self._there[path] = (name, codes, reader, held)
        return path

    def pull_out(self, path):
        path.unlink()
        del self._there[path]
        os.close(self._writers.pop(path))

    def send(self, path, *events, at_s=1.5):
        for code, value in events:
            os.write(self._writers[path], struct.pack("@llHHi", int(at_s), round(at_s % 1 * 1e6), 1, code, value))

    def paths(self):
        return sorted(self._there)

    def open(self, path):
        if self.error:
            self.refused.put(path)
            raise self.error
        name, codes, reader, held = self._there[path]
        self.opened.append(path)
        return PipeDevice(self, name, codes, os.dup(reader), held)
