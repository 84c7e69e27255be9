"""The rings of twelve pixels of two ReSpeaker microphone arrays, and where they hear speech, by USB control transfers.

Sources, Mic Array v2.0: respeaker/pixel_ring, ``usb_pixel_ring_v2.py`` (pixels), ``pattern.py`` (which pixel is at an
angle); respeaker/usb_4_mic_array, ``tuning.py`` (VOICEACTIVITY, DOAANGLE). XVF3800:
respeaker/reSpeaker_XVF3800_USB_4MIC_ARRAY, ``python_control/xvf_host.py`` (pixels), ``respeaker_get_doa.py``
(DOA_VALUE); that its pixel 0 is at 0 degrees too, no source says. Not tried on a real one.
"""

import ctypes
import fcntl
import functools
import logging
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from callbox_device.interfaces import Color, PartFailed, PartMissing
from callbox_device.model.light_specs import RING_PIXELS, RingModel
from callbox_device.model.pixel_frames import components

log = logging.getLogger(__name__)

TIMEOUT_MS = 200
"""The event loop waits for a transfer, which takes a millisecond or two."""

Control = Callable[[int, int, int, bytes], None]
"""File descriptor, wValue, wIndex and data of a vendor request to the device. Raises OSError."""
ControlIn = Callable[[int, int, int, int], bytes]
"""File descriptor, wValue, wIndex and length of a vendor request from the device: its answer. Raises OSError."""


def _mic_array_direction(read: Callable[[int, int, int], bytes]) -> float | None:
    voice, _ = struct.unpack("<ii", read(0xE0, 19, 8))
    if not voice:
        return None
    angle, _ = struct.unpack("<ii", read(0xC0, 21, 8))
    return float(angle)


def _xvf3800_direction(read: Callable[[int, int, int], bytes]) -> float | None:
    status, angle, speech = struct.unpack("<BHH", read(0x80 | 18, 20, 5))
    return float(angle) if status == 0 and speech else None  # 64: ask again


@dataclass(frozen=True, slots=True)
class RingProtocol:
    """Protocol of a ring."""

    vendor: str
    product: str
    title: str
    frame: tuple[int, int]
    """wValue and wIndex of a frame."""
    component_order: str
    """Bytes of a pixel; 0: always 0."""
    direction: Callable[[Callable[[int, int, int], bytes]], float | None]
    """Where speech comes from, in degrees; None: there is none. Given a function that reads, by wValue, wIndex and
    length. Raises struct.error for a wrong answer."""
    begin: tuple[int, int, bytes] | None = None
    """Transfer that lets frames be shown, after each plugging in."""


RINGS: dict[RingModel, RingProtocol] = {
    "mic_array_v2": RingProtocol("2886", "0018", "ReSpeaker Mic Array v2.0", (6, 0x1C), "rgb0", _mic_array_direction),
    # LED_RING_COLOR takes twelve uint32 0xRRGGBB, little endian, in the effect 5.
    "xvf3800": RingProtocol(
        "2886", "001a", "reSpeaker XVF3800", (19, 20), "bgr0", _xvf3800_direction, (12, 20, b"\x05")
    ),
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
_TO_DEVICE, _FROM_DEVICE = 0x40, 0xC0
"""Vendor request, recipient device."""


def control(fd: int, value: int, index: int, data: bytes) -> None:
    """Send a control transfer by usbfs. Raises OSError."""
    buffer = ctypes.create_string_buffer(data, len(data))
    request = _ControlTransfer(_TO_DEVICE, 0, value, index, len(data), TIMEOUT_MS, ctypes.addressof(buffer))
    fcntl.ioctl(fd, _USBDEVFS_CONTROL, bytes(request))


def control_in(fd: int, value: int, index: int, length: int) -> bytes:
    """Answer to a control transfer by usbfs, of at most `length` bytes. Raises OSError."""
    buffer = ctypes.create_string_buffer(length)
    request = _ControlTransfer(_FROM_DEVICE, 0, value, index, length, TIMEOUT_MS, ctypes.addressof(buffer))
    read = fcntl.ioctl(fd, _USBDEVFS_CONTROL, bytearray(bytes(request)))
    return buffer.raw[:read]


class UsbRingDriver:
    """Fulfils `interfaces.PixelDriver`. Raises `BoardError`. Plugged in again, the next frame is shown.

    `root`: where /sys and /dev are, `send`, `ask`: for tests.
    """

    pixels = RING_PIXELS

    def __init__(
        self, model: RingModel, root: Path = Path("/"), send: Control = control, ask: ControlIn = control_in
    ) -> None:
        self._model, self._root, self._send, self._ask = RINGS[model], root, send, ask
        self._fd: int | None = None
        self._has_direction = True
        self._open()

    def direction(self) -> float | None:
        """Direction of speech in degrees, from pixel 0 towards pixel 1; None: silence, or it can't be told.

        A device that doesn't answer isn't asked again until it was plugged in again.
        """
        if self._fd is None or not self._has_direction:
            return None
        try:
            degrees = self._model.direction(functools.partial(self._ask, self._fd))
        except (OSError, struct.error) as error:
            log.warning("The %s doesn't tell where speech comes from: %s", self._model.title, error)
            self._has_direction = False
            return None
        return degrees if degrees is not None and 0 <= degrees < 360 else None

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
            self._fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)  # all that a transfer needs, either way
            self._has_direction = True
            if self._model.begin:
                self._send(self._fd, *self._model.begin)
        except PermissionError as error:
            raise PartMissing(
                f"No permission for {file}, the {self._model.title}: docs/lamps.md says who has it."
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
