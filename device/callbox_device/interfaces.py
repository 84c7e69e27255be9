"""Interfaces of a board: a button, lamps, a microphone, a loudspeaker.

`gpio` and `alsa` fulfil these with real parts, `simulated` in memory; the program cannot tell. Callbacks
handed to a part are called on the part's own thread and must return at once: `ThreadQueue.put_threadsafe`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol, TypeAlias, runtime_checkable

STALL_S = 2.0
"""A sound card that has delivered or taken nothing for this long is broken: `PartFailed`."""


Color: TypeAlias = tuple[float, float, float]
"""Red, green and blue, each from 0.0 (dark) to 1.0, the brightest that the light can."""

Frame: TypeAlias = tuple[Color, ...]
"""The colour of each pixel of a light."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Edge of a contact, which closed or opened."""

    closed: bool
    """True when the contact closed (the button went down)."""
    at_s: float
    """When, in seconds of `time.monotonic()`."""


class BoardError(Exception):
    """Error: a part of the board cannot do its work. The message says what is missing and what to do."""

    def __init__(self, message: str, *, sound_server: "Literal['down', 'hangs'] | None" = None) -> None:
        super().__init__(message)
        self.sound_server = sound_server
        """How the sound server is whose fault it is; None: it is not a sound server's."""


class PartMissing(BoardError):
    """Error: the part is not there: no GPIO, no such sound card, no driver library."""


class PartBusy(BoardError):
    """Error: another program holds the part."""


class PartFailed(BoardError):
    """Error: the part was there, and stopped working: a card pulled out in mid-call."""


MAIN_BUTTON = "main"
"""Name of the button that each board has, beside those of further ones."""


class Button(Protocol):
    """A push button. Reports raw edges; debounce and meaning are in `gestures`."""

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """Report every edge from now on; returns whether the contact is closed at this moment."""

    def close(self) -> None:
        """Let go of the hardware. No callback comes after this returns."""


@dataclass(frozen=True, slots=True)
class KeypadScan:
    """Closed contacts of a keypad's matrix."""

    closed: frozenset[tuple[int, int]]
    """(row, column) of each, from 0; also of those that others seem to close (ghosting)."""
    at_s: float
    """When, in seconds of `time.monotonic()`."""


class Keypad(Protocol):
    """A matrix of keys. Reports raw scans; debounce and meaning are in `model.keypad`."""

    def start(self, on_scan: Callable[[KeypadScan], None]) -> KeypadScan:
        """Report every scan that differs from the one before, from now on; returns the first."""

    def close(self) -> None:
        """Let go of the hardware. No callback comes after this returns."""


class Lamp(Protocol):
    """One lamp. Not thread-safe: one owner."""

    def set(self, brightness: float) -> None:
        """Shine at `brightness`, 0.0 (dark) to 1.0. A lamp without dimming is lit from 0.5 up."""

    def dim_to(self, brightness: float) -> None:
        """Let 1.0 be no brighter than `brightness`, above 0 to 1, from now on. Without dimming: nothing changes."""

    def close(self) -> None:
        """Dark, and let go of the hardware."""


@runtime_checkable
class Light(Lamp, Protocol):
    """A lamp with colour, of one pixel or several. `Lamp.set` lights all of them in white."""

    @property
    def pixels(self) -> int:
        """Number of pixels that show the status, at least 1."""

    @property
    def has_red(self) -> bool:
        """Whether the status may have a red component; False: red shows that the microphone is captured."""

    def show(self, frame: Frame) -> None:
        """Shine as `frame`, of `pixels` colours. A frame that is shown already isn't sent again.

        Raises `BoardError`.
        """

    def speech_pixel(self) -> int | None:
        """Of the pixels that show the status, the one nearest to where speech comes from; None: silence, or
        the light can't tell. Asks the device, which takes a millisecond or two.
        """

    def resend(self) -> None:
        """Send what is shown once more: the light may be another one since. Raises `BoardError`."""


class PixelDriver(Protocol):
    """Driver that sends frames to a light. Not thread-safe: one owner."""

    @property
    def pixels(self) -> int:
        """Number of pixels, at least 1."""

    def write(self, frame: Sequence[Color]) -> None:
        """Send `frame`, of `pixels` colours. Raises `BoardError`."""

    def close(self) -> None:
        """Let go of the hardware, as it is."""


class LineIndicator(Protocol):
    """Part of a speakerphone that follows the call: the state that its hook switch and its own lights rest on."""

    def show_line(self, *, off_hook: bool, muted: bool) -> None:
        """Show whether a call is on, and whether the microphone is muted. Never blocks, never raises."""


@dataclass(frozen=True, slots=True)
class PcmInfo:
    """A PCM that a microphone or loudspeaker can be."""

    name: str
    """The driver's name for it: for ALSA ``default``, ``plughw:CARD=Device,DEV=0``."""
    label: str
    """For people."""


class AudioDevice(Protocol):
    """Device of sound: what microphone and loudspeaker have in common, a choice of devices."""

    @property
    def device(self) -> str:
        """The name of the PCM in use, or to be used."""

    def use(self, name: str) -> None:
        """Be another PCM from the next `start` on. Any name is taken; `start` says whether it works."""

    def devices(self) -> list[PcmInfo]:
        """PCMs to choose from. Opens nothing; may block for some 10 ms."""


class Capture(Protocol):
    """A capture PCM, s16le mono 48 kHz (`pcm`), open only between `start` and `stop`."""

    @property
    def overruns(self) -> int:
        """Number of overruns since the part was made: captured sound was lost because it was not fetched in time."""

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open at this moment: sound is being captured."""

    def missing(self) -> BoardError | None:
        """Error that `start` would certainly end with, found without opening anything; None: it may work."""

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> Future[None]:
        """Open the PCM in a thread of its own and hand over each period, `PERIOD_BYTES`.

        ``deliver(period, captured_s)``: when the first sample was captured, in seconds of `time.monotonic()`, as far
        as the card tells. The future ends when the PCM is open, or with `PartMissing`, `PartBusy` or `PartFailed`.
        `failed` is called once if capture breaks later, or stalls for `STALL_S`; the PCM is closed by then, and may be
        started again from anywhere but there. Already started: `RuntimeError`.
        """

    def stop(self) -> Future[None]:
        """Close the PCM; the future ends when it is closed and no callback can come any more.

        Legal at any time and as often as you like.
        """


class Microphone(Capture, AudioDevice, Protocol):
    """A capture PCM of several."""


class Playback(Protocol):
    """A playback PCM, s16le mono 48 kHz (`pcm`), clocked by the card."""

    @property
    def volume_percent(self) -> int | None:
        """Volume, 0 to 100; None: as the card was left. In force at once, or when it is opened next. Any thread."""

    @volume_percent.setter
    def volume_percent(self, percent: int | None) -> None: ...

    @property
    def underruns(self) -> int:
        """Number of underruns since the part was made: the card ran dry."""

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open at this moment."""

    @property
    def delay_ms(self) -> float:
        """Sound that the card still holds, so how long until what it is given now is heard, in ms; 0 when closed."""

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> Future[None]:
        """Open the PCM in a thread of its own, which asks `fill` for each period as the card takes it.

        ``fill(audible_s)`` returns exactly `PLAYBACK_PERIOD_BYTES`; their first sample will be audible at `audible_s`,
        in seconds of `time.monotonic()`, as far as the card tells. Future and `failed` as for `Microphone.start`.
        """

    def flush(self) -> None:
        """Drop what the card holds, within one period, and go on asking. Any thread; legal at any time."""

    def stop(self) -> Future[None]:
        """Close the PCM at once (what it still holds is dropped); as `Microphone.stop`."""


@runtime_checkable
class Speaker(Playback, AudioDevice, Protocol):
    """A playback PCM of several."""


class Part(Enum):
    """The parts of a board."""

    BUTTON = "button"
    STATUS_LAMP = "status lamp"
    MICROPHONE_LAMP = "microphone lamp"
    MUTE_SWITCH = "mute switch"
    HOOK_SWITCH = "hook switch"
    ROTARY_DIAL = "rotary dial"
    KEYPAD = "keypad"
    VOLUME_KNOB = "volume knob"
    AMPLIFIER = "amplifier"
    BELL = "bell"
    MICROPHONE = "microphone"
    SPEAKER = "loudspeaker"


@dataclass(frozen=True, slots=True)
class PartFault:
    """Reason why a part can't be had, found before it was used."""

    part: Part
    error: BoardError


@dataclass(frozen=True, slots=True)
class Board:
    """The parts of one box. A part that could not be had is `None`; `faults` says why."""

    button: Button | None
    status_lamp: Lamp | None
    microphone_lamp: Lamp | None
    microphone: Microphone
    speaker: Speaker
    faults: tuple[PartFault, ...] = ()
    mute_switch: Button | None = None
    """A contact that is closed while the microphone shall stay closed."""
    buttons: Mapping[str, Button] = field(default_factory=dict)
    """Buttons beside `button`, by name; one that could not be had is left out."""
    hook_switch: Button | None = None
    """A contact that counts as closed while the handset is lifted."""
    rotary_dial: tuple[Button, ...] = ()
    """Pulse contact, closed in a break; off-normal contact, if wired, closed while the dial is turned. Empty: none."""
    volume_knob: tuple[Button, ...] = ()
    """Contacts A and B of a rotary encoder. Empty: there is none."""
    keypad: Keypad | None = None
    amplifier: Lamp | None = None
    """The output that enables the loudspeaker's amplifier; `speaker` switches it, unless it is always on."""
    line_indicator: LineIndicator | None = None
    """Shows the call on the device whose hook switch is read."""
    bell: Lamp | None = None
    """The output that rings a bell while it is high; by a relay or a driver."""

    @property
    def all_buttons(self) -> dict[str, Button]:
        """Each button that could be had, by its name."""
        main = {} if self.button is None else {MAIN_BUTTON: self.button}
        return {**main, **self.buttons}

    @property
    def controls_and_lamps(self) -> tuple[Button | Keypad | Lamp, ...]:
        """All parts but sound and its amplifier, which a call opens and closes, as the end of the service closes them:
        the microphone lamp goes dark after what is pressed.
        """
        lamps = (self.status_lamp, self.microphone_lamp, self.bell)
        controls = (*self.all_buttons.values(), self.mute_switch, self.hook_switch, self.keypad)
        return tuple(part for part in (*controls, *self.rotary_dial, *self.volume_knob, *lamps) if part is not None)
