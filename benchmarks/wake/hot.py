"""From the name's end to the first sound that the bot receives of the sentence, with a session that stands by.

    python -m benchmarks.wake.hot FOLDER >FOLDER/hot.json

One process for box and bot, no round trip. The detector's own time counts: it detects a name after its end. By phases:
detected, the bot is ready, the first sound has left the gate, the bot has it (behind its jitter buffer).
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


PHASES = ("detected", "bot ready", "left the gate", "received")


async def once(folder: Path, voice: str, word: str) -> list[float] | None:
    """ms from the name's end to the end of each of `PHASES`; None: no detection."""
    name = read(folder / Utterance(f"kokoro-{voice}", word, 1.0).file)
    name = name[: np.flatnonzero(np.abs(name) > 0.02)[-1] + 1]
    sentence = read(folder / Utterance(f"kokoro-{voice}", "sentence-0", 1.0).file)
    sound = resample_poly(np.concatenate((np.zeros(16_000), name, sentence, np.zeros(16_000))), 3, 1)
    microphone = TimedMicrophone((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    config = WakeConfig((WakeWord(word),))
    async with ListeningBot() as bot, running(bot.url, hot=True, microphone=microphone, wake=config) as rig:
        rig.box._hard_mute.command(True)
        await rig.until(stands_by)
        at_s: dict[str, float] = {}

        def note(phase: str) -> None:
            if "detected" in at_s or phase == "detected":
                at_s.setdefault(phase, time.monotonic())

        class Periods(list):  # type: ignore[type-arg]
            def append(self, period: bytes) -> None:
                if pcm.peak_dbfs(period) > AUDIBLE_DBFS:
                    note("received")

        bot.calls[0].periods = Periods()
        gate = rig.box.media.gate
        on_wake_word, release, emit = rig.box.on_wake_word, gate.release, gate._emit

        def noted_wake_word(bot_name: str | None) -> str | None:
            note("detected")
            result: str | None = on_wake_word(bot_name)
            return result

        def noted_release() -> bool:
            note("bot ready")
            return bool(release())

        def noted_emit(period: bytes) -> bytes:
            leaving: bytes = emit(period)
            if pcm.peak_dbfs(leaving) > AUDIBLE_DBFS:
                note("left the gate")
            return leaving

        rig.box.on_wake_word, gate.release, gate._emit = noted_wake_word, noted_release, noted_emit
        rig.box._hard_mute.command(False)
        try:
            async with asyncio.timeout(len(sound) / pcm.RATE_HZ + 3):
                while "received" not in at_s:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return None
        end_s = microphone.began_s + 1 + len(name) / 16_000
        return [1000 * (at_s[phase] - end_s) for phase in PHASES]


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
