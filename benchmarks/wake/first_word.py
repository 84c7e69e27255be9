"""First words behind a name, without a pause between them: are they whole, by samples.

    python -m benchmarks.wake.first_word FOLDER >FOLDER/first_word.json

A name of FOLDER's natural voices, and at its last sample the first one of a sentence of the same voice, through the
box's own gate and detector. What leaves after the bot is ready is compared with what was captured, bit by bit.
"""

import argparse
import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from benchmarks.wake.voices import KOKORO, MORE_SPEEDS, NAMES, SENTENCES, SPEEDS, Utterance, read
from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm

WANTED = 1000
AUDIBLE = 0.02
"""Of full scale: where a name ends and a sentence begins."""
CONNECT_PERIODS = 25
"""So long after the name the bot is ready: 0.5 s."""


class HandMicrophone:
    """`interfaces.Microphone` whose periods come from `deliver`."""

    overruns = 0
    deliver: Callable[[bytes, float], None]

    def missing(self) -> BoardError | None:
        return None

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":  # noqa: ARG002
        self.deliver = deliver
        return self.stop()

    def stop(self) -> "Future[None]":
        future: Future[None] = Future()
        future.set_result(None)
        return future


def joined(name: Any, sentence: Any) -> tuple[bytes, int]:
    """1 s of silence, both without a pause, 1.5 s of silence, 48 kHz; and the sample at which the sentence begins."""
    name = name[: np.flatnonzero(np.abs(name) > AUDIBLE)[-1] + 1]
    sentence = sentence[np.flatnonzero(np.abs(sentence) > AUDIBLE)[0] :]
    begin = 3 * (16_000 + len(name))
    sound = resample_poly(np.concatenate((np.zeros(16_000), name, sentence, np.zeros(24_000))), 3, 1)
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes(), begin


def _ignore(_: object) -> None:
    """Lamp and faults."""


async def call(detector: MicroWakeWordDetector, sound: bytes) -> bytes | None:
    """What leaves for the bot; None: no name was detected."""
    microphone: Any = HandMicrophone()
    gate = MicGate(microphone, _ignore, _ignore)
    listening = asyncio.create_task(gate.listen(detector.process))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ready_in, left, is_ready = CONNECT_PERIODS, b"", False
    for at in range(0, len(sound) - pcm.PERIOD_BYTES + 1, pcm.PERIOD_BYTES):
        microphone.deliver(sound[at : at + pcm.PERIOD_BYTES], float(at))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if listening.done() and not is_ready:
            if ready_in == CONNECT_PERIODS:
                gate.hold()
                await gate.open()
            ready_in -= 1
            if ready_in == 0:
                gate.release()
                is_ready = True
        while is_ready and _waits(gate):
            left += await gate.read()
    if not is_ready:
        listening.cancel()
        await gate.close()
        return None
    await gate.close()
    return left


def _waits(gate: MicGate) -> bool:
    """Whether captured sound waits to leave."""
    return bool(gate._kept or len(gate._periods))


async def measure(folder: Path, wanted: int) -> dict[str, Any]:
    rng = np.random.default_rng(22)
    detectors = {name: MicroWakeWordDetector([WakeWord(name)]) for name in NAMES}
    found: dict[str, Any] = {"sentences": 0, "whole": 0, "bit_exact": 0, "undetected": 0, "lead_ms": {}}
    while found["sentences"] < wanted:
        word, voice = NAMES[rng.integers(len(NAMES))], f"kokoro-{KOKORO[rng.integers(len(KOKORO))]}"
        speeds = (*SPEEDS, *MORE_SPEEDS) if word in ("alexa", "okay_nabu") else SPEEDS
        name = folder / Utterance(voice, word, speeds[rng.integers(len(speeds))]).file
        sentence = folder / Utterance(voice, f"sentence-{rng.integers(len(SENTENCES))}", 1.0).file
        if not (name.exists() and sentence.exists()):
            continue
        sound, begin = joined(read(name), read(sentence))
        detectors[word].reset()
        left = await call(detectors[word], sound)
        if left is None:
            found["undetected"] += 1
            continue
        found["sentences"] += 1
        whole_periods = sound[: len(sound) // pcm.PERIOD_BYTES * pcm.PERIOD_BYTES]
        found["bit_exact"] += whole_periods.endswith(left)
        lead = begin - (len(whole_periods) - len(left)) // pcm.BYTES_PER_FRAME
        found["whole"] += whole_periods.endswith(left) and lead >= 0
        found["lead_ms"].setdefault(word, []).append(round(1000 * lead / pcm.RATE_HZ, 1))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=WANTED)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(measure(options.folder, options.sentences))))


if __name__ == "__main__":
    main()
