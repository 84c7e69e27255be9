"""The lamp table as people read it: docs/lamps.md. Drawn from `lamps`, so that it is true. Pure."""

from callbox.appliance import lamps
from callbox.appliance.problems import Fault, Problem
from callbox.rtvi.lifecycle import TransportState
from callbox_device.patterns import Pattern, brightness_at

_CELL_MS = 100
_CELLS = 30
_SHADES = " ░▒▓█"
_MEANINGS = {
    TransportState.DISCONNECTED: "on the hook; press to call",
    TransportState.INITIALIZING: "opening microphone and loudspeaker",
    TransportState.INITIALIZED: "they are open",
    TransportState.AUTHENTICATING: "asking the bot's server for a session",
    TransportState.AUTHENTICATED: "it said yes",
    TransportState.CONNECTING: "connecting to the bot",
    TransportState.CONNECTED: "connected; the bot isn't ready yet",
    TransportState.READY: "speak",
    TransportState.DISCONNECTING: "hanging up",
}
_CURES = {
    Fault.BOT_UNREACHABLE: "nobody answers at the bot's address: is the bot running, is the network there?",
    Fault.BOT_REFUSED: "the bot's server refused: is the address right, is the key?",
    Fault.BOT_TIMEOUT: "the bot did not become ready in time: its log says why; a firewall between?",
    Fault.BOT_FAILED: "the bot broke down or left; press again",
    Fault.NO_MICROPHONE: "the microphone can't be used: is it plugged in?",
    Fault.NO_SPEAKER: "the loudspeaker can't be used: is it plugged in?",
    Fault.NO_GPIO: "the pins can't be used, or the button has been down for a minute",
    Fault.INTERNAL: "a defect of Callbox: the journal has the details",
    Fault.SETTINGS_WRONG: "the settings are wrong: the box works with the last good ones; `callbox check` says why",
}


def draw(pattern: Pattern) -> str:
    """The first three seconds of `pattern`, a character for each 100 ms."""
    middles_ms = ((cell + 0.5) * _CELL_MS for cell in range(_CELLS))
    levels = (brightness_at(pattern, t_ms) for t_ms in middles_ms)
    return "".join(_SHADES[round(level * (len(_SHADES) - 1))] for level in levels).replace(" ", "·")


def states() -> str:
    """One row for each state."""
    rows = [_row(state.value, pattern, _MEANINGS[state]) for state, pattern in lamps.STATES.items()]
    rows.insert(rows.index(rows[-1]), _row("`ready`, the bot thinks", lamps.THINKING, "the bot has heard you"))
    rows.insert(rows.index(rows[-1]), _row("`ready`, the bot speaks", lamps.SPEAKING, "listen"))
    rows.append(_row("identify, over MQTT", lamps.IDENTIFY, "somebody far away is looking for this box"))
    rows.append(_row("error", lamps.error_pattern(None), "three quick blinks, then a count: see below"))
    return "| State | Status lamp, 3 s | Means |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def faults() -> str:
    """One row for each class of fault."""
    rows = [f"| {fault.value} | `{Problem(fault, '').code}` | {cure} |" for fault, cure in _CURES.items()]
    return "| Blinks | `problem` over MQTT | Means |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _row(name: str, pattern: Pattern, meaning: str) -> str:
    shown = name if name.startswith("`") else f"`{name}`"
    return f"| {shown} | `{draw(pattern)}` | {meaning} |"
