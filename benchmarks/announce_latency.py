"""``python -m benchmarks.announce_latency``: from a message to the first sound, of rings and announcements;
from the press that answers a ring to the bot's first word.

A real Mosquitto, a box in this process, a client that publishes and takes the time before it does. The first sound is
the first period above -40 dBFS that the card is given, at the time at which it is audible.
"""

import argparse
import asyncio
import base64
import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.integration import test_announcements
from tests.integration.test_rings import HERE
from tests.rig.appliance import running
from tests.rig.mosquitto import Listener, Mosquitto
from tests.unit.audio import test_sound_file

from benchmarks.bot import WhistlingBot
from callbox.control.announcements import MAX_SOUND_BYTES
from callbox.control.rings import Ring, RingState
from callbox.rtvi import TransportState
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedSpeaker

CARD_MS = 60.0
CONFIG, RINGS = test_announcements.CONFIG, test_announcements.RINGS
observer: Any = test_announcements.observer
wav: Any = test_sound_file.wav
encoded: Any = test_sound_file.encoded
SOUNDS = {
    "WAV, 96 kB": wav(1.0),
    "WAV, 1 MiB": wav(10.9),
    "Opus, 3 s": encoded("ogg", "libopus", 3.0),
    "MP3, 3 s": encoded("mp3", "libmp3lame", 3.0, 44_100),
}


class TimedSpeaker(SimulatedSpeaker):
    """Notes when sound is audible first."""

    def __init__(self) -> None:
        super().__init__(buffer_ms=CARD_MS)
        self.audible_s: list[float] = []

    def start(self, fill: Any, failed: Any) -> Any:
        def timed(audible_s: float) -> bytes:
            period: bytes = fill(audible_s)
            if not self.audible_s and pcm.peak_dbfs(period) > -40:
                self.audible_s.append(audible_s)
            return period

        return super().start(timed, failed)


async def measure(count: int) -> dict[str, list[float]]:
    """Milliseconds of each kind."""
    fields: dict[str, tuple[str, dict[str, Any]]] = {
        name: ("announce", {"sound": base64.b64encode(sound).decode()}) for name, sound in SOUNDS.items()
    }
    fields["words"] = "announce", {"text": "Lunch is ready. Please come to the kitchen."}
    fields["ring"] = "ring", {"reason": "Lunch"}
    assert all(len(sound) <= MAX_SOUND_BYTES for sound in SOUNDS.values())
    found: dict[str, list[float]] = {name: [] for name in fields}
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker, Listener(broker.port) as listener:
        speaker = TimedSpeaker()
        box = running("http://127.0.0.1:1/start", ring=RINGS, announce=CONFIG, observers=[observer(broker)])
        async with box as rig:
            await listener.until_online(HERE)
            rig.box.media.player._speaker = speaker
            await asyncio.sleep(3)  # PyAV is imported
            for number in range(count):
                for name, (command, given) in fields.items():
                    speaker.audible_s.clear()
                    payload = json.dumps({"id": f"{name} {number}", **given}).encode()
                    began_s = time.monotonic()
                    await asyncio.to_thread(listener.publish, f"{HERE}/request/{command}", payload)
                    while not speaker.audible_s:
                        await asyncio.sleep(0.002)
                    found[name].append((speaker.audible_s[0] - began_s) * 1000)
                    if command == "ring":
                        rig.button.press()
                        await rig.until(lambda status: not status.rings.pending)
                        rig.button.release()
                    else:
                        await rig.click()
                    while speaker.is_open or rig.box.status.announcements.playing:
                        await asyncio.sleep(0.05)
                    listener.messages.clear()
    return found


async def measure_answers(count: int, *, hot: bool) -> list[float]:
    """Milliseconds from the contact that closes, for 30 ms, to the bot's first word, of a ring that is answered."""
    found: list[float] = []
    bot, speaker = WhistlingBot(), TimedSpeaker()
    await bot.start("127.0.0.1")
    async with running(bot.url, hot=hot, ring=replace(RINGS, volume_percent=0)) as rig:
        rig.box.media.player._speaker = speaker
        for number in range(count):
            rig.box._ringing.request(Ring(f"door {number}", "Somebody is at the door"))
            await rig.until(lambda status: status.rings.state is RingState.RINGING)
            await asyncio.sleep(3)  # hot: a session that knows the reason stands by
            if hot:
                await rig.until(lambda status: status.transport is TransportState.CONNECTED)
            speaker.audible_s.clear()
            began_s = time.monotonic()
            rig.button.click(30)
            while not speaker.audible_s:
                await asyncio.sleep(0.002)
            found.append((speaker.audible_s[0] - began_s) * 1000)
            await rig.until(lambda status: status.transport is TransportState.READY)
            await rig.click()
            await rig.until(lambda status: status.rings.state is RingState.IDLE)
            await rig.until_idle()
    await bot.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.announce_latency")
    parser.add_argument("--count", type=int, default=20, help="of each kind")
    options = parser.parse_args()
    print("| | median | p95 | longest |\n|---|---|---|---|")
    found = asyncio.run(measure(options.count))
    for standby in ("armed", "hot"):
        found[f"answer, {standby}"] = asyncio.run(measure_answers(options.count, hot=standby == "hot"))
    for name, values in found.items():
        values.sort()
        p95 = values[round(0.95 * (len(values) - 1))]
        print(f"| {name} | {statistics.median(values):.0f} ms | {p95:.0f} ms | {values[-1]:.0f} ms |")


if __name__ == "__main__":
    main()
