"""A USB device that this program plays through /dev/raw-gadget, at the controller of dummy_hcd: it gets each control transfer.

python -m tests.rig.usb_gadget 2886 001a FILE     plays until it is ended; FILE gets a line of JSON for what was sent to it
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

# <linux/usb/raw_gadget.h>
_INIT, _RUN, _EVENT_FETCH = 0x41015500, 0x5501, 0x80085502
_EP0_WRITE, _EP0_READ, _CONFIGURE, _VBUS_DRAW, _EP0_STALL = 0x40085503, 0xC0085504, 0x5509, 0x4004550A, 0x550C
_HIGH_SPEED = 3
_CONTROL_EVENT = 2
_MAX_DATA = 512
_VENDOR = 0x40
_GET_DESCRIPTOR, _SET_CONFIGURATION = 6, 9
_DEVICE, _CONFIGURATION, _STRING = 1, 2, 3


@dataclass
class UsbGadget:
    """``with UsbGadget(0x2886, 0x001A, answer) as device``: there after `plug`, and gone after it. Needs root.

    `answer`: to a vendor request from the device, by its wValue, wIndex and wLength; None: it stalls. What is sent to it
    is in `received`, as wValue, wIndex and data; what is requests, in `requests`.
    """

    vendor: int
    product: int
    answer: Callable[[int, int, int], bytes] | None = None
    received: list[tuple[int, int, bytes]] = field(default_factory=list)
    requests: list[tuple[int, int]] = field(default_factory=list)

    def plug(self) -> None:
        """Plug it in. Main thread."""
        signal.signal(signal.SIGUSR2, lambda *_: None)  # ends a wait for an event
        self._file = os.open("/dev/raw-gadget", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(self._file, _INIT, struct.pack("128s128sB", b"dummy_udc", b"dummy_udc.0", _HIGH_SPEED))
        fcntl.ioctl(self._file, _RUN)
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._thread.is_alive():  # it may be about to wait for an event
            signal.pthread_kill(self._thread.ident or 0, signal.SIGUSR2)
            self._thread.join(0.05)
        os.close(self._file)

    @property
    def is_found(self) -> bool:
        """Whether the kernel's USB host has found it."""
        found = set()
        for file in Path("/sys/bus/usb/devices").glob("*/idProduct"):
            with contextlib.suppress(OSError):  # unplugged since the folder was listed
                found.add(file.read_text().strip())
        return f"{self.product:04x}" in found

    def _play(self) -> None:
        try:
            while True:
                kind, data = self._event()
                if kind == _CONTROL_EVENT:
                    self._control(*struct.unpack_from("<BBHHH", data))
        except OSError:
            return  # it is being pulled out

    def _event(self) -> tuple[int, bytes]:
        buffer = ctypes.create_string_buffer(struct.pack("<II", 0, _MAX_DATA), 8 + _MAX_DATA)
        fcntl.ioctl(self._file, _EVENT_FETCH, buffer)
        kind, length = struct.unpack_from("<II", buffer)
        return kind, buffer.raw[8 : 8 + length]

    def _control(self, request_type: int, request: int, value: int, index: int, length: int) -> None:
        if request_type & 0x60 == _VENDOR:
            if request_type & 0x80:
                self.requests.append((value, index))
                if self.answer is None:
                    fcntl.ioctl(self._file, _EP0_STALL)
                else:
                    self._write(self.answer(value, index, length)[:length])
            else:
                self.received.append((value, index, self._read(length)))
        elif request == _GET_DESCRIPTOR and (descriptor := self._descriptor(value >> 8)):
            self._write(descriptor[:length])
        elif request == _SET_CONFIGURATION:
            fcntl.ioctl(self._file, _VBUS_DRAW, 50)
            fcntl.ioctl(self._file, _CONFIGURE)
            self._read(0)
        else:
            fcntl.ioctl(self._file, _EP0_STALL)

    def _descriptor(self, kind: int) -> bytes | None:
        if kind == _DEVICE:
            return struct.pack(
                "<BBHBBBBHHHBBBB", 18, _DEVICE, 0x0200, 0, 0, 0, 64, self.vendor, self.product, 0x0100, 0, 0, 0, 1
            )
        if kind == _CONFIGURATION:
            interface = struct.pack("<BBBBBBBBB", 9, 4, 0, 0, 0, 0xFF, 0, 0, 0)
            return struct.pack("<BBHBBBBB", 9, _CONFIGURATION, 9 + len(interface), 1, 1, 0, 0x80, 50) + interface
        return None

    def _write(self, data: bytes) -> None:
        fcntl.ioctl(self._file, _EP0_WRITE, struct.pack("<HHI", 0, 0, len(data)) + data)

    def _read(self, length: int) -> bytes:
        buffer = ctypes.create_string_buffer(struct.pack("<HHI", 0, 0, length), 8 + max(length, 1))
        read = fcntl.ioctl(self._file, _EP0_READ, buffer)
        return buffer.raw[8 : 8 + read]


def main(vendor: str, product: str, file: str) -> None:
    """Play the device."""

    class Written(list[tuple[int, int, bytes]]):
        def append(self, received: tuple[int, int, bytes]) -> None:
            value, index, data = received
            with Path(file).open("a") as lines:
                lines.write(json.dumps([value, index, data.hex()]) + "\n")

    with UsbGadget(int(vendor, 16), int(product, 16), received=Written()) as gadget:
        gadget.plug()
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
