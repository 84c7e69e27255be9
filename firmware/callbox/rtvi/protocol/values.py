"""Values that the bot's messages carry. Pure; read from JSON by `msgspec` in `inbound`.

Names are RTVI's own, 0.3 to 2.2 (Pipecat 1.14, ``rtvi/models.py``). A field with a default may be missing; fields that
aren't here are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JsonObject = Mapping[str, Any]


_LIMITS = {
    "audio_in": "The bot receives no sound: it doesn't hear you.",
    "audio_out": "The bot sends no sound: you won't hear it.",
}


@dataclass(frozen=True, slots=True)
class BotReady:
    """The bot listens."""

    version: tuple[int, int, int] = (0, 0, 0)
    """RTVI version that the server speaks to us; zeros when it didn't say."""
    about: JsonObject = field(default_factory=dict)
    """``library``, ``library_version``."""
    capabilities: JsonObject = field(default_factory=dict)
    """Since 2.2: ``audio_in``, ``audio_out``, ``video_in``, ``screen_in``, ``video_out``, ``metrics``: bool."""
    config: tuple[JsonObject, ...] = ()
    """Up to 0.3: the bot's services and their options."""

    @property
    def limits(self) -> tuple[str, ...]:
        """Parts of a voice call that the bot says it doesn't do, for people. What it doesn't tell is taken to work."""
        return tuple(text for name, text in _LIMITS.items() if self.capabilities.get(name) is False)


@dataclass(frozen=True, slots=True)
class ErrorData:
    """An error, told by the bot or made here."""

    message: str
    fatal: bool = False
    message_id: str | None = None
    """For an error-response: the id of our message that it answers."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Transcript of what the user was heard to say."""

    text: str
    final: bool = False
    user_id: str | None = None
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class UserInput:
    """Input of the user, said or typed (since 2.2)."""

    text: str
    input_type: str
    """``transcription``, ``chat`` or ``backchannel`` (an "mhm" that interrupts nothing)."""
    timestamp: str | None = None
    final: bool = False
    user_id: str | None = None
    msg_id: str | None = None
    """For chat: the id of our send-text."""


@dataclass(frozen=True, slots=True)
class SpokenProgress:
    """Progress of the bot in speaking a segment."""

    accumulated_text: str = ""
    remaining_text: str = ""


@dataclass(frozen=True, slots=True)
class BotOutput:
    """Output of the bot, said or shown, segment by segment."""

    text: str
    output_type: str = ""
    """``sentence``, ``word``, ``code``, …; called ``aggregated_by`` before 2.2."""
    segment_id: int | None = None
    spoken: bool | None = None
    """1.x: whether it has been spoken."""
    will_be_spoken: bool | None = None
    """Since 2.0: whether it will be."""
    spoken_status: str | None = None
    """Since 2.0: ``new``, ``in-progress`` or ``completed``."""
    spoken_progress: SpokenProgress | None = None


@dataclass(frozen=True, slots=True)
class BotLlmMarker:
    """A marker that the bot's model put out beside its text."""

    text: str
    kind: str | None = None
    raw: str = ""
    markers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AudioLevel:
    """Loudness as the server measures it, 0.0 to 1.0."""

    value: float


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of sound inside a message."""

    audio: bytes
    """s16le; base64 on the wire."""
    sample_rate: int
    """Hz."""
    num_channels: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Metrics of the bot's services: lists of ``{processor, value, model?, …}``, times in seconds."""

    ttfb: tuple[JsonObject, ...] = ()
    """Time to first byte."""
    ttfa: tuple[JsonObject, ...] = ()
    """Time to first audio."""
    ttfat: tuple[JsonObject, ...] = ()
    processing: tuple[JsonObject, ...] = ()
    tokens: tuple[JsonObject, ...] = ()
    stt_usage: tuple[JsonObject, ...] = ()
    characters: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionCallStarted:
    """The bot's model calls a function. The server hides the name unless told otherwise."""

    function_name: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function call in progress."""

    tool_call_id: str
    function_name: str | None = None
    arguments: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FunctionCallStopped:
    """End of a function call."""

    tool_call_id: str
    cancelled: bool = False
    function_name: str | None = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A passage that was found."""

    text: str = ""
    confidence: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchOrigin:
    """A page that the bot's answer rests on."""

    site_uri: str | None = None
    site_title: str | None = None
    results: tuple[SearchResult, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """Response of a web search by the bot's model."""

    search_result: str | None = None
    rendered_content: str | None = None
    origins: tuple[SearchOrigin, ...] = ()


@dataclass(frozen=True, slots=True)
class UICommand:
    """The bot asks for something on a screen; for a box with a display."""

    command: str
    payload: Any = None


@dataclass(frozen=True, slots=True)
class UIJobGroup:
    """News of a group of jobs that the bot runs."""

    kind: str
    """``group_started``, ``job_update``, ``job_completed`` or ``group_completed``."""
    job_id: str
    at: int = 0
    """Epoch, ms."""
    worker_name: str | None = None
    label: str | None = None
    workers: tuple[str, ...] = ()
    cancellable: bool = True
    status: str | None = None
    response: Any = None
    data: Any = None
