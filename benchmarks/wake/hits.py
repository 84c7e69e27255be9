"""Detections of wake words: hits by voice and noise, false detections, where the sentence begins, processor, memory.

    python -m benchmarks.wake.hits             writes docs/benchmarks/wake.md

Voices are espeak-ng's, noise is white or babble of four of them. Neural voices, rooms and a loudspeaker that plays are
not measured here.
"""

import platform
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from tests.rig.espeak import say

from callbox.audio.capture.wake_word import BUILT_IN, MicroWakeWordDetector, WakeWord, detections
from callbox_device.model import pcm

PAGE = Path("docs/benchmarks/wake.md")
VARIANTS = ("", *(f"+m{n}" for n in range(1, 8)), *(f"+f{n}" for n in range(1, 5)))
VOICES = [f"{accent}{variant}" for accent in ("en-us", "en-gb") for variant in VARIANTS]
SPEEDS = (140, 170)
CONDITIONS = [("", 0), *((name, snr_db) for name in ("white", "babble") for snr_db in (20, 10, 5))]
OTHER = (
    "good morning, did you sleep well? the coffee is ready and the train leaves at nine",
    "the weather tomorrow will be cloudy with some rain in the afternoon",
    "who left the window open? it is cold in here, and the cat is on the roof",
    "please call the doctor and ask for an appointment on monday or thursday",
    "okay, now we can begin; hey, have a look at this; a lexicon of new words",
)


def samples(sound: bytes) -> Any:
    return np.frombuffer(sound, "<i2").astype(float)


def noises() -> dict[str, Any]:
    rng, length = np.random.default_rng(22), 4 * pcm.RATE_HZ
    white = rng.normal(size=length)
    voices = [samples(say(text, VOICES[rng.integers(len(VOICES))])[0]) for text in OTHER[:4]]
    return {"white": white, "babble": sum(np.resize(voice[pcm.RATE_HZ : length], length) for voice in voices)}


def mixed(sound: bytes, noise: Any, snr_db: float) -> bytes:
    """`sound` with noise so far below the level of its speech."""
    spoken = samples(sound)
    level = np.sqrt(np.mean(spoken[np.abs(spoken) > 300] ** 2))
    added = np.resize(noise, len(spoken)) * level / np.sqrt(np.mean(noise**2)) / 10 ** (snr_db / 20)
    made: bytes = np.clip(spoken + added, -32768, 32767).astype("<i2").tobytes()
    return made


class Hits:
    """Hits of each model in each condition, and the times of the clean ones, in ms from the name's end."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self.delays_ms: list[float] = []
        self.leads_ms: list[float] = []

    def measure(self, model: str, detector: MicroWakeWordDetector, by_name: dict[str, Any]) -> None:
        for voice in VOICES:
            for speed in SPEEDS:
                sound, end_s = say(model.replace("_", " "), voice, speed)
                for name, snr_db in CONDITIONS:
                    detector.reset()
                    given = mixed(sound, by_name[name], snr_db) if name else sound
                    found = list(detections(detector, given))
                    self.counts[model, name, snr_db] += bool(found)
                    if found and not name:
                        at_s, detection = found[0]
                        self.delays_ms.append(1000 * (at_s - end_s))
                        self.leads_ms.append(detection.keep_periods * pcm.PERIOD_MS - 1000 * (at_s - end_s))


def false_detections() -> tuple[Counter[str], float]:
    """Of each model in all other sentences, and their length in minutes."""
    detector, count, length_s = MicroWakeWordDetector([WakeWord(model) for model in BUILT_IN]), Counter[str](), 0.0
    for voice in VOICES:
        for text in OTHER:
            sound = say(text, voice)[0]
            length_s += len(sound) / pcm.BYTES_PER_FRAME / pcm.RATE_HZ
            count.update(detection.word for _, detection in detections(detector, sound))
    return count, length_s / 60


def core_percent() -> float:
    """Processor time of one name, in percent of the sound's length."""
    detector, sound = MicroWakeWordDetector([WakeWord("okay_nabu")]), b"".join(say(text)[0] for text in OTHER) * 4
    began_s = time.process_time()
    list(detections(detector, sound))
    return 100 * (time.process_time() - began_s) * pcm.RATE_HZ * pcm.BYTES_PER_FRAME / len(sound)


def spread(values_ms: list[float]) -> str:
    return f"(median; {min(values_ms):.0f} to {max(values_ms):.0f} ms)"


def main() -> None:
    by_name = noises()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    detectors = {model: MicroWakeWordDetector([WakeWord(model)]) for model in BUILT_IN}
    mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    hits = Hits()
    for model, detector in detectors.items():
        hits.measure(model, detector, by_name)
    false, minutes = false_detections()
    whole = sum(lead_ms >= 0 for lead_ms in hits.leads_ms)
    heads = ["clean", *(f"{name} {snr_db} dB" for name, snr_db in CONDITIONS[1:]), "false"]
    lines = [
        "# Wake words: hits and cost",
        "",
        f"Made by `python -m benchmarks.wake.hits` on {platform.machine()}, Python {platform.python_version()}.",
        f"{len(VOICES) * len(SPEEDS)} utterances of each name by espeak-ng: "
        f"{len(VOICES)} voices (`en-us`, `en-gb`, each plain,",
        f"with m1 to m7 and f1 to f4) at {SPEEDS[0]} and {SPEEDS[1]} words a minute, "
        "through the box's 48 kHz and periods of 20 ms,",
        "each model at its own threshold. Noise: white, or four of the voices at once. False detections: in",
        f'{minutes:.0f} min of other sentences by the same voices, one of which begins with "okay, now we can begin".',
        "",
        f"| Name | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(
            f"| `{model}` | {' | '.join(str(hits.counts[model, *at]) for at in CONDITIONS)} | {false[model]} |"
            for model in BUILT_IN
        ),
        "",
        f"- A detection comes {np.median(hits.delays_ms):.0f} ms after the name's end {spread(hits.delays_ms)}.",
        f"- With `name: cut`, what is kept begins {np.median(hits.leads_ms):.0f} ms before the name's end",
        f"  {spread(hits.leads_ms)}: {whole} of {len(hits.leads_ms)} sentences would be whole.",
        f"- One name takes {core_percent():.2f} % of a core of this machine, "
        "resampling included; the four detectors with",
        f"  their library and buffers {mib:.0f} MiB (numpy was loaded before).",
        "",
        "Not measured: neural and human voices, rooms, a loudspeaker that plays, music, 24 hours, a Raspberry Pi.",
    ]
    PAGE.write_text("\n".join(lines) + "\n")
    sys.stdout.write(PAGE.read_text())


if __name__ == "__main__":
    main()
