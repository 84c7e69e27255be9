"""A HID device that this program plays through /dev/uhid (linux/uhid.h): reports in, output reports back."""

import os
import select
import struct
from typing import Self

_OUTPUT, _CREATE2, _INPUT2 = 6, 11, 12
_BUS_USB = 3
_EVENT_BYTES = 4 + 4376
"""``struct uhid_event``: its type, and the longest of its union."""
_DATA_BYTES = 4096


class UhidDevice:
    """``with UhidDevice("Jabra SPEAK 510", descriptor) as device``: there from then on, and gone after it."""

    def __init__(
        self, name: str, descriptor: bytes, *, vendor: int = 0x0B0E, product: int = 0x0420, version: int = 0x0300
    ) -> None:
        self._file = os.open("/dev/uhid", os.O_RDWR | os.O_CLOEXEC)
        create = struct.pack(
            "<I128s64s64sHHIIII4096s",
            _CREATE2, name.encode(), b"", b"", len(descriptor), _BUS_USB, vendor, product, version, 0, descriptor,
        )  # fmt: skip
        os.write(self._file, create)

    def send(self, report: bytes) -> None:
        """An input report, its ID first."""
        os.write(self._file, struct.pack("<IH4096s", _INPUT2, len(report), report))

    def output(self, timeout_s: float = 20) -> bytes:
        """The next output report that the host sends. TimeoutError: there is none."""
        while select.select([self._file], [], [], timeout_s)[0]:
            event = os.read(self._file, _EVENT_BYTES)
            if struct.unpack_from("<I", event)[0] == _OUTPUT:
                (size,) = struct.unpack_from("<H", event, 4 + _DATA_BYTES)
                return event[4 : 4 + size]
        raise TimeoutError("no output report")

    def close(self) -> None:
        """Pull it out."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
