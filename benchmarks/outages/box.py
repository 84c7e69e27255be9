"""A whole box on a simulated board that reports: ``python -m benchmarks.outages.box START_URL BROKER_PORT [CA_FILE]``.

Commands on standard input, each answered by one line of JSON: ``call`` makes a call and hangs up,
``change N`` changes the box's status N times, ``probe N`` attempts a broker that isn't there N times, ``end``
ends.
"""

import asyncio
import json
import sys
from dataclasses import replace

from tests.rig.ports import free_port

from benchmarks.bot import TONE
from benchmarks.box import APART_S, Waiter
from benchmarks.measure import Stopwatch
from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.control.status import Status
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.rtvi import APIRequest
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gestures, Pressed
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

TURN = 100
"""Changes after which the loop gets its turn: as busy as a box can be, but alive."""


class Lamp(SimulatedLamp):
    """Tells the stopwatch that it is lit, and that it is dark."""

    def __init__(self, watch: Stopwatch, lit: str, dark: str) -> None:
        super().__init__()
        self._watch, self._names = watch, (dark, lit)

    def set(self, brightness: float) -> None:
        super().set(brightness)
        self._watch.lap(self._names[brightness > 0])


class Bench:
    """The box and its hand."""

    def __init__(self, url: str, port: int, ca_file: str | None) -> None:
        self._watch = Stopwatch()
        self._waiter, self._button = Waiter(self._watch), SimulatedButton()
        lamps = Lamp(self._watch, "answered", "-"), Lamp(self._watch, "received", "deaf")
        board = Board(self._button, *lamps, SimulatedMicrophone(TONE * 1000), SimulatedSpeaker())
        broker = Broker("127.0.0.1", port, tls=ca_file is not None, ca_file=ca_file)
        self._report = MqttObserver(broker, Topics("callbox", "kitchen"))
        connection = ConnectionConfig(SmallWebRTCTransport, APIRequest(url, request_data={"transport": "webrtc"}))
        self.box = Appliance(
            board, ApplianceConfig(connection), {MAIN_BUTTON: ButtonConfig(Gestures())}, [self._waiter, self._report]
        )

    async def call(self) -> dict[str, float]:
        """Milliseconds from the press; of the second one for `deaf` and `idle`."""
        watch = self._watch
        watch.start()
        self._button.press()
        await asyncio.sleep(0.05)
        self._button.release()
        await self._waiter.ready()
        await asyncio.sleep(APART_S)
        measured = {name: watch.ms[name] for name in ("answered", "ready")}
        watch.start()
        self._button.press()
        await asyncio.sleep(0.05)
        self._button.release()
        await self._waiter.idle()
        watch.lap("idle")
        await asyncio.sleep(APART_S)
        return {**measured, **{name: watch.ms[name] for name in ("deaf", "idle")}}

    async def change(self, times: int) -> dict[str, int]:
        """Presses and statuses, one after the other. The last one is not muted."""
        for number in range(times):
            self._report.on_gesture(Pressed(float(number)), MAIN_BUTTON)
            self._report.on_status(replace(Status(), mute=(times - number) % 2 == 0))
            if number % TURN == 0:
                await asyncio.sleep(0)
        return {"changed": times}


async def probe(times: int) -> dict[str, int]:
    """One after the other, without pauses."""
    report, refused = MqttObserver(Broker("127.0.0.1", free_port()), Topics("callbox", "hall")), 0
    for _ in range(times):
        try:
            await report.one_connection()
        except BrokerError:
            refused += 1
    return {"refused": refused}


async def main() -> None:
    url, port, *ca_file = sys.argv[1:]
    bench = Bench(url, int(port), ca_file[0] if ca_file else None)
    stop = asyncio.Event()
    running = asyncio.create_task(bench.box.run(stop))
    await asyncio.sleep(1)
    print(json.dumps({"runs": True}), flush=True)
    while (line := (await asyncio.to_thread(sys.stdin.readline)).split()) and line[0] != "end":
        match line:
            case ["call"]:
                done: object = await bench.call()
            case ["change", times]:
                done = await bench.change(int(times))
            case ["probe", times]:
                done = await probe(int(times))
        print(json.dumps(done), flush=True)
    stop.set()
    await running


if __name__ == "__main__":
    asyncio.run(main())
