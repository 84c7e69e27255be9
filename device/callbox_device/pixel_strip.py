"""Strips and rings of pixels: frames that go as bytes over a wire, by the kernel's SPI or by two pins."""

import fcntl
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from callbox_device.interfaces import Color, PartFailed, PartMissing

_WR_MODE, _WR_MAX_SPEED_HZ = 0x40016B01, 0x40046B04
"""``SPI_IOC_WR_MODE`` and ``SPI_IOC_WR_MAX_SPEED_HZ`` of <linux/spi/spidev.h>."""

Ioctl = Callable[[int, int, bytes], object]


class Wire(Protocol):
    """A line that takes bytes, highest bit first."""

    def write(self, data: bytes) -> None:
        """Send `data`. Raises `BoardError`."""

    def close(self) -> None:
        """Let go of the hardware."""


class PixelStrip:
    """Fulfils `interfaces.PixelDriver`. `encode`: a frame as bytes."""

    def __init__(self, pixels: int, encode: Callable[[Sequence[Color]], bytes], wire: Wire) -> None:
        self.pixels = pixels
        self._encode, self._wire = encode, wire

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`."""
        self._wire.write(self._encode(frame))

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`."""
        self._wire.close()


class SpiWire:
    """MOSI of an SPI bus, by the kernel's file ``/dev/spidevB.C`` in mode 0. Raises `BoardError`. `ioctl`: for tests.

    A write is one transfer (Documentation/spi/spidev.rst). The file is plain I/O: the library of it has no wheels.
    """

    def __init__(self, file: Path, speed_hz: int, ioctl: Ioctl = fcntl.ioctl) -> None:
        self._file = file
        try:
            self._fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            others = ", ".join(sorted(str(other) for other in file.parent.glob("spidev*")))
            cause = (
                f"there is {others}, so this chip select is switched off or another device's"
                if others
                else "SPI is off. Write dtparam=spi=on into config.txt and start the machine again"
            )
            raise PartMissing(f"There is no {file}: {cause}.") from error
        except PermissionError as error:
            raise PartMissing(
                f"No permission for {file}: add this user to its group; docs/lamps.md says how the service has it."
            ) from error
        except OSError as error:
            raise self._failed(error) from error
        try:
            ioctl(self._fd, _WR_MODE, b"\0")
            ioctl(self._fd, _WR_MAX_SPEED_HZ, struct.pack("=I", speed_hz))
        except OSError as error:
            os.close(self._fd)
            raise self._failed(error) from error

    def write(self, data: bytes) -> None:
        """As `Wire.write`."""
        try:
            sent = os.write(self._fd, data)
        except OSError as error:
            raise self._failed(error) from error
        if sent != len(data):
            raise PartFailed(f"{self._file} took {sent} of {len(data)} bytes.")

    def close(self) -> None:
        """As `Wire.close`."""
        os.close(self._fd)

    def _failed(self, error: OSError) -> PartFailed:
        return PartFailed(f"{self._file} can't be used: {error.strerror}.")
