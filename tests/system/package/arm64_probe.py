"""Runs on the emulated Python, with the package's own libraries: see arm64.sh."""

import importlib
import os
import re
import runpy
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(os.environ["CALLBOX_ROOT"])
LIBRARIES = ROOT / "usr/lib/callbox"
place = next(number for number, folder in enumerate(sys.path) if folder.endswith("-packages"))
sys.path.insert(place, str(LIBRARIES))


def modules() -> None:
    """Load whatever is compiled for this Python."""
    suffixes = ("." + sysconfig.get_config_var("SOABI") + ".so", ".abi3.so")
    names = []
    for file in sorted(LIBRARIES.rglob("*.so")):
        if suffix := next((suffix for suffix in suffixes if file.name.endswith(suffix)), None):
            names.append(".".join(file.relative_to(LIBRARIES).parts).removesuffix(suffix))
    for needed in ("_lgpio", "av._core", "_cffi_backend"):
        assert any(name == needed for name in names), f"{needed} is not in the package for {suffixes[0]}"
    names = [
        name for name in names if name.split(".")[0] not in sys.stdlib_module_names
    ]  # audioop: 3.13 has it no more
    for name in names:
        importlib.import_module(name)
    print(f"{len(names)} compiled modules load")


def check() -> None:
    """The program, on its own example."""
    from callbox.cli import main

    assert main(["check", str(ROOT / "usr/share/callbox/callbox.example.yaml")]) == 0
    from callbox.audio import opus  # libopus by ctypes

    print("opus:", opus.__name__)


def wake(sound: str) -> None:
    """The detector of wake words: TensorFlow Lite by ctypes, with Debian's numpy."""
    from callbox.cli import main

    assert main(["wake", sound, "--model", "okay_nabu"]) == 0


def call(url: str) -> None:
    """docs/examples/talk.py, from the recorded question to the bot's answer."""
    import callbox
    from callbox_device.wav import read_wav

    speech = Path(callbox.__file__).parent / "assets/speech.wav"
    answer = Path(tempfile.mkdtemp()) / "answer.wav"
    sys.argv[1:] = [url, str(speech), str(answer)]
    runpy.run_path(str(Path(__file__).parents[3] / "docs/examples/talk.py"), run_name="__main__")
    # Not whether it is the same sound at one delay: an emulator isn't in time.
    spoken_s, recorded_s = (_loud_s(read_wav(file)) for file in (speech, answer))
    print(f"spoken: {spoken_s:.1f} s, heard: {recorded_s:.1f} s")
    assert recorded_s > 0.5


def _loud_s(sound: bytes) -> float:
    from callbox.demo.similarity import STEP_MS, envelope

    return sum(level > 500 for level in envelope(sound)) * STEP_MS / 1000


assert re.fullmatch("aarch64|arm64", os.uname().machine), os.uname()
commands: dict[str, Callable[..., None]] = {"modules": modules, "check": check, "wake": wake, "call": call}
commands[sys.argv[1]](*sys.argv[2:])
