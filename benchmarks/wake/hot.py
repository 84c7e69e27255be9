"""From the name's end to the first sound that the bot receives of the sentence, with a session that stands by.

    python -m benchmarks.wake.hot FOLDER >FOLDER/hot.json

One process for box and bot, no round trip. The detector's own time counts: it detects a name after its end.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly
from tests.integration.test_standby import ListeningBot, stands_by
from tests.rig.appliance import running

from benchmarks.wake.voices import KOKORO, Utterance, read
from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.wake_word import WakeWord
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone

AUDIBLE_DBFS = -40


class TimedMicrophone(SimulatedMicrophone):
    """Tells when it began."""

    began_s = 0.0

    def start(self, deliver: Any, failed: Any) -> Any:
        self.began_s = time.monotonic()
        return super().start(deliver, failed)


async def once(folder: Path, voice: str, word: str) -> tuple[float, float] | None:
    """ms from the name's end to its detection, and to the bot's first sound; None: no detection."""
    name = read(folder / Utterance(f"kokoro-{voice}", word, 1.0).file)
    name = name[: np.flatnonzero(np.abs(name) > 0.02)[-1] + 1]
    sentence = read(folder / Utterance(f"kokoro-{voice}", "sentence-0", 1.0).file)
    sound = resample_poly(np.concatenate((np.zeros(16_000), name, sentence, np.zeros(16_000))), 3, 1)
    microphone = TimedMicrophone((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    config = WakeConfig((WakeWord(word),))
    async with ListeningBot() as bot, running(bot.url, hot=True, microphone=microphone, wake=config) as rig:
        rig.box._hard_mute.command(True)
        await rig.until(stands_by)
        times: list[float] = []
        received: list[bytes] = []

        class Periods(list):  # type: ignore[type-arg]
            def append(self, period: bytes) -> None:
                received.append(period)
                if len(times) == 1 and pcm.peak_dbfs(period) > AUDIBLE_DBFS:
                    times.append(time.monotonic())

        bot.calls[0].periods = Periods()
        on_wake_word = rig.box.on_wake_word

        def timed(bot_name: str | None) -> str | None:
            times.append(time.monotonic())
            result: str | None = on_wake_word(bot_name)
            return result

        rig.box.on_wake_word = timed
        rig.box._hard_mute.command(False)
        try:
            async with asyncio.timeout(len(sound) / pcm.RATE_HZ + 3):
                while len(times) < 2:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return None
        end_s = microphone.began_s + 1 + len(name) / 16_000
        return 1000 * (times[0] - end_s), 1000 * (times[1] - end_s)


async def measure(folder: Path, word: str) -> dict[str, Any]:
    found = [await once(folder, voice, word) for voice in KOKORO]
    return {"word": word, "of": len(found), "ms": [one for one in found if one]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--word", default="alexa")
    options = parser.parse_args()
    print(json.dumps(asyncio.run(measure(options.folder, options.word))))


if __name__ == "__main__":
    main()
