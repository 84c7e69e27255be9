"""The box's own loudspeaker, and a name said while the bot speaks: what the detector receives is the canceller's.

    python -m benchmarks.wake.loudspeaker FOLDER >FOLDER/loudspeaker.json

Rooms and cards are those of `benchmarks.sound_echo`. The loudspeaker says the name itself, in many voices; then it says
other sentences, and a person says the name meanwhile.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from benchmarks.sound.rooms import Cards, Room, Sound, from_pcm, room, to_pcm
from benchmarks.wake.voices import KOKORO, NAMES, SENTENCES, Utterance, read
from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord, detections
from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.selection import make_processor
from callbox_device.model import pcm

ADAPT_S = 8
"""The canceller learns the room from so much of other speech."""
NEAR_DB = (0, -6, -12)
"""Level of the person's voice at the microphone, against the loudspeaker's echo there."""
VOICES = KOKORO[::2]


def sound_of(folder: Path, voice: str, text: str) -> Sound:
    made: Sound = resample_poly(read(folder / Utterance(f"kokoro-{voice}", text, 1.0).file), 3, 1)
    return made


def line(sounds: list[Sound], each_s: float) -> Sound:
    """`sounds`, one each so many seconds."""
    length = round(each_s * pcm.RATE_HZ)
    return np.concatenate([np.pad(sound[:length], (0, max(0, length - len(sound)))) for sound in sounds])


def other(folder: Path, length_s: float) -> Sound:
    """A bot that speaks without an end."""
    sentences = [sound_of(folder, voice, f"sentence-{n}") for voice in KOKORO[1::4] for n in range(len(SENTENCES))]
    return np.resize(np.concatenate(sentences), round(length_s * pcm.RATE_HZ))


def count(word: str, place: Room, way: Callable[[Room], Sound]) -> int:
    """Detections after the canceller has adapted."""
    detector = MicroWakeWordDetector([WakeWord(word)])
    return sum(at_s > ADAPT_S for at_s, _ in detections(detector, to_pcm(way(place))))


def cancelled(place: Room) -> Sound:
    cards = Cards(place)
    reference = FarEndReference(cards.clock_s)
    processor = make_processor("cancel", reference, noise_suppression=False, gain_control=False).processor
    assert processor
    return cards.run(reference, processor.process)


def captured(place: Room) -> Sound:
    return from_pcm(to_pcm(place.mic))


def with_near(place: Room, near: Sound, db: float) -> Room:
    """`place`, in which a person speaks, so much louder than the echo."""
    padded = np.pad(near, (0, len(place.mic) - len(near)))
    spoken, echo = padded[np.abs(padded) > 0.01], place.mic[round(ADAPT_S * pcm.RATE_HZ) :]
    padded = padded * np.sqrt(np.mean(echo**2) / np.mean(spoken**2)) * 10 ** (db / 20)
    return replace(place, mic=place.mic + padded, near=padded)


def measure(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"utterances": len(VOICES), "itself": {}, "interrupts": {}}
    for word in NAMES:
        names = line([sound_of(folder, voice, word) for voice in VOICES], 2.5)
        silence = np.zeros(round(ADAPT_S * pcm.RATE_HZ))
        length_s = ADAPT_S + len(names) / pcm.RATE_HZ
        for name, clip, gain in (("linear", 0.0, 0.5), ("clipped loudspeaker", 4.0, 0.7)):
            far = np.concatenate((other(folder, ADAPT_S), names))
            itself = room(name, speech=(far, far), length_s=length_s, clip=clip, gain=gain)
            itself = replace(itself, mic=itself.mic - itself.near)
            found["itself"][f"{word}/{name}"] = [count(word, itself, captured), count(word, itself, cancelled)]
            talking = other(folder, length_s)
            speaks = room(name, speech=(talking, talking), length_s=length_s, clip=clip, gain=gain)
            speaks = replace(speaks, mic=speaks.mic - speaks.near)
            for db in NEAR_DB:
                mixed = with_near(speaks, np.concatenate((silence, names)), db)
                hits = [count(word, mixed, captured), count(word, mixed, cancelled)]
                found["interrupts"][f"{word}/{name}/{db}"] = hits
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(json.dumps(measure(parser.parse_args().folder)))


if __name__ == "__main__":
    main()
