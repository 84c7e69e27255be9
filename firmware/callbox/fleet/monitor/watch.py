"""Shows a table while a broker fills it: a picture, lines, JSON lines, or one look."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from callbox.fleet.broker_options import Place
from callbox.fleet.monitor.model import render
from callbox.fleet.monitor.model.box_state import Message
from callbox.fleet.monitor.model.fleet_state import Table
from callbox.fleet.monitor.model.render import Row
from callbox.fleet.monitor.subscriber import listen
from callbox.mqtt.model.payloads import utc
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import keep_connected

ONCE_S = 2.0
"""How long one look listens: what is retained comes at once."""
REACH_S = 10.0
"""How long one look waits for the broker."""
FRAME_S = 0.5
GATHER_S = 0.2
"""What a broker has retained comes in pieces; a box's are gathered into one line."""
SILENCE_LOOK_S = 5.0


def now() -> datetime:
    """The moment that it is."""
    return datetime.now(UTC)


async def once(place: Place) -> list[Row]:
    """All boxes after `ONCE_S`. Raises `BrokerError` when the broker can't be reached."""
    table, there = Table(place.prefix), asyncio.Event()

    def hear(message: Message) -> None:
        table.hear(message)

    ear = asyncio.create_task(listen(place.broker, table.subscriptions, hear, there.set))
    reached = asyncio.create_task(there.wait())
    try:
        await asyncio.wait([ear, reached], timeout=REACH_S, return_when=asyncio.FIRST_COMPLETED)
        if not ear.done() and not there.is_set():
            raise BrokerError(f"the broker at {place.broker.place} has not answered for {REACH_S:g} s")
        await asyncio.wait([ear], timeout=ONCE_S)
        if ear.done():
            ear.result()
    finally:
        reached.cancel()
        ear.cancel()
        await asyncio.wait([ear])
    return table.rows(now())


async def lines(place: Place, stop: asyncio.Event, *, as_json: bool) -> None:
    """One line on standard output for each change of a box, until `stop`."""
    table = Table(place.prefix)
    told: dict[str, Row] = {}
    gathered: set[str] = set()

    def tell(device_id: str) -> None:
        row = table.row(device_id, now())
        if told.get(device_id) != row:
            told[device_id] = row
            text = json.dumps({"time": utc(now()), **row.as_json()}) if as_json else render.line(row, now())
            print(text, flush=True)

    def hear(message: Message) -> None:
        if not (device_id := table.hear(message)):
            return
        if message.retained:
            gathered.add(device_id)
        else:
            tell(device_id)

    async def tell_what_was_retained() -> None:
        while True:
            await asyncio.sleep(GATHER_S)
            while gathered:
                tell(gathered.pop())

    async def look_for_silence() -> None:
        while True:
            await asyncio.sleep(SILENCE_LOOK_S)
            for device_id in table.silent(now()):
                tell(device_id)

    def note(text: str) -> None:
        print(text, file=sys.stderr)

    await until(stop, _ear(place, table, hear, note), tell_what_was_retained(), look_for_silence())


async def picture(place: Place, stop: asyncio.Event) -> None:
    """A table in the terminal, drawn again twice a second until `stop`. Needs rich."""
    from rich.console import Console
    from rich.live import Live

    from callbox.fleet.monitor.terminal import draw

    table, notes, console = Table(place.prefix), [""], Console()

    def hear(message: Message) -> None:
        table.hear(message)
        notes[0] = ""

    async def show() -> None:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while True:
                live.update(draw(table.rows(now()), now(), console.height, notes[0]), refresh=True)
                await asyncio.sleep(FRAME_S)

    def note(text: str) -> None:
        notes[0] = text

    await until(stop, _ear(place, table, hear, note), show())


async def _ear(place: Place, table: Table, hear: Callable[[Message], None], note: Callable[[str], None]) -> None:
    async def one_connection() -> None:
        try:
            await listen(place.broker, table.subscriptions, hear, table.connected_again)
        except BrokerError as error:
            note(str(error))
            raise

    await keep_connected(one_connection, place.broker.retry_s)


async def until(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Let `work` go on until `stop`, or until one of it ends. Raises what it raised."""
    tasks = [asyncio.create_task(one) for one in work]
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in [stopped, *tasks]:
            task.cancel()
        await asyncio.wait([stopped, *tasks])
