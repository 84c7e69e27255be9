"""Lines of `callbox watch` where its output is no terminal."""

import asyncio
import json
from datetime import UTC, datetime

from tests.unit.fleet.test_fleet_state import START, life

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor import watch
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.mqtt.model.publications import Timestamp
from callbox.mqtt.paho_client import Broker


async def test_what_is_retained_of_a_box_is_one_line_though_it_comes_in_pieces(monkeypatch, capsys):
    """Each of two pieces comes between two looks."""
    box, stop = life(), asyncio.Event()
    gone = Status(problem=Problem(Fault.NO_SPEAKER, "gone"))
    pieces = box.on_connect(), box.status(gone, Timestamp(START, 1.0))

    async def subscribe(target, table, on_message, note):
        for piece in pieces:
            await asyncio.sleep(0.6 * watch.GATHER_S)
            for one in piece:
                on_message(MqttMessage(one.topic, one.payload, True, datetime.now(UTC)))
        await asyncio.sleep(3 * watch.GATHER_S)
        stop.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(watch, "_subscribe_forever", subscribe)
    await watch.print_changes(BrokerTarget(Broker("127.0.0.1", 1883), "callbox"), stop, as_json=True)
    [line] = capsys.readouterr().out.splitlines()
    assert [one["code"] for one in json.loads(line)["alerts"]] == ["no_speaker"]
