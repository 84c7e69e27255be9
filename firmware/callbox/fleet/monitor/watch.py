"""Shows a table while a broker fills it: a picture, lines, JSON lines, or one look."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.model import render
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.fleet.monitor.model.render import BoxRow
from callbox.fleet.monitor.subscriber import subscribe
from callbox.mqtt.model.payloads import utc
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import reconnect_forever

SNAPSHOT_S = 2.0
"""How long one look listens: what is retained comes at once."""
CONNECT_TIMEOUT_S = 10.0
"""How long one look waits for the broker."""
FRAME_S = 0.5
GATHER_S = 0.2
"""What a broker has retained comes in pieces; a box's are gathered into one line."""
SILENCE_CHECK_S = 5.0


def utc_now() -> datetime:
    """The moment that it is."""
    return datetime.now(UTC)


async def snapshot(place: BrokerTarget) -> list[BoxRow]:
    """All boxes after `SNAPSHOT_S`. Raises `BrokerError` when the broker can't be reached."""
    table, there = FleetState(place.prefix), asyncio.Event()

    def hear(message: MqttMessage) -> None:
        table.hear(message)

    ear = asyncio.create_task(subscribe(place.broker, table.subscriptions, hear, there.set))
    reached = asyncio.create_task(there.wait())
    try:
        await asyncio.wait([ear, reached], timeout=CONNECT_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if not ear.done() and not there.is_set():
            raise BrokerError(f"the broker at {place.broker.address} has not answered for {CONNECT_TIMEOUT_S:g} s")
        await asyncio.wait([ear], timeout=SNAPSHOT_S)
        if ear.done():
            ear.result()
    finally:
        reached.cancel()
        ear.cancel()
        await asyncio.wait([ear])
    return table.rows(utc_now())


async def print_changes(place: BrokerTarget, stop: asyncio.Event, *, as_json: bool) -> None:
    """One line on standard output for each change of a box, until `stop`."""
    table = FleetState(place.prefix)
    told: dict[str, BoxRow] = {}
    gathered: set[str] = set()

    def tell(device_id: str) -> None:
        row = table.row(device_id, utc_now())
        if told.get(device_id) != row:
            told[device_id] = row
            text = json.dumps({"time": utc(utc_now()), **row.as_json()}) if as_json else render.line(row, utc_now())
            print(text, flush=True)

    def hear(message: MqttMessage) -> None:
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
            await asyncio.sleep(SILENCE_CHECK_S)
            for device_id in table.silent(utc_now()):
                tell(device_id)

    def note(text: str) -> None:
        print(text, file=sys.stderr)

    await run_until_stopped(
        stop, _subscribe_forever(place, table, hear, note), tell_what_was_retained(), look_for_silence()
    )


async def live_table(place: BrokerTarget, stop: asyncio.Event) -> None:
    """A table in the terminal, drawn again twice a second until `stop`. Needs rich."""
    from rich.console import Console
    from rich.live import Live

    from callbox.fleet.monitor.terminal import render_table

    table, notes, console = FleetState(place.prefix), [""], Console()

    def hear(message: MqttMessage) -> None:
        table.hear(message)
        notes[0] = ""

    async def show() -> None:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while True:
                live.update(render_table(table.rows(utc_now()), utc_now(), console.height, notes[0]), refresh=True)
                await asyncio.sleep(FRAME_S)

    def note(text: str) -> None:
        notes[0] = text

    await run_until_stopped(stop, _subscribe_forever(place, table, hear, note), show())


async def _subscribe_forever(
    place: BrokerTarget, table: FleetState, hear: Callable[[MqttMessage], None], note: Callable[[str], None]
) -> None:
    async def one_connection() -> None:
        try:
            await subscribe(place.broker, table.subscriptions, hear, table.connected_again)
        except BrokerError as error:
            note(str(error))
            raise

    await reconnect_forever(one_connection, place.broker.retry_s)


async def run_until_stopped(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
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
