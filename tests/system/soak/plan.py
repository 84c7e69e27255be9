"""What happens to the box, from a seed. Pure: the same seed, the same misfortunes, in the same order and pauses."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

OUTAGES = (
    "server",
    "broker",
    "broker_hangs",
    "network",
    "microphone",
    "speaker",
    "sound_server",
    "dns",
    "disk",
    "clock",
)
"""What is gone for a while, or wrong: the clock."""
EVENTS = ("new_address", "nat_forgets", "hostile_mqtt", "mqtt_flood", "suspension")
"""What happens in a moment."""
FINGERS = ("press", "press", "press", "press", "double", "flutter")
BOT_OUTAGES = ("bot_fault",)
"""Of the bot that misbehaves to order: with `hurried`."""
BOT_EVENTS = ("bot_leaves", "bot_vanishes")
ORDERS = ("mute", "unmute", "identify", "disconnect")
LONGEST_S = 1.2
HURRIED_LONGEST_S = 0.3


@dataclass(frozen=True, slots=True)
class Step:
    """After `pause_s`: a press, a command, an outage that begins, or (`over`) one that ends."""

    pause_s: float
    what: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """Steps, after which everything is well again and a press has to lead to a bot that is ready."""

    number: int
    steps: tuple[Step, ...]


def hurried_rounds(seed: int) -> Iterator[Round]:
    """Without end: some ten faults each, most of them beside others."""
    outages, events = OUTAGES + BOT_OUTAGES, EVENTS + BOT_EVENTS
    number = 0
    while True:
        chance = Random(f"hurried {seed}/{number}")
        steps: list[Step] = []
        gone: list[str] = []
        for _ in range(chance.randint(12, 26)):
            pause_s = chance.uniform(0.0, HURRIED_LONGEST_S) ** 2
            kind = chance.random()
            left = [outage for outage in outages if outage not in gone]
            if kind < 0.25:
                steps.append(Step(pause_s, chance.choice(FINGERS)))
            elif kind < 0.3:
                steps.append(Step(pause_s, chance.choice(ORDERS)))
            elif kind < 0.5:
                steps.append(Step(pause_s, chance.choice(events)))
            elif gone and (kind < 0.7 or not left):
                steps.append(Step(pause_s, gone.pop(chance.randrange(len(gone))), over=True))
            else:
                gone.append(chance.choice(left))
                steps.append(Step(pause_s, gone[-1]))
        steps += [Step(0.0, outage, over=True) for outage in gone]
        yield Round(number, tuple(steps))
        number += 1


def rounds(seed: int) -> Iterator[Round]:
    """Without end."""
    number = 0
    while True:
        chance = Random(f"{seed}/{number}")  # of each round by itself: any of them can be played alone
        steps: list[Step] = []
        gone: list[str] = []
        for _ in range(chance.randint(3, 8)):
            pause_s = chance.uniform(0.0, LONGEST_S) ** 2
            kind = chance.random()
            if kind < 0.5:
                steps.append(Step(pause_s, chance.choice(FINGERS)))
            elif kind < 0.6:
                steps.append(Step(pause_s, chance.choice(ORDERS)))
            elif gone and kind < 0.75:
                steps.append(Step(pause_s, gone.pop(chance.randrange(len(gone))), over=True))
            elif kind > 0.9:
                steps.append(Step(pause_s, chance.choice(EVENTS)))
            elif left := [outage for outage in OUTAGES if outage not in gone]:
                gone.append(chance.choice(left))
                steps.append(Step(pause_s, gone[-1]))
        steps += [Step(0.0, outage, over=True) for outage in gone]
        yield Round(number, tuple(steps))
        number += 1
