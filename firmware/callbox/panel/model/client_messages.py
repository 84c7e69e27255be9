"""Messages from a page to the box. Pure. Anything else is refused with a sentence.

A text is a JSON object with a `type`; bytes are sound of the page's microphone.
"""

from typing import Annotated, Literal

import msgspec

from callbox.text import one_line, parse_json
from callbox_device.interfaces import MAIN_BUTTON

MAX_TEXT_CHARS = 1024
MUTE_SWITCH = "mute_switch"
HOOK_SWITCH = "hook_switch"
LATCHING = (MUTE_SWITCH, HOOK_SWITCH)
"""The contacts that are no buttons, and stay as they are put; no button can have these names."""

DeviceKind = Literal["microphone", "speaker"]


class _Message(msgspec.Struct, tag_field="type", forbid_unknown_fields=True):
    """Base of all messages."""


class Authenticate(_Message, tag="token"):
    """A page that sends the panel's token may act."""

    token: str

    def __repr__(self) -> str:
        return "Authenticate(...)"


class ButtonEdge(_Message, tag="edge"):
    """Edge of a contact in the page, at a time of the page's clock."""

    closed: bool
    at_ms: float
    contact: str = MAIN_BUTTON
    """Name of the button, or one of `LATCHING`."""


class ClockSample(_Message, tag="clock"):
    """The page's clock now, so that the first press is timed as well as later ones."""

    at_ms: float


class SendCommand(_Message, tag="order"):
    """A command, as over MQTT."""

    order: str


class DialDigit(_Message, tag="dial"):
    """A digit at the rotary dial in the page."""

    digit: Annotated[str, msgspec.Meta(pattern="^[0-9]$")]


class ClickKey(_Message, tag="key"):
    """Key of the keypad in the page, pressed and released."""

    key: Annotated[str, msgspec.Meta(pattern="^[0-9A-D*#]$")]


class TurnKnob(_Message, tag="turn"):
    """Turn of the volume knob in the page by so many detents; negative: counter-clockwise."""

    detents: Annotated[int, msgspec.Meta(ge=-10, le=10)]


class VolumeRequest(_Message, tag="volume"):
    """Request for a volume of the loudspeaker."""

    percent: Annotated[int, msgspec.Meta(ge=0, le=100)]


class BotRequest(_Message, tag="bot"):
    """Request that the next call is with this bot."""

    name: str


class HardMuteRequest(_Message, tag="hard_mute"):
    """Request to keep the microphone's PCM closed, or no more."""

    on: bool


class RingRequest(_Message, tag="ring"):
    """Request that the bot calls: the box rings."""

    reason: str = ""


class AnnounceRequest(_Message, tag="announce"):
    """Request that the box speaks these words."""

    text: str


class SetAlarmRequest(_Message, tag="alarm"):
    """Request for an alarm at a local time, or for a timer, if `time` is a number of seconds."""

    time: str
    text: str = ""


class CancelAlarmRequest(_Message, tag="cancel_alarm"):
    """Request to cancel an alarm, a timer or a reminder."""

    id: str


class ToggleFault(_Message, tag="fault"):
    """Inject a fault, or clear it."""

    name: str
    on: bool


class SelectDevice(_Message, tag="use"):
    """Another microphone or loudspeaker, by a device's name."""

    part: DeviceKind
    device: str


class OfferAudio(_Message, tag="lend"):
    """The page offers its microphone and loudspeaker from now on."""


class MediaDenied(_Message, tag="refuse"):
    """The browser denies its microphone or loudspeaker, or ended it."""

    part: DeviceKind
    reason: str


class RequestAudio(_Message, tag="take"):
    """Request for so many periods of the loudspeaker's sound; what it gets now is played after `delay_ms`."""

    periods: int
    delay_ms: float
    underruns: int = 0


PageRequest = (
    Authenticate
    | ClockSample
    | ButtonEdge
    | SendCommand
    | DialDigit
    | ClickKey
    | TurnKnob
    | VolumeRequest
    | BotRequest
    | HardMuteRequest
    | RingRequest
    | AnnounceRequest
    | SetAlarmRequest
    | CancelAlarmRequest
    | ToggleFault
    | SelectDevice
    | OfferAudio
    | MediaDenied
    | RequestAudio
)


class BadMessage(Exception):
    """A message that no page of the panel sends. The text says why, in one line."""


def parse(text: str) -> PageRequest:
    """The message in `text`. Raises `BadMessage`."""
    try:
        request: PageRequest = msgspec.convert(parse_json(text, MAX_TEXT_CHARS), PageRequest)
    except (ValueError, OverflowError, msgspec.MsgspecError) as error:  # Overflow: an integer too large for a float
        raise BadMessage(one_line(error)) from None
    return request
