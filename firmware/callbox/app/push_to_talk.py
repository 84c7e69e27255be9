"""Push-to-talk: the buttons that talk, and the media that obeys them."""

from callbox.audio.media import BoardMedia


class PushToTalk:
    """Event loop only. `enabled`: whether a button of the box talks; without one the microphone is open in a call."""

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self._media: BoardMedia | None = None
        self._pressed_s: float | None = None

    @property
    def is_released(self) -> bool:
        """Whether the bot receives silence because no button talks."""
        return self.enabled and self._pressed_s is None

    def use(self, media: BoardMedia) -> None:
        """Apply to `media` from now on, in place of the one before."""
        self._media = media
        if self._pressed_s is not None:
            media.start_talking(self._pressed_s)

    def press(self, pressed_s: float) -> None:
        """Begin to talk: a contact closed at `pressed_s` (monotonic)."""
        self._pressed_s = pressed_s
        if self._media:
            self._media.start_talking(pressed_s)

    def release(self, released_s: float) -> None:
        """End talking: it opened at `released_s`."""
        self._pressed_s = None
        if self._media:
            self._media.stop_talking(released_s)
