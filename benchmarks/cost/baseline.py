"""Compiles and becomes the floor (`baseline.c`), which calls no bot.

``python -m benchmarks.cost.baseline URL MICROPHONE.wav FOLDER``.
"""

import os
import subprocess
import sys
from pathlib import Path

from callbox.audio import opus
from callbox_device.wav import read_wav

SOURCE = Path(__file__).with_name("baseline.c")


def main() -> None:
    microphone, folder = Path(sys.argv[2]), Path(sys.argv[3])
    program, speech = folder / "floor", folder / "floor.raw"
    subprocess.run(["gcc", "-O2", "-o", program, SOURCE, "-lsrtp2", "-ldl"], check=True)
    speech.write_bytes(read_wav(microphone))
    os.execv(program, [str(program), opus.library()._name, str(speech)])


if __name__ == "__main__":
    main()
