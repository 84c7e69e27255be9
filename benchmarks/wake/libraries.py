"""The libraries that detect wake words, behind one call. Each is imported when it is made: they need environments of
their own.

    python -m benchmarks.wake.libraries LIBRARY WORD FOLDER >FOLDER/LIBRARY-WORD.json

writes hits of one word on the utterances of FOLDER; `--brief`: at their usual speed, in four conditions.

LIBRARY: microwakeword (the box's own way, from 48 kHz), openwakeword (0.4.0, the last with models in its wheel),
pyopen-wakeword.
"""

import argparse
import importlib
import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.wake.conditions import CONDITIONS, condition
from benchmarks.wake.voices import NAMES, RATE_HZ, Utterance, read, wanted


class Library(Protocol):
    """One library with one word."""

    def detections(self, samples: Any) -> Iterator[float]:
        """Times of detections, in s; forgets what came before."""


class MicroWakeWord:
    """pymicro-wakeword as the box uses it."""

    def __init__(self, word: str) -> None:
        from callbox.audio.capture import wake_word

        self._detector = wake_word.MicroWakeWordDetector([wake_word.WakeWord(word)])
        self._detections = wake_word.detections

    def detections(self, samples: Any) -> Iterator[float]:
        self._detector.reset()
        at = np.arange(3 * len(samples)) / 3
        from scipy.signal import resample_poly

        sound = (np.clip(resample_poly(samples, 3, 1)[: len(at)], -1, 1) * 32767).astype("<i2").tobytes()
        for at_s, _ in self._detections(self._detector, sound):
            yield at_s


class OpenWakeWord:
    """openWakeWord at its usual threshold of 0.5."""

    def __init__(self, word: str) -> None:
        library = importlib.import_module("openwakeword.model")
        folder = Path(library.__file__ or "").parent / "resources/models"
        self._model = library.Model(wakeword_model_paths=[str(folder / f"{word}_v0.1.onnx")])
        self._key = next(iter(self._model.models))

    def detections(self, samples: Any) -> Iterator[float]:
        self._model.reset()
        was_above = False
        for at, chunk in chunks(samples, 1280):
            above = self._model.predict(chunk)[self._key] > 0.5
            if above and not was_above:
                yield (at + 1280) / RATE_HZ
            was_above = above


class PyOpenWakeWord:
    """pyopen-wakeword at its usual threshold of 0.5."""

    def __init__(self, word: str) -> None:
        library = importlib.import_module("pyopen_wakeword")
        self._features = library.OpenWakeWordFeatures.from_builtin()
        self._word = library.OpenWakeWord.from_builtin(library.Model(word))

    def detections(self, samples: Any) -> Iterator[float]:
        self._features.reset()
        self._word.reset()
        was_above = False
        for at, chunk in chunks(samples, 1280):
            for features in self._features.process_streaming(chunk.tobytes()):
                for score in self._word.process_streaming(features):
                    above = score > 0.5
                    if above and not was_above:
                        yield (at + 1280) / RATE_HZ
                    was_above = above


LIBRARIES: dict[str, Callable[[str], Library]] = {
    "microwakeword": MicroWakeWord,
    "openwakeword": OpenWakeWord,
    "pyopen-wakeword": PyOpenWakeWord,
}


def chunks(samples: Any, length: int) -> Iterator[tuple[int, Any]]:
    sound = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    for at in range(0, len(sound) - length + 1, length):
        yield at, sound[at : at + length]


def name_end_s(samples: Any) -> float:
    """End of what is spoken, in s of the condition's sound."""
    return 1.0 + float(np.flatnonzero(np.abs(samples) > 0.02)[-1]) / RATE_HZ


def group(utterance: Utterance) -> str:
    return "natural" if utterance.voice.startswith("kokoro-") else "synthetic"


BRIEF = ("clean", "white 10 dB", "babble 10 dB", "living room 3 m")


def measure(library: str, word: str, folder: Path, *, brief: bool) -> dict[str, Any]:
    """Hits by group of voices and condition; false detections in other sentences; processor time, memory."""
    hits: dict[str, int] = defaultdict(int)
    of: dict[str, int] = defaultdict(int)
    delays_ms: dict[str, list[float]] = defaultdict(list)
    found: dict[str, Any] = {"word": word, "hits": hits, "of": of, "delays_ms": delays_ms}
    utterances = [one for one in wanted() if (folder / one.file).exists()]
    others = [read(folder / one.file) for one in utterances if one.text.startswith(("other", "sentence"))]
    if brief:
        others = others[::4]
    found["other_s"] = sum(len(sound) for sound in others) / RATE_HZ
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    detector = LIBRARIES[library](word)
    list(detector.detections(np.zeros(RATE_HZ)))
    found["mib"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    began_s = time.process_time()
    found["false"] = sum(len(list(detector.detections(sound))) for sound in others)
    found["core_percent"] = 100 * (time.process_time() - began_s) / found["other_s"]
    for one in (one for one in utterances if one.text == word and (one.speed == 1.0 or not brief)):
        samples = read(folder / one.file)
        for name in BRIEF if brief else CONDITIONS:
            at_s = list(detector.detections(condition(samples, name, folder)))
            key = f"{group(one)}/{name}"
            of[key] += 1
            hits[key] += bool(at_s)
            if at_s and name == "clean":
                delays_ms[group(one)].append(1000 * (at_s[0] - name_end_s(samples)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("word", choices=NAMES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--brief", action="store_true")
    options = parser.parse_args()
    print(json.dumps(measure(options.library, options.word, options.folder, brief=options.brief)))


if __name__ == "__main__":
    main()
