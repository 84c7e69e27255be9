"""Other thresholds of a name: percent detected, by each utterance's highest score.

    python -m benchmarks.wake.thresholds FOLDER >FOLDER/thresholds.json

False detections at the same thresholds are `benchmarks.wake.day`'s.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from scipy.signal import resample_poly

from benchmarks.sound.rooms import to_pcm
from benchmarks.wake.conditions import condition
from benchmarks.wake.libraries import BRIEF
from benchmarks.wake.voices import KOKORO, SPEEDS, Utterance, read
from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord, detections

WORDS = ("hey_jarvis", "alexa")
THRESHOLDS = (0.7, 0.8, 0.9, 0.95, 0.97, 0.99)


def measure(folder: Path, word: str) -> dict[str, Any]:
    """Percent detected of the natural voices, by condition, at each of `THRESHOLDS`."""
    detector = MicroWakeWordDetector([WakeWord(word)])
    files = [folder / Utterance(f"kokoro-{voice}", word, speed).file for voice in KOKORO for speed in SPEEDS]
    sounds = [read(file) for file in files if file.exists()]
    found: dict[str, Any] = {"own": detector.thresholds[word], "utterances": len(sounds), "percent": {}}
    for name in BRIEF:
        best = []
        for sound in sounds:
            detector = MicroWakeWordDetector([WakeWord(word)])
            list(detections(detector, to_pcm(resample_poly(condition(sound, name, folder), 3, 1))))
            best.append(detector.best_scores[word][0])
        shares = [100 * sum(score > threshold for score in best) / len(best) for threshold in THRESHOLDS]
        found["percent"][name] = shares
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    print(json.dumps({word: measure(folder, word) for word in WORDS}))


if __name__ == "__main__":
    main()
