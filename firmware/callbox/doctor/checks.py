"""The checks, in their order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from importlib import import_module

from callbox.doctor.context import Context
from callbox.doctor.model.findings import Report


class Needs(Enum):
    """Prerequisites of a check."""

    NOTHING = 0
    PARTS = 1
    """The settings of board and sound, or their defaults; others may be wrong."""
    SETTINGS = 2
    SECRETS = 3
    """The settings with everything that they refer to."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Its probe is imported when it runs."""

    name: str
    about: str
    place: str
    """``module.function`` in `callbox.doctor.probes`."""
    needs: Needs = Needs.SETTINGS
    needs_presence: bool = False
    """Whether it opens a part of the board, which a person may want to use, or that no remote check may open."""
    starts_session: bool = False
    """Whether it rings at the bot's."""
    by_name_only: bool = False
    """Whether it takes so long that it is done only if `--only` names it."""
    limit_s: float = 10.0
    """Beside the presses that are waited for, and the deadlines in the settings."""

    def probe(self) -> Callable[[Context], Awaitable[Report]]:
        """The function that measures."""
        module, function = self.place.split(".")
        probe: Callable[[Context], Awaitable[Report]] = getattr(
            import_module(f"callbox.doctor.probes.{module}"), function
        )
        return probe


CHECKS = (
    Check("settings", "the settings file and the secrets it refers to", "settings.settings", Needs.NOTHING),
    Check("versions", "Callbox, Python, kernel, libraries, extras", "machine.versions", Needs.NOTHING),
    Check("user", "may this user use sound card and pins", "machine.user", Needs.NOTHING),
    Check("clock", "year, and whether something keeps it right", "machine.clock", Needs.NOTHING),
    Check("power", "supply voltage, throttling, temperature", "machine.power", Needs.NOTHING),
    Check("memory", "what is available", "machine.memory", Needs.NOTHING),
    Check("disk", "space, and whether it can be written", "machine.disk", Needs.NOTHING),
    Check("dtls", "an encrypted connection within this machine, under this sandbox", "dtls.dtls", Needs.NOTHING),
    Check("board", "which board was recognised; its card, overlay, SPI and I2C", "boards.board", Needs.NOTHING),
    Check("gpio", "the chip, and the pins that the settings name", "gpio.gpio", Needs.PARTS, needs_presence=True),
    Check(
        "inputs",
        "input devices, and the keys that the settings name",
        "inputs.inputs",
        Needs.PARTS,
        needs_presence=True,
    ),
    Check("button", "its level at rest; presses, edges, bounce", "gpio.button", Needs.PARTS, needs_presence=True),
    Check(
        "telephone",
        "handset lifted, digit dialled, volume knob turned: what the contacts do",
        "telephone.telephone",
        Needs.PARTS,
        needs_presence=True,
    ),
    Check("lamps", "each lit in turn, and read back; so the bell", "gpio.lamps", Needs.PARTS, needs_presence=True),
    Check("microphone", "level, noise floor, clipping, offset", "sound.microphone", Needs.PARTS, needs_presence=True),
    Check("speaker", "opens and takes sound", "sound.speaker", Needs.PARTS, needs_presence=True),
    Check(
        "loop",
        "chirps from loudspeaker to microphone: latency, echo, drift, xruns",
        "loop.loop",
        Needs.PARTS,
        needs_presence=True,
        limit_s=90.0,
    ),
    Check("tools", "what the bot may do with this box", "tools.tools"),
    Check("alarms", "the clock, the time zone, and the file that keeps alarms", "alarms.alarms"),
    Check("wake", "the memory of the wake word detector is locked", "wake.wake"),
    Check(
        "room",
        "false detections of the wake words in five minutes of the room, and a threshold; only if it is named",
        "wake.room",
        needs_presence=True,
        by_name_only=True,
        limit_s=330.0,
    ),
    Check(
        "announcements",
        "words are spoken; each server of sound files answers",
        "announcements.announcements",
        limit_s=40.0,
    ),
    Check(
        "mqtt", "name, TCP, TLS, log-in, round trip, last will, keep alive", "mqtt.mqtt", Needs.SECRETS, limit_s=45.0
    ),
    Check(
        "bot", "name, TCP, TLS, start request, connection", "bot.bot", Needs.SECRETS, starts_session=True, limit_s=20.0
    ),
    Check(
        "standby",
        "a connection to the bot's server, kept for the next press, after 20 s",
        "standby.standby",
        Needs.SECRETS,
        limit_s=45.0,
    ),
    Check("stun", "each STUN server from each interface, each TURN server", "stun.stun", limit_s=30.0),
)


def markdown() -> str:
    """The table, one row for each check."""
    rows = [f"| `{check.name}` | {check.about} |" for check in CHECKS]
    return "| Check | Measures |\n|---|---|\n" + "\n".join(rows) + "\n"


NAMES = tuple(check.name for check in CHECKS)
USUAL_NAMES = tuple(check.name for check in CHECKS if not check.by_name_only)
"""What a visit does to which no checks are named."""


def remote_checks(*, may_call: bool) -> tuple[str, ...]:
    """Names of the checks that a remote command may run: they need no person at the box.

    `may_call`: also those that begin a session with the bot.
    """
    return tuple(check.name for check in CHECKS if not check.needs_presence and (may_call or not check.starts_session))
