"""Instructions of our own code for 20 ms of sound, out and in, outside of libopus.

``python -m benchmarks.sound_instructions``. Counted by valgrind's callgrind, which gives the same number on every run
and on every machine of one kind; so a test can hold it, where no test could hold a time.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sound.callgrind import Profile, read_profile
from benchmarks.sound.frames import FRAMES

ROOT = Path(__file__).parents[1]
GOAL = 60_000
"""For sending and receiving together."""
LIMIT = 63_000
"""What CI holds: other builds of Python and of the C library count some percent more or less."""


@dataclass(frozen=True)
class Instructions:
    """For 20 ms of sound."""

    sending: float
    """From the microphone's period to the packet that aiortc gets, without the encoder."""
    receiving: float
    """From an RTP packet to two periods of the loudspeaker, without the decoder."""
    encoder: float
    """libopus, at complexity 0."""
    decoder: float

    @property
    def own(self) -> float:
        return self.sending + self.receiving


class ValgrindMissing(Exception):
    """The message says what to install."""


def count() -> Instructions:
    """Runs `benchmarks.sound.frames` once. Raises `ValgrindMissing`."""
    if not shutil.which("valgrind"):
        raise ValgrindMissing("There is no valgrind. Install it: sudo apt-get install valgrind")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "callgrind.out")
        command = [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--dump-before=getpgrp",
            "--dump-instr=yes", "--dump-line=no",
            sys.executable, "-W", "ignore", "-m", "benchmarks.sound.frames",
        ]  # fmt: skip
        surroundings = os.environ | {
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("", "firmware", "device")),
        }
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            raise RuntimeError(f"the frames did not run under callgrind:\n{done.stderr[-2000:]}")
        # Each dump ends at a mark: before sending, sending, before receiving, receiving.
        dumps = [Path(f"{out}.{number}").read_text().splitlines() for number in (2, 4)]
        sending, receiving = (read_profile(dump, "libopus") for dump in dumps)
    return Instructions(_own(sending), _own(receiving), sending.inside / FRAMES, receiving.inside / FRAMES)


def _own(profile: Profile) -> float:
    return (profile.total - profile.inside) / FRAMES


def main() -> None:
    try:
        counted = count()
    except ValgrindMissing as error:
        sys.exit(f"callbox: {error}")
    print("instructions for 20 ms of sound (callgrind)")
    for name, number in (
        ("sending, ours", counted.sending),
        ("receiving, ours", counted.receiving),
        ("both, ours", counted.own),
        ("goal", GOAL),
        ("libopus, encoding at complexity 0", counted.encoder),
        ("libopus, decoding", counted.decoder),
    ):
        print(f"  {name:36} {number:12,.0f}")


if __name__ == "__main__":
    main()
