"""A day of speech, music and a bot's voice at a box that listens for wake words, faster than real time.

    python -m benchmarks.wake.day FOLDER [--hours 24] >FOLDER/day.json

A whole box in a network namespace of its own (`unshare --net`: Linux, root): false detections of each word and the
highest scores, bytes on its network, processor time. The box listens on after each. SIGINT ends the day early.
Utterances come from FOLDER (`benchmarks.wake.voices`); without any, espeak-ng says all.
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from tests.rig.appliance import running
from tests.rig.espeak import say

from benchmarks.wake.voices import ESPEAK, OTHER, RATE_HZ, SENTENCES, read
from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.model.false_detections import ScorePeaks
from callbox.audio.capture.model.gate_states import GateState
from callbox.audio.capture.wake_word import BUILT_IN, WakeWord
from callbox_device.interfaces import BoardError, PcmInfo
from callbox_device.model import pcm

PIECE_S = 60
TOP_PEAKS = 50
"""So many of each word's highest scores are kept: what other thresholds would have detected."""
TEXTS = Path(__file__).parents[2] / "docs"


class FastMicrophone:
    """`interfaces.Microphone` that delivers `pieces` (s16le, 48 kHz) as fast as `is_ready` lets it."""

    def __init__(self, pieces: Iterator[bytes], is_ready: Callable[[], bool]) -> None:
        self._pieces, self._is_ready = pieces, is_ready
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self.finished = threading.Event()
        self.overruns, self.periods, self.device = 0, 0, "fast"

    def missing(self) -> BoardError | None:
        return None

    def devices(self) -> list[PcmInfo]:
        return []

    def use(self, name: str) -> None:
        self.device = name

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":  # noqa: ARG002
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(deliver, self._stopped), daemon=True)
        self._thread.start()
        return _done()

    def _run(self, deliver: Callable[[bytes, float], None], stopped: threading.Event) -> None:
        for piece in self._pieces:
            for at in range(0, len(piece) - pcm.PERIOD_BYTES + 1, pcm.PERIOD_BYTES):
                while not (self._is_ready() or stopped.wait(0.01)):
                    pass
                if stopped.is_set():
                    return
                self.periods += 1
                deliver(piece[at : at + pcm.PERIOD_BYTES], time.monotonic())
            time.sleep(0.001)  # the event loop's turn
        self.finished.set()

    def stop(self) -> "Future[None]":
        self._stopped.set()
        if self._thread:
            self._thread.join()
        return _done()


def _done() -> "Future[None]":
    future: Future[None] = Future()
    future.set_result(None)
    return future


def music(rng: np.random.Generator, length_s: float) -> Any:
    """Chords, a melody and a drum of one key, 16 kHz."""
    count = round(length_s * RATE_HZ)
    made, at = np.zeros(count), np.arange(RATE_HZ // 2) / RATE_HZ
    key_hz = 110 * 2 ** (rng.integers(12) / 12)
    decay = np.exp(-6 * at)
    for place in range(0, count - len(at), len(at)):
        notes = [*rng.choice([0, 4, 7, 12], 3), 12 + rng.choice([0, 2, 4, 5, 7, 9, 11])]
        for note in notes:
            hz = key_hz * 2 ** (note / 12)
            made[place : place + len(at)] += sum(np.sin(2 * np.pi * hz * n * at) / n**1.5 for n in (1, 2, 3, 5)) * decay
        made[place : place + len(at)] += rng.normal(size=len(at)) * np.exp(-40 * at)
    return made / np.max(np.abs(made))


def speech(folder: Path) -> tuple[list[Any], list[Any]]:
    """Spoken sentences: of neural voices, and of espeak-ng, which reads the guides; 16 kHz."""
    neural = [read(path) for kind in ("other-*", "sentence-*") for path in sorted(folder.glob(f"{kind}/kokoro-*.wav"))]
    lines = [line for path in sorted(TEXTS.glob("*.md")) for line in path.read_text().splitlines()]
    texts = [*OTHER, *SENTENCES, *(line for line in lines if len(line) > 60 and line[0].isalpha() and "`" not in line)]
    read_out = [
        np.frombuffer(say(text, ESPEAK[number % len(ESPEAK)], 150 + number % 40)[0], "<i2")[::3] / 32768
        for number, text in enumerate(texts[:400])
        if "nabu" not in text.lower()
    ]
    return neural, read_out


def at_48_khz(samples: Any, ratio: float, gain_db: float) -> Any:
    """`samples`, slower and lower by `ratio`."""
    at = np.arange(int(len(samples) * 3 * ratio)) / (3 * ratio)
    return np.interp(at, np.arange(len(samples)), samples) * 10 ** (gain_db / 20)


def day(folder: Path, hours: float) -> Iterator[bytes]:
    """Minutes of neural voices, espeak-ng's, music, voices with music; each sentence at another pitch and level."""
    rng = np.random.default_rng(22)
    neural, read_out = speech(folder)
    length = PIECE_S * pcm.RATE_HZ
    for minute in range(round(hours * 60)):
        made = np.zeros(length)
        kinds = [neural or read_out, read_out, None, neural or read_out][minute % 4]
        place = 0
        while kinds and place < length:
            sound = at_48_khz(kinds[rng.integers(len(kinds))], rng.uniform(0.87, 1.15), rng.uniform(-12, 3))
            sound = sound[: length - place]
            made[place : place + len(sound)] += sound
            place += len(sound) + int(rng.integers(pcm.RATE_HZ))
        if minute % 4 >= 2:
            made += np.resize(at_48_khz(music(rng, 20), 1.0, -12), length)
        yield (np.clip(made, -1, 1) * 32767).astype("<i2").tobytes()


def network_bytes() -> int:
    """Bytes of all interfaces of this network namespace, received and transmitted."""
    rows = [line.split(":")[1].split() for line in Path("/proc/net/dev").read_text().splitlines()[2:]]
    return sum(int(row[0]) + int(row[8]) for row in rows)


async def measure(folder: Path, hours: float, words: tuple[str, ...]) -> dict[str, Any]:
    """Run the day. Only in a network namespace of its own."""
    config = WakeConfig(tuple(WakeWord(word) for word in words))
    rigs: list[Any] = []
    microphone: Any = FastMicrophone(
        day(folder, hours), lambda: bool(rigs) and rigs[0].box.media.gate.state is GateState.WAKE_WORD
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, microphone.finished.set)
    detected: Counter[str] = Counter()
    peaks = {word: ScorePeaks() for word in words}
    async with running("http://127.0.0.1:1/start", microphone=microphone, wake=config) as rig:
        listen = rig.box.media.listen

        async def counting(process: Any) -> Any:
            def counted(period: bytes) -> None:
                if detection := process(period):
                    detected[detection.word] += 1
                for word, score in process.__self__.scores.items():
                    peaks[word].add(score)

            return await listen(counted)

        rig.box.media.listen = counting
        before, began_s = network_bytes(), time.process_time()
        rigs.append(rig)
        while not microphone.finished.is_set():
            await asyncio.sleep(0.5)
        took_s, bytes_ = time.process_time() - began_s, network_bytes() - before
        ring_bytes = len(rig.box.media.gate._periods)
    return {
        "hours": microphone.periods * pcm.PERIOD_MS / 3_600_000,
        "words": words,
        "detected": detected,
        "peaks": {word: sorted(one.peaks, reverse=True)[:TOP_PEAKS] for word, one in peaks.items()},
        "network_bytes": bytes_,
        "queued_periods": ring_bytes,
        "process_s": took_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--words", default=",".join(BUILT_IN))
    parser.add_argument("--inside", action="store_true", help="this process has a network namespace of its own")
    options = parser.parse_args()
    if not options.inside:
        command = [sys.executable, "-m", "benchmarks.wake.day", *sys.argv[1:], "--inside"]
        sys.exit(subprocess.run(["unshare", "--net", *command], check=False).returncode)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(json.dumps(asyncio.run(measure(options.folder, options.hours, tuple(options.words.split(","))))))


if __name__ == "__main__":
    main()
