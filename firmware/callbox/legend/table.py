"""Table of what lamps and button say, as people read it: the words beside the table of `lamps`, and docs/lamps.md.
Pure.

`docs/generate/lamps_svg.py` and `card` draw the same rows.
"""

from dataclasses import dataclass

from callbox.control import lamps
from callbox.control.call_control import CallState
from callbox.control.faults import Fault, Problem
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox_device.model.led_patterns import OFF, LedPattern, brightness_at

DRAWN_MS = 3000
"""How much of a state's rhythm is drawn. Of a fault's, a whole round."""
_CELL_MS = 100
_SHADES = " ░▒▓█"
_S = TransportState


@dataclass(frozen=True, slots=True)
class StateRow:
    """One thing that the status lamp can say."""

    name: str
    """As the journal and MQTT name it."""
    when: str
    """What tells it from another row of that name; may be empty."""
    pattern: LedPattern
    meaning: str


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One class of fault. Its number is how often the lamp blinks."""

    fault: Fault
    pattern: LedPattern
    what: str
    cure: str
    """What to try or to ask."""

    @property
    def sentence(self) -> str:
        """Number, fault and cure."""
        return f"{self.fault.value}  {self.what}: {self.cure}"


_MEANINGS = {
    _S.DISCONNECTED: "no call; press to call",
    _S.INITIALIZING: "opening microphone and loudspeaker",
    _S.INITIALIZED: "the sound devices are ready",
    _S.AUTHENTICATING: "asking the bot's server for a session",
    _S.AUTHENTICATED: "the server agreed",
    _S.CONNECTING: "connecting to the bot",
    _S.CONNECTED: "connected; the bot isn't ready yet",
    _S.READY: "speak",
    _S.DISCONNECTING: "hanging up",
}
_CURES = {
    Fault.BOT_UNREACHABLE: ("no answer at the bot's address", "is the bot running, is the network there?"),
    Fault.BOT_REFUSED: ("the bot's server refused", "is the address right, is the key?"),
    Fault.BOT_TIMEOUT: ("the bot did not become ready in time", "its log says why; a firewall between?"),
    Fault.BOT_FAILED: ("the bot broke down or left", "press again"),
    Fault.NO_MICROPHONE: ("the microphone can't be used", "is it plugged in?"),
    Fault.NO_SPEAKER: ("the loudspeaker can't be used", "is it plugged in?"),
    Fault.NO_GPIO: ("the pins can't be used, or the button has been down for a minute", "is it jammed?"),
    Fault.INTERNAL: ("a defect of Callbox", "the journal has the details"),
    Fault.SETTINGS_WRONG: ("the settings are wrong, the last good ones are in force", "`callbox check` says why"),
}


def _state_row(state: TransportState) -> StateRow:
    return StateRow(state.value, "", lamps.STATES[state], _MEANINGS[state])


STATES: tuple[StateRow, ...] = (
    *(_state_row(state) for state in lamps.STATES if state is not _S.DISCONNECTING),
    StateRow(_S.CONNECTED.value, "hot standby", lamps.STANDBY_READY, "a session waits; press, and speak at once"),
    StateRow(_S.DISCONNECTED.value, "wake word", lamps.WAKE_WORD, "say the name; until then nothing leaves the box"),
    StateRow(_S.DISCONNECTED.value, "it rings", lamps.RINGING, "press to answer; hold to decline"),
    StateRow(
        _S.DISCONNECTED.value,
        "missed ring or alarm",
        lamps.MISSED_RING,
        "somebody rang, or an alarm did; goes with the next press",
    ),
    StateRow(_S.DISCONNECTED.value, "an alarm rings", lamps.ALARM, "press to snooze; hold to stop"),
    StateRow(_S.READY.value, "muted", lamps.MUTED, "the bot doesn't hear you, or doesn't listen for a while"),
    StateRow(_S.READY.value, "the bot thinks", lamps.THINKING, "the bot has heard you"),
    StateRow(_S.READY.value, "the bot speaks", lamps.SPEAKING, "listen"),
    StateRow(_S.READY.value, "a sign", lamps.MESSAGE, "the bot gives you a sign, in a colour that it chooses"),
    StateRow(_S.READY.value, "ends soon", lamps.ENDS_SOON, "a limit ends the call; in silence: speak, and it goes on"),
    _state_row(_S.DISCONNECTING),
    StateRow("identify", "over MQTT", lamps.IDENTIFY, "somebody is looking for this box"),
    StateRow(_S.ERROR.value, "", lamps.error_pattern(None), "counts what is wrong: see below"),
)
"""All that the status lamp shows beside faults, in the order of a call."""

FAULTS: tuple[FaultRow, ...] = tuple(
    FaultRow(fault, lamps.error_pattern(Problem(fault, "")), *words) for fault, words in _CURES.items()
)

PRESSES: dict[CallState, tuple[str, str]] = {
    CallState.IDLE: ("when nothing is on", "calls"),
    CallState.DIALLING: ("while it rings", "cancels"),
    CallState.TALKING: ("in a call", "hangs up"),
}
"""When a press does something at once, and what. The other lines only change what comes after the hanging up."""

MICROPHONE_LAMP: dict[bool, str] = {True: "the microphone is on", False: "the microphone is off"}
"""What the microphone lamp says, lit and dark."""


def draw(pattern: LedPattern) -> str:
    """The first three seconds of `pattern`, a character for each 100 ms."""
    middles_ms = ((cell + 0.5) * _CELL_MS for cell in range(DRAWN_MS // _CELL_MS))
    levels = (brightness_at(pattern, t_ms) for t_ms in middles_ms)
    return "".join(_SHADES[round(level * (len(_SHADES) - 1))] for level in levels).replace(" ", "·")


def color_name(pattern: LedPattern, *, has_red: bool = True) -> str:
    """Colour of `pattern` on a lamp that has colour; nothing for the dark. `has_red`: as of `interfaces.Light`."""
    return "" if pattern == OFF else pattern.hue.name if has_red else pattern.hue.name_without_red


def states() -> str:
    """One row for each state, in Markdown."""
    rows = (
        f"| `{row.name}`{f', {row.when}' if row.when else ''} | `{draw(row.pattern)}` | {color_name(row.pattern)} "
        f"| {row.meaning} |"
        for row in STATES
    )
    return "| State | Status lamp, 3 s | With colour | Means |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def faults() -> str:
    """One row for each class of fault, in Markdown."""
    rows = (f"| {row.fault.value} | `{row.fault.code}` | {row.what}: {row.cure} |" for row in FAULTS)
    return "| Blinks | `problem` over MQTT | Means |\n|---|---|---|\n" + "\n".join(rows) + "\n"
