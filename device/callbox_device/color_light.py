"""A light of one or more pixels, shared by the status and the microphone: one owner of the frame, two lamps."""

from collections.abc import Callable, Collection

from callbox_device.interfaces import BoardError, Color, Frame, PixelDriver
from callbox_device.model.led_patterns import BLACK, nearest_pixel, scaled

MICROPHONE_COLOR: Color = (1.0, 0.0, 0.0)
"""Red, as of a recorder; the status is never red on a light whose one pixel both share."""


def direction_of(driver: PixelDriver) -> float | None:
    """Direction of speech in degrees, as the device of a ring measures it; None: silence, or it can't tell."""
    direction: Callable[[], float | None] | None = getattr(driver, "direction", None)
    return direction() if direction else None


def can_dim(driver: PixelDriver | None) -> bool:
    """Whether the light has steps between dark and lit, as far as `driver` tells."""
    return bool(getattr(driver, "has_dimming", True))


class ColorLight:
    """Light of pixels (`interfaces.Light`). Event loop only, or one thread before that.

    `full`: how bright 1.0 is. `microphone_pixels`: those that show the microphone and never the status. Of a light of
    one pixel, 0: its red component is the microphone's, the other two are the status's. None: the microphone isn't
    shown.
    """

    def __init__(
        self, driver: PixelDriver, *, full: float = 1.0, microphone_pixels: Collection[int] | None = None
    ) -> None:
        self._driver = driver
        self._full = self._limit = full
        self._is_red_shared = microphone_pixels is not None and driver.pixels == 1
        self._microphone_pixels = frozenset() if self._is_red_shared else frozenset(microphone_pixels or ())
        self._status: Frame = (BLACK,) * self.pixels
        self._is_microphone_lit = False
        self._written: Frame | None = None
        self._users = 1
        self._write()

    def microphone_lamp(self) -> "MicrophoneShare":
        """The lamp of the microphone, to be closed by the caller; once, and only with `microphone_pixels`."""
        self._users += 1
        return MicrophoneShare(self)

    @property
    def pixels(self) -> int:
        """As `interfaces.Light.pixels`."""
        return self._driver.pixels - len(self._microphone_pixels)

    def speech_pixel(self) -> int | None:
        """As `interfaces.Light.speech_pixel`."""
        degrees = direction_of(self._driver)
        if degrees is None:
            return None
        count = self._driver.pixels
        places = [pixel / count for pixel in range(count) if pixel not in self._microphone_pixels]
        return nearest_pixel(degrees, places)

    @property
    def has_red(self) -> bool:
        """As `interfaces.Light.has_red`."""
        return not self._is_red_shared

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`."""
        self.show(((brightness, brightness, brightness),) * self.pixels)

    def show(self, frame: Frame) -> None:
        """As `interfaces.Light.show`."""
        self._status = frame
        self._write()

    def resend(self) -> None:
        """As `interfaces.Light.resend`."""
        if open_late := getattr(self._driver, "open", None):
            open_late()  # it would take a dark frame without being there
        self._written = None
        self._write()

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`; what shows the microphone stays as it is."""
        self._limit = min(self._full, brightness)
        self._write()

    def close(self) -> None:
        """As `interfaces.Lamp.close`. The hardware is let go of when the microphone's lamp is closed too."""
        self._close(lambda: self.set(0.0))

    def light_microphone(self, lit: bool) -> None:
        """Show whether the microphone is captured. Raises `BoardError`; then it isn't shown as lit with a later frame.

        It is sent even if the light should be so already: what was unplugged meanwhile must not pass for lit.
        """
        self._is_microphone_lit = lit
        if lit:
            self._written = None
        try:
            self._write()
        except Exception:
            self._is_microphone_lit = False
            raise

    def close_microphone(self) -> None:
        """Dark, and let go of the microphone's share."""
        self._close(lambda: self.light_microphone(False))

    def _close(self, darken: Callable[[], None]) -> None:
        self._users -= 1
        try:
            darken()
        finally:
            if not self._users:
                self._driver.close()

    def _write(self) -> None:
        frame = self._frame()
        if frame == self._written:
            return
        self._written = None  # unknown if this fails
        self._driver.write(frame)
        self._written = frame

    def _frame(self) -> Frame:
        full, limit = (self._full, self._limit) if can_dim(self._driver) else (1.0, 1.0)
        microphone = scaled(MICROPHONE_COLOR, full) if self._is_microphone_lit else BLACK
        status = [scaled(color, limit) for color in self._status]
        if self._is_red_shared:
            return ((microphone[0], *status[0][1:]),)
        rest = iter(status)
        return tuple(
            microphone if pixel in self._microphone_pixels else next(rest) for pixel in range(self._driver.pixels)
        )


class MicrophoneShare:
    """Part of a light (`interfaces.Lamp`) that shows that the microphone is captured. Never dimmed by `dim_to`."""

    def __init__(self, light: ColorLight) -> None:
        self._light = light

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`: lit or dark. Raises `BoardError`."""
        self._light.light_microphone(brightness > 0)

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`: nothing changes."""

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
        self._light.close_microphone()


class UnavailableLamp:
    """Lamp (`interfaces.Lamp`) that can't be had. To light it raises why, so a microphone isn't opened."""

    def __init__(self, error: BoardError) -> None:
        self._error = error

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`. Raises `BoardError` unless dark."""
        if brightness > 0:
            raise self._error

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`: nothing changes."""

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
