"""What can be broken in the demo at a click: `callbox.panel.handlers.Fault`s, each with what is to be seen then."""

import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from callbox.demo.processes import Neighbour
from callbox.panel.browser_board import PageBoard
from callbox.panel.handlers import Fault

_WRONG = "board.buton.pin=17"
"""A typing error as people make them."""


@dataclass(slots=True)
class Breakable:
    """Fulfils `Fault` by two functions."""

    name: str
    label: str
    expect: str
    break_it: Callable[[], Coroutine[Any, Any, None]]
    mend_it: Callable[[], Coroutine[Any, Any, None]]
    is_on: bool = False

    async def turn(self, on: bool) -> None:
        """As `Fault.turn`."""
        if on != self.is_on:
            self.is_on = on
            await (self.break_it() if on else self.mend_it())


def faults(board: PageBoard, wrong: list[str], bot: Neighbour | None, broker: Neighbour | None) -> list[Fault]:
    """All that can be broken here. `wrong`: options as of ``--set`` that SIGHUP reads too; no file is touched."""
    found: list[Fault] = [_microphone(board)]
    if bot:
        found += [_network(bot), _bot(bot)]
    if broker:
        found.append(_broker(broker))
    found.append(_settings(wrong))
    return found


def _microphone(board: PageBoard) -> Fault:
    async def pull() -> None:
        board.microphone.unplug()

    async def plug() -> None:
        board.microphone.plug_in()

    return Breakable(
        "microphone",
        "Pull the microphone",
        "In a call: three quick blinks, then five slow ones; the call goes on. The microphone lamp is dark. Put back, "
        "it is used again within seconds.",
        pull,
        plug,
    )


def _network(bot: Neighbour) -> Fault:
    async def cut() -> None:
        bot.freeze(frozen=True)

    async def mend() -> None:
        bot.freeze(frozen=False)

    return Breakable(
        "network",
        "Cut the network",
        "The bot's process is frozen: nothing comes, nothing is answered, as on a dead Wi-Fi. The call waits for up to "
        "26 s, then it ends in an error.",
        cut,
        mend,
    )


def _bot(bot: Neighbour) -> Fault:
    return Breakable(
        "bot",
        "Stop the bot",
        "The bot's process is killed. A press now ends in three quick blinks and one slow one.",
        bot.kill,
        bot.start,
    )


def _broker(broker: Neighbour) -> Fault:
    return Breakable(
        "broker",
        "Stop the broker",
        "Mosquitto is killed. Nothing that you do at the box changes; when it is back, it is told all that holds.",
        broker.kill,
        broker.start,
    )


def _settings(wrong: list[str]) -> Fault:
    async def misspell() -> None:
        wrong.append(_WRONG)
        os.kill(os.getpid(), signal.SIGHUP)

    async def correct() -> None:
        wrong.clear()
        os.kill(os.getpid(), signal.SIGHUP)

    return Breakable(
        "settings",
        "Wrong settings",
        "A misspelt key is set, and SIGHUP reads the settings again. The box works with the last good ones; at rest it "
        "blinks three times quickly, then nine times slowly.",
        misspell,
        correct,
    )
