"""The rings of twelve pixels of two ReSpeaker microphone arrays, by USB control transfers.

Sources: respeaker/pixel_ring, ``usb_pixel_ring_v2.py`` (Mic Array v2.0); respeaker/reSpeaker_XVF3800_USB_4MIC_ARRAY,
``python_control/xvf_host.py`` (XVF3800). Not tried on a real one.
"""

import ctypes
import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from callbox_device.interfaces import Color, PartFailed, PartMissing
from callbox_device.model.pixel_frames import components

TIMEOUT_MS = 200
"""The event loop waits for a transfer, which takes a millisecond or two."""

Control = Callable[[int, int, int, bytes], None]
"""File descriptor, wValue, wIndex and data of a vendor request to the device. Raises OSError."""


@dataclass(frozen=True, slots=True)
class RingModel:
    """Protocol of a ring."""

    vendor: str
    product: str
    title: str
    frame: tuple[int, int]
    """wValue and wIndex of a frame."""
    component_order: str
    """Bytes of a pixel; 0: always 0."""
    begin: tuple[int, int, bytes] | None = None
    """Transfer that lets frames be shown, after each plugging in."""


RING_MODELS = {
    "mic_array_v2": RingModel("2886", "0018", "ReSpeaker Mic Array v2.0", (6, 0x1C), "rgb0"),
    # LED_RING_COLOR takes twelve uint32 0xRRGGBB, little endian, in the effect 5.
    "xvf3800": RingModel("2886", "001a", "reSpeaker XVF3800", (19, 20), "bgr0", (12, 20, b"\x05")),
}


class _ControlTransfer(ctypes.Structure):
    """``struct usbdevfs_ctrltransfer`` of <linux/usbdevice_fs.h>."""

    _fields_ = (
        ("bRequestType", ctypes.c_uint8),
        ("bRequest", ctypes.c_uint8),
        ("wValue", ctypes.c_uint16),
        ("wIndex", ctypes.c_uint16),
        ("wLength", ctypes.c_uint16),
        ("timeout", ctypes.c_uint32),
        ("data", ctypes.c_void_p),
    )


_USBDEVFS_CONTROL = 0xC000_5500 | ctypes.sizeof(_ControlTransfer) << 16
_TO_DEVICE = 0x40
"""Host to device, vendor, recipient device."""


def control(fd: int, value: int, index: int, data: bytes) -> None:
    """Send a control transfer by usbfs. Raises OSError."""
    buffer = ctypes.create_string_buffer(data, len(data))
    request = _ControlTransfer(_TO_DEVICE, 0, value, index, len(data), TIMEOUT_MS, ctypes.addressof(buffer))
    fcntl.ioctl(fd, _USBDEVFS_CONTROL, bytes(request))


class UsbRingDriver:
    """Fulfils `interfaces.PixelDriver`. Raises `BoardError`. Plugged in again, the next frame is shown.

    `root`: where /sys and /dev are, `send`: for tests.
    """

    pixels = 12

    def __init__(self, model: str, root: Path = Path("/"), send: Control = control) -> None:
        self._model, self._root, self._send = RING_MODELS[model], root, send
        self._fd: int | None = None
        self._open()

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`."""
        data = b"".join(self._pixel(color) for color in frame)
        try:
            self._send(self._open(), *self._model.frame, data)
        except OSError as error:
            self.close()
            raise PartFailed(f"The ring of the {self._model.title} can't be used: {error.strerror}.") from error

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _pixel(self, color: Color) -> bytes:
        levels = dict(zip("rgb", components(color, "rgb"), strict=True)) | {"0": 0}
        return bytes(levels[name] for name in self._model.component_order)

    def _open(self) -> int:
        if self._fd is not None:
            return self._fd
        file = self._find()
        try:
            self._fd = os.open(file, os.O_RDWR | os.O_CLOEXEC)
            if self._model.begin:
                self._send(self._fd, *self._model.begin)
        except PermissionError as error:
            raise PartMissing(
                f"No permission for {file}, the {self._model.title}; docs/lamps.md has the udev rule."
            ) from error
        except OSError as error:
            self.close()
            raise PartFailed(f"The ring of the {self._model.title} can't be used: {error.strerror}.") from error
        return self._fd

    def _find(self) -> Path:
        """File of the device in usbfs."""
        for folder in sorted((self._root / "sys/bus/usb/devices").glob("*")):
            try:
                ids = [(folder / name).read_text().strip() for name in ("idVendor", "idProduct")]
                if ids == [self._model.vendor, self._model.product]:
                    bus, device = (int((folder / name).read_text()) for name in ("busnum", "devnum"))
                    return self._root / f"dev/bus/usb/{bus:03}/{device:03}"
            except (OSError, ValueError):
                continue  # an interface, or pulled out at this moment
        model = self._model
        raise PartMissing(f"There is no {model.title} on USB ({model.vendor}:{model.product}): is it plugged in?")
