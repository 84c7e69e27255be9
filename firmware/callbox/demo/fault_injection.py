"""Faults that the demo injects at a click, each with what is to be seen then: `panel.handlers.FaultInjection`."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from callbox.demo.processes import ChildProcess
from callbox.panel.browser_board import PageBoard
from callbox.panel.handlers import FaultInjection

_MISSPELT = "board.buton.pin=17"
"""A typing error in a key."""
_ALL_DAY = ("quiet_hours.start=00:00", "quiet_hours.end=23:59", "quiet_hours.max_volume_percent=20")


@dataclass(slots=True)
class InjectedFault:
    """Fault made of two functions, as a `FaultInjection`."""

    name: str
    label: str
    expect: str
    inject: Callable[[], Coroutine[Any, Any, None]]
    clear: Callable[[], Coroutine[Any, Any, None]]
    is_on: bool = False

    async def turn(self, on: bool) -> None:
        """As `FaultInjection.turn`."""
        if on != self.is_on:
            self.is_on = on
            await (self.inject() if on else self.clear())


def faults(
    board: PageBoard,
    extra_options: list[str],
    reload: asyncio.Event,
    bot: ChildProcess | None,
    broker: ChildProcess | None,
    *,
    has_volume: bool = False,
) -> list[FaultInjection]:
    """Faults of this demo. `extra_options`: as of ``--set``, read again by `reload`; no file is touched. `has_volume`:
    whether the settings have `speaker.volume_percent`, which quiet hours need.
    """
    found: list[FaultInjection] = [_microphone(board)]
    if bot:
        found += [_network(bot), _bot(bot)]
    if broker:
        found.append(_broker(broker))
    found.append(_settings(extra_options, reload))
    if has_volume:
        found.append(_quiet_hours(extra_options, reload))
    return found


def _microphone(board: PageBoard) -> FaultInjection:
    async def pull() -> None:
        board.microphone.unplug()

    async def plug() -> None:
        board.microphone.plug_in()

    return InjectedFault(
        "microphone",
        "Pull the microphone",
        "In a call: three quick blinks, then five slow ones; the call goes on. The microphone lamp is dark. Put back, "
        "it is used again within seconds.",
        pull,
        plug,
    )


def _network(bot: ChildProcess) -> FaultInjection:
    async def cut() -> None:
        bot.pause()

    async def restore() -> None:
        bot.resume()

    return InjectedFault(
        "network",
        "Cut the network",
        "The bot's process is paused: it sends and answers nothing, as behind a dead Wi-Fi. The call waits up to 26 s "
        "for it, and goes on with the same bot when you undo this; then it ends in an error.",
        cut,
        restore,
    )


def _bot(bot: ChildProcess) -> FaultInjection:
    return InjectedFault(
        "bot",
        "Stop the bot",
        "The bot's process is killed. A press now ends in three quick blinks and one slow one.",
        bot.kill,
        bot.start,
    )


def _broker(broker: ChildProcess) -> FaultInjection:
    return InjectedFault(
        "broker",
        "Stop the broker",
        "Mosquitto is killed. Calls go on as before; when it is back, the state is published again.",
        broker.kill,
        broker.start,
    )


def _settings(extra_options: list[str], reload: asyncio.Event) -> FaultInjection:
    return _options(
        extra_options,
        reload,
        (_MISSPELT,),
        "settings",
        "Wrong settings",
        "The box reads its settings again, with a misspelt key. It works with the last good ones; between calls its "
        "status lamp blinks three times quickly, then nine times slowly.",
    )


def _quiet_hours(extra_options: list[str], reload: asyncio.Event) -> FaultInjection:
    return _options(
        extra_options,
        reload,
        _ALL_DAY,
        "quiet-hours",
        "Quiet hours",
        "The box reads its settings again, with quiet hours all day: the volume is 20 % at most until you undo this. "
        "They apply once the clock of this machine is set.",
    )


def _options(
    extra_options: list[str], reload: asyncio.Event, options: tuple[str, ...], name: str, label: str, expect: str
) -> FaultInjection:
    """The settings, read again with `options`."""

    async def add() -> None:
        extra_options.extend(options)
        reload.set()

    async def remove() -> None:
        extra_options[:] = [option for option in extra_options if option not in options]
        reload.set()

    return InjectedFault(name, label, expect, add, remove)
