"""Table of boxes in a terminal: live, as lines, as JSON lines, or one snapshot."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.model import render
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.fleet.monitor.model.render import BoxRow
from callbox.fleet.monitor.subscriber import subscribe
from callbox.mqtt.model import topics
from callbox.mqtt.model.payloads import utc
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import OnServed, reconnect_forever
from callbox.system.event_loop import run_until_stopped

SNAPSHOT_S = 2.0
"""How long a snapshot collects messages, in s: what is retained comes at once."""
CONNECT_TIMEOUT_S = 10.0
"""How long a snapshot waits for the broker, in s."""
FRAME_S = 0.5
GATHER_S = 0.2
"""What a broker has retained comes in pieces; they are gathered into one line a box, until none came for so long."""
SILENCE_CHECK_S = 5.0


def utc_now() -> datetime:
    """Current UTC."""
    return datetime.now(UTC)


class Snapshot(NamedTuple):
    """Boxes after one look."""

    rows: list[BoxRow]
    complete: bool
    """False: the broker handed out nothing that is retained, as RabbitMQ does, and boxes were not asked. Those that
    have published nothing meanwhile are missing."""


async def snapshot(target: BrokerTarget) -> Snapshot:
    """Table after `SNAPSHOT_S`, later if boxes are asked. Raises `BrokerError`: the broker can't be reached."""
    table, connected, retained = FleetState(target.prefix), asyncio.Event(), False

    def on_message(message: MqttMessage) -> None:
        nonlocal retained
        retained = retained or message.retained
        table.apply(message)

    subscription = asyncio.create_task(
        subscribe(target.broker, table.subscriptions, on_message, lambda _: connected.set(), ask_topic=target.ask_topic)
    )
    connecting = asyncio.create_task(connected.wait())
    try:
        await asyncio.wait([subscription, connecting], timeout=CONNECT_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if not subscription.done() and not connected.is_set():
            raise BrokerError(f"the broker at {target.broker.address} has not answered for {CONNECT_TIMEOUT_S:g} s")
        report_s = topics.MAX_BIRTH_PAUSE_S if target.ask else 0.0
        await asyncio.wait([subscription], timeout=SNAPSHOT_S + report_s)
        if subscription.done():
            subscription.result()
    finally:
        connecting.cancel()
        subscription.cancel()
        await asyncio.wait([subscription])
    return Snapshot(table.rows(utc_now()), retained or target.ask)


async def print_changes(target: BrokerTarget, stop: asyncio.Event, *, as_json: bool) -> None:
    """One line on standard output for each change of a box, until `stop`."""
    table = FleetState(target.prefix)
    printed: dict[str, int] = {}
    """Hashes of the rows: a row of Python objects is ten times what the table keeps."""
    retained: set[str] = set()
    came = False
    """Whether something retained came since the last look."""

    def print_row(device_id: str) -> None:
        if device_id not in table:  # removed meanwhile
            return
        row = table.row(device_id, utc_now())
        if printed.get(device_id) != (now := hash(json.dumps(row.as_json()))):
            printed[device_id] = now
            text = json.dumps({"time": utc(utc_now()), **row.as_json()}) if as_json else render.line(row, utc_now())
            print(text, flush=True)

    def on_message(message: MqttMessage) -> None:
        nonlocal came
        came = came or message.retained
        if not (device_id := table.apply(message)):
            if len(printed) > 2 * len(table) + 1000:  # boxes that come and go must not fill the memory
                for gone in [device_id for device_id in printed if device_id not in table]:
                    del printed[gone]
            return
        if message.retained:
            retained.add(device_id)
        else:
            print_row(device_id)

    async def print_retained() -> None:
        nonlocal came
        while True:
            await asyncio.sleep(GATHER_S)
            while retained and not came:
                print_row(retained.pop())
            came = False

    async def print_silent() -> None:
        while True:
            await asyncio.sleep(SILENCE_CHECK_S)
            for device_id in table.silent(utc_now()):
                print_row(device_id)

    def note(text: str) -> None:
        print(text, file=sys.stderr)

    await run_until_stopped(stop, _subscribe_forever(target, table, on_message, note), print_retained(), print_silent())


async def live_table(target: BrokerTarget, stop: asyncio.Event) -> None:
    """A table in the terminal, drawn again twice a second until `stop`. Needs rich."""
    from rich.console import Console
    from rich.live import Live

    from callbox.fleet.monitor.terminal import render_table

    table, notes, console = FleetState(target.prefix), [""], Console()

    def on_message(message: MqttMessage) -> None:
        table.apply(message)
        notes[0] = ""

    async def show() -> None:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while True:
                live.update(render_table(table.rows(utc_now()), utc_now(), console.height, notes[0]), refresh=True)
                await asyncio.sleep(FRAME_S)

    def note(text: str) -> None:
        notes[0] = text

    await run_until_stopped(stop, _subscribe_forever(target, table, on_message, note), show())


async def _subscribe_forever(
    target: BrokerTarget, table: FleetState, on_message: Callable[[MqttMessage], None], note: Callable[[str], None]
) -> None:
    async def one_connection(on_served: OnServed) -> None:
        def on_subscribed(_: object) -> None:
            on_served()
            table.connected_again()

        try:
            await subscribe(target.broker, table.subscriptions, on_message, on_subscribed, ask_topic=target.ask_topic)
        except BrokerError as error:
            note(str(error))
            raise

    await reconnect_forever(one_connection, target.broker.retry_s)
