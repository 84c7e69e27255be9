"""``callbox wake``: what the wake word detector finds in a recording."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_IOERR, EX_OK, EX_TEMPFAIL, EX_USAGE, number

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    wake = commands.add_parser("wake", help="detections of wake words in a WAV file, with time and score")
    wake.add_argument("file", type=Path, metavar="FILE.wav", help="16-bit PCM, one channel, 8, 16, 24 or 48 kHz")
    wake.add_argument(
        "--model",
        action="append",
        metavar="MODEL",
        help="hey_jarvis, alexa, hey_mycroft, okay_nabu, or a model's .json file; several times for several words "
        "(default: hey_jarvis)",
    )
    wake.add_argument(
        "--threshold", type=number(0, 1, float), metavar="SCORE", help="0 to 1 (default: each model's own)"
    )
    wake.set_defaults(command=_wake)


def _wake(options: argparse.Namespace) -> int:
    from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord, detections
    from callbox.audio.wav_media import speech

    try:
        sound = speech(options.file, 0.0)
    except OSError as error:
        print(f"{options.file}: {error.strerror}", file=sys.stderr)
        return EX_IOERR
    except ValueError as error:
        print(error, file=sys.stderr)
        return EX_IOERR
    words = [WakeWord(model, threshold=options.threshold) for model in options.model or ["hey_jarvis"]]
    try:
        detector = MicroWakeWordDetector(words)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return EX_USAGE
    found = 0
    for at_s, detection in detections(detector, sound):
        print(f"{at_s:8.2f} s  {detection.word}  {detection.score:.2f}")
        found += 1
    for model, (score, at_s) in detector.best_scores.items():
        print(f"best score of {model}: {score:.2f} at {at_s:.2f} s")
    return EX_OK if found else EX_TEMPFAIL
