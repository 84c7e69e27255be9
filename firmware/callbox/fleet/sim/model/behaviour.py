"""The life of a simulated box: what its people and its bot do to it, by a seed. Pure: steps, and the time between."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from callbox.audio.stats import AudioStats
from callbox.control.faults import Fault, Problem
from callbox.control.status import Speech, Status
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.system.host_metrics import HostMetrics
from callbox_device.model.gestures import Gesture, Pressed
from callbox_device.model.pcm import MIN_DBFS

_CONNECTING = (
    TransportState.INITIALIZING, TransportState.INITIALIZED, TransportState.AUTHENTICATING,
    TransportState.AUTHENTICATED, TransportState.CONNECTING, TransportState.CONNECTED,
)  # fmt: skip
CONNECTING_STATES = len(_CONNECTING)
HANG_UP_SHARE = 0.8
"""The share of answered calls that end by a press; the bot ends the others."""
_PROBLEMS = (
    Problem(Fault.BOT_UNREACHABLE, "Nobody answers at the bot's address (simulated)."),
    Problem(Fault.BOT_TIMEOUT, "The bot never became ready (simulated)."),
)
_UNPLUGGED = Problem(Fault.NO_MICROPHONE, "There is no microphone (simulated): is it plugged in?")


@dataclass(frozen=True, slots=True)
class UsageModel:
    """Model of the usage in a house. Times are means of exponential distributions."""

    idle_s: float = 900.0
    """Between two calls."""
    talk_s: float = 60.0
    """In a call that is answered."""
    turn_s: float = 4.0
    """How long one of the two speaks."""
    fails: float = 0.05
    """The share of calls that are never answered."""
    breaks: float = 0.02
    """The share of pauses in which the microphone is unplugged for a while, instead of a call at their end."""

    @property
    def cycle_s(self) -> float:
        """From a call to the next."""
        return self.idle_s + self.talk_s


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """Something that happens `after_s` seconds after the step before it."""

    after_s: float
    what: Status | Gesture | AudioStats


DEFAULT_USAGE = UsageModel()


def events(random: Random, usage: UsageModel = DEFAULT_USAGE) -> Iterator[SimulatedEvent]:
    """One box's steps, without end."""
    status = Status()
    # As many as usual are in a call from the beginning.
    wait_s = 0.0 if random.random() < usage.talk_s / usage.cycle_s else _exponential(random, usage.idle_s)
    while True:
        if random.random() < usage.breaks and status.problem is None:  # an error is sticky
            status = replace(status, problem=_UNPLUGGED)
            yield SimulatedEvent(wait_s / 2, status)
            status = replace(status, problem=None)
            yield SimulatedEvent(wait_s / 2, status)
        else:
            yield SimulatedEvent(wait_s, Pressed(0.0))
            for step in _call(random, usage, status):
                if isinstance(step.what, Status):
                    status = step.what
                yield step
        wait_s = _exponential(random, usage.idle_s)


def sample_metrics(random: Random, *, busy: bool) -> HostMetrics:
    """Random metrics of the machine of a box that is in a call, or not."""
    cpu_percent = random.uniform(9, 14) if busy else random.uniform(0.2, 0.6)
    return HostMetrics(
        cpu_percent=round(cpu_percent, 1),
        memory_mb=round(random.uniform(56, 64), 1),
        temperature_c=round(random.gauss(48, 3), 1),
        throttled=["under_voltage_occurred"] if random.random() < 0.01 else [],
        wifi_dbm=round(random.gauss(-60, 6)),
    )


def _call(random: Random, usage: UsageModel, before: Status) -> Iterator[SimulatedEvent]:
    status = replace(before, problem=None, bot_left=False, session=f"{random.getrandbits(32):08x}", mic_live=True)
    status = replace(status, session_bot=status.bot)
    for state in _CONNECTING:
        status = replace(status, transport=state)
        yield SimulatedEvent(_exponential(random, 0.05), status)
    if random.random() < usage.fails:
        problem = random.choice(_PROBLEMS)
        yield SimulatedEvent(_exponential(random, 5), Status(transport=TransportState.ERROR, problem=problem))
        return
    status = replace(status, transport=TransportState.READY)
    yield SimulatedEvent(_exponential(random, 0.1), status)
    yield from _talk(random, usage, status)
    if random.random() < HANG_UP_SHARE:
        yield SimulatedEvent(0.0, Pressed(0.0))
    else:
        status = replace(status, bot_left=True)
    status = replace(status, transport=TransportState.DISCONNECTING, speech=Speech.NONE, mic_live=False)
    yield SimulatedEvent(0.0, status)
    yield SimulatedEvent(_exponential(random, 0.1), Status())


def _talk(random: Random, usage: UsageModel, status: Status) -> Iterator[SimulatedEvent]:
    """A second of sound after the other, and whose turn it is."""
    speech, turn_s = Speech.BOT, 0.0
    for _ in range(max(1, round(_exponential(random, usage.talk_s)))):
        if turn_s <= 0:
            turn_s = _exponential(random, usage.turn_s)
            yield SimulatedEvent(0.0, replace(status, speech=speech))
            speech = {Speech.BOT: Speech.USER, Speech.USER: Speech.THINKING, Speech.THINKING: Speech.BOT}[speech]
        turn_s -= 1
        yield SimulatedEvent(1.0, _second(random))


def _second(random: Random) -> AudioStats:
    lost = random.random() < 0.1
    return AudioStats(
        mic_dbfs=round(random.uniform(-50, -15), 1),
        speaker_dbfs=round(random.choice((MIN_DBFS, random.uniform(-30, -12))), 1),
        loss_in_percent=round(random.uniform(1, 5), 1) if lost else 0.0,
        loss_out_percent=0.0,
        concealed_percent=round(random.uniform(0, 4), 1) if lost else 0.0,
        jitter_ms=round(random.uniform(2, 15), 1),
        lag_ms=round(random.uniform(15, 40), 1),
        round_trip_ms=round(random.uniform(10, 40), 1),
        copies=1 if lost else 0,
        overruns=0,
        underruns=0,
        echo_delay_ms=52.5,
    )


def _exponential(random: Random, mean: float) -> float:
    return random.expovariate(1 / mean)
