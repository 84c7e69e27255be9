"""Push-to-talk: the buttons that talk, and the media that sends while one is down."""

from collections.abc import Callable

from callbox.audio.media import BoardMedia
from callbox_device.interfaces import Button, Edge


class TalkContact:
    """Contact of a button that talks, whose edges go to `talk` past the event loop, too: it may be late."""

    def __init__(self, name: str, button: Button, talk: "PushToTalk") -> None:
        self._name, self._button, self._talk = name, button, talk

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `callbox_device.interfaces.Button.start`."""

        def changed(edge: Edge) -> None:
            self._talk.on_edge(self._name, edge)
            on_edge(edge)

        return self._button.start(changed)


class PushToTalk:
    """State of push-to-talk, which the media follows. Event loop only, but for `on_edge`.

    `enabled`: whether a button of the box talks; without one the microphone is open in a call.
    """

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

    def on_edge(self, button: str, edge: Edge) -> None:
        """Note a raw edge of `button`, on the thread of its contact."""
        if self._media:
            self._media.on_talk_contact(button, edge.closed, edge.at_s)

    def release(self, released_s: float) -> None:
        """End talking: it opened at `released_s`."""
        self._pressed_s = None
        if self._media:
            self._media.stop_talking(released_s)
