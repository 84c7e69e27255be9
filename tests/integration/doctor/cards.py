"""Sound cards with faults, for real alsa-lib: recordings behind the null card, a loop through PulseAudio, refusals."""

import contextlib
import errno
import math
import os
import random
import socket
import struct
import subprocess
import threading
from pathlib import Path

from tests.rig.alsa import RATE_HZ, SoundCard

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

SECONDS = 4
"""Of each recording; the doctor listens for less."""
_FAULTY = """\
pcm.{name} {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/{name}.raw format raw }}
"""
_REFUSED = """\
server.{name} {{ host localhost socket "{folder}/{name}.socket" }}
pcm.{name} {{ type shm server {name} pcm x }}
"""
_LOOP = """\
pcm.nonsense {{ type route slave.pcm null ttable.0.0 x }}
pcm.forbidden {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/forbidden format raw }}
pcm.server_down {{ type pulse server "unix:{folder}/no-such-server" }}
pcm.server_hangs {{ type pulse server "unix:{folder}/hanging-server" }}
pcm.air_mic {{ type pulse server "unix:{folder}/pulse" device nowhere.monitor }}
pcm.far_mic {{ type pulse server "unix:{folder}/pulse" device far.monitor }}
pcm.air_speaker {{ type pulse server "unix:{folder}/pulse" device nowhere }}
pcm.honest_speaker {{ type pulse server "unix:{folder}/pulse" device nowhere handle_underrun 1 }}
"""


def noise(level: float, offset: float = 0.0) -> bytes:
    """White, `level` of full scale at most, around `offset`."""
    full = random.Random(1).randbytes(SECONDS * RATE_HZ * pcm.BYTES_PER_FRAME)
    return audioop.bias(audioop.mul(full, 2, level), 2, round(offset * 32767))


RECORDINGS = {
    "mic_good": lambda: noise(0.004),
    "mic_silent": lambda: bytes(SECONDS * RATE_HZ * 2),
    "mic_quiet": lambda: noise(0.0001),
    "mic_noise": lambda: noise(0.05),
    "mic_clipping": lambda: (noise(0.004)[:9600] + b"\xff\x7f" * 10) * 18,
    "mic_dc": lambda: noise(0.004, 0.03),
}


class Refusals:
    """A door to ALSA's own server of shared PCMs, behind which somebody says no with an errno."""

    def __init__(self, path: Path, number: int) -> None:
        self._port_of = socket.socket(socket.AF_UNIX)
        self._port_of.bind(str(path))
        self._port_of.listen()
        self._answer = struct.pack("i", -number) + bytes(60)
        threading.Thread(target=self._refuse, daemon=True).start()

    def _refuse(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._port_of.accept()
                with caller:
                    caller.recv(4096)
                    caller.sendall(self._answer)

    def close(self) -> None:
        self._port_of.close()


class Cards(SoundCard):
    """All of them. `pactl` turns the knobs of the sound server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        config = (folder / "asound.conf").read_text() + _LOOP.format(folder=folder)
        for name, make in RECORDINGS.items():
            (folder / f"{name}.raw").write_bytes(make())
            config += _FAULTY.format(name=name, folder=folder)
        for name in ("held", "denied"):
            config += _REFUSED.format(name=name, folder=folder)
        (folder / "forbidden").write_bytes(b"x")
        (folder / "forbidden").chmod(0)
        (folder / "asound.conf").write_text(config)
        self._hanging_server = socket.socket(socket.AF_UNIX)  # takes connections, and never answers
        self._hanging_server.bind(f"{folder}/hanging-server")
        self._hanging_server.listen()
        self._refusals = [
            Refusals(folder / "held.socket", errno.EBUSY),
            Refusals(folder / "denied.socket", errno.EACCES),
        ]

    def pactl(self, *arguments: object) -> str:
        env = {**os.environ, "HOME": str(self.folder), "PULSE_CLIENTCONFIG": self.env["PULSE_CLIENTCONFIG"]}
        command = ["pactl", "-s", f"unix:{self.folder}/pulse", *map(str, arguments)]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.strip()

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._hanging_server.close()
        for refusal in self._refusals:
            refusal.close()


def decibels(factor: float) -> float:
    return 20 * math.log10(factor)


def resampled(sound: bytes, factor: float) -> bytes:
    """`sound` as a card would hear it whose clock is `factor` times as fast."""
    fast, _ = pcm.audioop.ratecv(sound, 2, 1, 1_000_000, round(1_000_000 * factor), None)
    return fast
