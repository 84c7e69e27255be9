"""What a page may say, and what it means. Pure. Anything else is refused with a sentence.

A text is a JSON object with a `type`; bytes are sound of its microphone.
"""

import msgspec

LONGEST_TEXT = 1024


class _Said(msgspec.Struct, tag_field="type", forbid_unknown_fields=True):
    """One message."""


class Token(_Said, tag="token"):
    """Who says it may act."""

    token: str

    def __repr__(self) -> str:
        return "Token(...)"


class Edge(_Said, tag="edge"):
    """The button in the page went down or up, at a time of the page's clock."""

    closed: bool
    at_ms: float


class Clock(_Said, tag="clock"):
    """What the page's clock says now: so the first press is timed as well as the others."""

    at_ms: float


class Order(_Said, tag="order"):
    """As a command over MQTT."""

    order: str


class Fault(_Said, tag="fault"):
    """Break something, or mend it."""

    name: str
    on: bool


class Use(_Said, tag="use"):
    """Another microphone or loudspeaker: a device's name."""

    part: str
    device: str


class Lend(_Said, tag="lend"):
    """The page lends its sound from now on."""


class Refuse(_Said, tag="refuse"):
    """The browser gives its microphone or loudspeaker not, or not any more."""

    part: str
    reason: str


class Take(_Said, tag="take"):
    """The loudspeaker has room for so many periods; what it gets now is heard after `delay_ms`."""

    periods: int
    delay_ms: float
    underruns: int = 0


Asked = Token | Clock | Edge | Order | Fault | Use | Lend | Refuse | Take
_decoder = msgspec.json.Decoder(Asked)


class NotUnderstood(Exception):
    """The page said what no page of ours says."""


def read(text: str) -> Asked:
    """What `text` asks for. Raises `NotUnderstood`."""
    if len(text) > LONGEST_TEXT:
        reason = f"{len(text)} characters; at most {LONGEST_TEXT}"
        raise NotUnderstood(reason)
    try:
        said: Asked = _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise NotUnderstood(str(error)) from None
    return said
