"""Wake words, detected by microWakeWord's models in the microphone's own thread.

pymicro-wakeword and numpy are imported when a detector is made; a box without wake words has neither.
"""

import json
import math
import os
import shutil
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from callbox.audio.capture.model.detection import Detection, keep_periods, scores_since_rise
from callbox_device.model import pcm

BUILT_IN = ("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu")
"""Models that pymicro-wakeword brings."""
RATE_HZ = 16_000
FACTOR = pcm.RATE_HZ // RATE_HZ
FEATURE_MS = 10
"""Step of the features (pymicro-features: a window of 30 ms)."""
LEVEL_PERIODS = 50
"""1 s: of so much the level of a detection is measured."""
_TFLITE = b"TFL3"
"""File identifier of a TensorFlow Lite FlatBuffer, bytes 4 to 7."""


@dataclass(frozen=True, slots=True)
class WakeWord:
    """One word to listen for."""

    model: str
    """One of `BUILT_IN`, or the path of a model's JSON file in microWakeWord's format."""
    bot: str | None = None
    """Name of the bot that it calls; None: the chosen one."""
    threshold: float | None = None
    """Mean score from which on it counts as detected, 0 to 1; None: the model's own."""
    ends_call: bool = False
    """Whether it is listened for in calls only, and ends them: a stop word."""


class WakeWordDetector(Protocol):
    """Detector of wake words. Any thread."""

    def process(self, period: bytes) -> Detection | None:
        """Look for a wake word that ends in `period`, 20 ms of s16le mono at 48 kHz, or shortly before it."""

    def reset(self) -> None:
        """Forget what was heard. Loads the models again."""


def check_model(model: str) -> str | None:
    """Reason why `model` can't be used, for people; None: it can, as far as its files tell. Reads them."""
    if model in BUILT_IN:
        return None
    path = Path(model)
    if path.suffix != ".json":
        return f"is neither one of {', '.join(BUILT_IN)} nor the path of a model's .json file"
    try:
        config = json.loads(path.read_bytes())
        cutoff, window = config["micro"]["probability_cutoff"], config["micro"]["sliding_window_size"]
        if not (0 <= cutoff <= 1 and type(window) is int and window >= 1):
            raise ValueError
        file = path.parent / config["model"]
        _ = config["wake_word"]
    except OSError as error:
        return f"can't be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return (
            "is no model file of microWakeWord: wake_word, model, micro.probability_cutoff (0 to 1) and "
            ".sliding_window_size (at least 1)"
        )
    try:
        with file.open("rb") as content:
            head = content.read(8)
    except OSError as error:
        return f"names {file.name}, which can't be read: {error.strerror}"
    return None if head[4:] == _TFLITE else f"names {file.name}, which is no TensorFlow Lite model"


class MicroWakeWordDetector:
    """`WakeWordDetector` by pymicro-wakeword.

    `keeps_name`: whether the name belongs to what is said. Raises `ImportError` if pymicro-wakeword isn't installed,
    `ValueError` for a model that can't be used, and `OSError` for one that can't be copied.
    """

    def __init__(self, words: Sequence[WakeWord], *, keeps_name: bool = False) -> None:
        import pymicro_wakeword as library

        self._keeps_name = keeps_name
        self._decimator = Decimator()
        self._features = library.MicroWakeWordFeatures()
        self._models = [_Model(library, word) for word in words]
        self._elapsed_ms = 0
        self._powers: deque[float] = deque(maxlen=LEVEL_PERIODS)
        self._lock = threading.Lock()  # a reset may come while the microphone's thread is at work

    @property
    def elapsed_ms(self) -> int:
        """Length of the sound so far."""
        return self._elapsed_ms

    @property
    def best_scores(self) -> dict[str, tuple[float, float]]:
        """Highest mean score of each model so far, and when it was, in s."""
        return {model.word.model: model.best for model in self._models}

    @property
    def scores(self) -> dict[str, float]:
        """Mean score of each model at this moment."""
        return {model.word.model: model.mean for model in self._models}

    @property
    def thresholds(self) -> dict[str, float]:
        """Threshold of each model."""
        return {model.word.model: model.threshold for model in self._models}

    def process(self, period: bytes) -> Detection | None:
        """As `WakeWordDetector.process`."""
        with self._lock:
            return self._process(period)

    def _process(self, period: bytes) -> Detection | None:
        self._elapsed_ms += pcm.PERIOD_MS
        self._powers.append(pcm.audioop.rms(period, pcm.BYTES_PER_FRAME) ** 2)
        best: Detection | None = None
        for features in self._features.process_streaming(self._decimator.process(period)):
            for model in self._models:
                if found := model.process(features, keeps_name=self._keeps_name):
                    best = max(best or found, found, key=lambda detection: detection.score)
        if best is None:
            return None
        return replace(best, level_dbfs=pcm.dbfs(round(math.sqrt(sum(self._powers) / len(self._powers)))))

    def reset(self) -> None:
        """As `WakeWordDetector.reset`."""
        with self._lock:
            self._decimator.reset()
            self._features.reset()
            self._elapsed_ms = 0
            self._powers.clear()
            for model in self._models:
                model.reset()


class _Model:
    def __init__(self, library: Any, word: WakeWord) -> None:
        if reason := check_model(word.model):
            raise ValueError(f"{word.model} {reason}")
        kind = library.MicroWakeWord
        if word.model in BUILT_IN:
            self._model = kind.from_builtin(library.Model(word.model))
        else:
            folder = Path(tempfile.mkdtemp(prefix="callbox-wake-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._model = kind.from_config(_copy_model(library, Path(word.model), folder))
        self.word = word
        self.threshold = self._model.probability_cutoff if word.threshold is None else word.threshold
        self._window: deque[float] = deque(maxlen=self._model.sliding_window_size)
        self._count, self._is_above = 0, False
        self.best = 0.0, 0.0
        """Highest mean score, and when it was, in s."""
        self.mean = 0.0
        """Mean of the last scores."""

    def process(self, features: Any, *, keeps_name: bool) -> Detection | None:
        """Detection at the first step at which the mean of the last scores is above the threshold."""
        self._count += 1
        mean = self._model.process_streaming_prob(features)
        if self._count % self._model.stride:
            return None
        self._window.append(self._model._probabilities[-1])  # noqa: SLF001 - it has no name for the last score
        self.mean = mean or 0.0
        if mean is not None and mean > self.best[0]:
            self.best = mean, self._count * FEATURE_MS / 1000
        was_above, self._is_above = self._is_above, mean is not None and mean > self.threshold
        if mean is None or not self._is_above or was_above:
            return None  # one word is one detection
        step_ms = self._model.stride * FEATURE_MS
        rise_ms = scores_since_rise(self._window, self.threshold) * step_ms
        return Detection(self.word.model, mean, keep_periods(self.word.model, rise_ms, keeps_name=keeps_name))

    def reset(self) -> None:
        self._model.reset()
        self._window.clear()
        self._count, self._is_above, self.mean = 0, False, 0.0


def _copy_model(library: Any, path: Path, folder: Path) -> Path:
    """Copy of a model's files in `folder`; returns that of its JSON file. Raises ValueError for one that isn't whole.

    TensorFlow Lite maps the file into memory, and pymicro-wakeword opens it again at each reset: one that is replaced
    or removed meanwhile would end the process, as would one that isn't whole.
    """
    config = json.loads(path.read_bytes())
    copied = folder / "model.tflite"
    shutil.copyfile(path.parent / config["model"], copied)
    lite = library.MicroWakeWord.from_builtin(library.Model(BUILT_IN[0])).lib
    loaded = lite.TfLiteModelCreateFromFile(os.fsencode(copied))
    if not loaded:
        raise ValueError(f"{path} names {config['model']}, which TensorFlow Lite can't read: was it copied completely?")
    lite.TfLiteModelDelete(loaded)
    (folder / "model.json").write_text(json.dumps(config | {"model": copied.name}))
    return folder / "model.json"


class Decimator:
    """From 48 kHz to 16 kHz, s16le mono, in periods of 20 ms.

    A FIR low-pass of 48 taps (Hamming window), 6 dB down at 7.2 kHz; its delay is 0.5 ms. Computed as two products of
    matrices, of blocks of 48 samples and their predecessors, from which 16 are made.
    """

    TAPS = 48

    def __init__(self) -> None:
        import numpy as np

        self._np = np
        place = np.arange(self.TAPS) - (self.TAPS - 1) / 2
        cutoff = 2 * 7200 / pcm.RATE_HZ
        kernel = np.sinc(cutoff * place) * np.hamming(self.TAPS)
        made_of = np.zeros((2 * self.TAPS, self.TAPS // FACTOR), np.float32)
        for number in range(self.TAPS // FACTOR):
            end = self.TAPS + FACTOR * (number + 1)
            made_of[end - self.TAPS : end, number] = kernel / kernel.sum()
        self._of_block_before, self._of_block = made_of[: self.TAPS], made_of[self.TAPS :]
        self._samples = np.zeros(self.TAPS + pcm.PERIOD_FRAMES, np.float32)
        """The last block of the period before, and a period."""

    def reset(self) -> None:
        """Forget what came before."""
        self._samples[:] = 0

    def process(self, period: bytes) -> bytes:
        """A third as many samples."""
        np, samples = self._np, self._samples
        samples[: self.TAPS] = samples[-self.TAPS :]
        samples[self.TAPS :] = np.frombuffer(period, "<i2")
        blocks = samples.reshape(-1, self.TAPS)
        made = blocks[:-1] @ self._of_block_before + blocks[1:] @ self._of_block
        sound: bytes = np.clip(np.rint(made), -32768, 32767).astype("<i2").tobytes()
        return sound


def detections(detector: MicroWakeWordDetector, sound: bytes) -> Iterator[tuple[float, Detection]]:
    """Each detection in `sound`, s16le mono at 48 kHz, with its time in s. A second of silence is put behind it: a name
    at its end is detected there.
    """
    sound += pcm.SILENT_PERIOD * (1000 // pcm.PERIOD_MS)
    for start in range(0, len(sound) - pcm.PERIOD_BYTES + 1, pcm.PERIOD_BYTES):
        if found := detector.process(sound[start : start + pcm.PERIOD_BYTES]):
            yield detector.elapsed_ms / 1000, found
