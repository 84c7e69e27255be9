"""One call over a bad network: the bot at the far end, a client at the near one, and what each received."""

import json
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from tests.rig.forwarder import Seen
from tests.rig.link import FAR, Link

from benchmarks.sound.speech import LEAD_S, read_samples, speech, write_wav
from callbox.probe.model.network_impairment import NetworkImpairment
from callbox_device.model import pcm

if TYPE_CHECKING:
    from benchmarks.sound.comparison import Comparison

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "ours": (sys.executable, "-W", "ignore", "-m", "benchmarks.sound.callbox_client"),
    "stock": (sys.executable, "-W", "ignore", "-m", "benchmarks.sound.aiortc_client"),
    "gstreamer": ("/usr/bin/python3", "-W", "ignore", "benchmarks/sound/gstreamer.py"),
    "chromium": (sys.executable, "-W", "ignore", "-m", "benchmarks.sound.chromium"),
}
NAMES = {
    "ours": "Callbox",
    "stock": "aiortc, stock",
    "gstreamer": "GStreamer webrtcbin",
    "chromium": "Chromium, official client",
}
WAIT_S = 40


class Stage:
    """``with Stage(folder, duration_s) as stage``: the link, the bot, the recordings. Needs root, as the link does."""

    def __init__(self, folder: Path, duration_s: float, *, echo: bool = False) -> None:
        self.folder, self.duration_s = folder, duration_s
        self.spoken, self.microphone = folder / "spoken.wav", folder / "microphone.wav"
        spoken = speech(duration_s)
        write_wav(self.spoken, spoken)
        write_wav(self.microphone, pcm.silence(1000 * LEAD_S) + spoken + pcm.silence(1000 * (duration_s + 30)))
        self._echo = echo

    def __enter__(self) -> Self:
        self.link = Link().__enter__()
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "benchmarks.sound.bot",
            FAR,
            str(self.folder),
            str(self.spoken),
        ]
        command += ["echo"] if self._echo else []
        self.bot = self.link.start(1, command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.urls = line(self.bot.stdout)
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def client(self, name: str, *options: str) -> "subprocess.Popen[str]":
        """A client at the near end, calling; it hangs up when its standard input is closed, and tells what it has."""
        url = self.urls["start_url" if name == "ours" else "offer_url"]
        command = [*COMMANDS[name], url, str(self.microphone), str(self.folder), *options]
        return self.link.start(0, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@dataclass(frozen=True)
class Cell:
    """One client on one impaired network."""

    received: "Comparison"
    """By the client, of the bot."""
    received_by_bot: "Comparison"
    """Of the client, by the bot: a stock aiortc."""
    measured: dict[str, Any]
    """What the client counted itself."""
    seen: list[Seen]
    """What the network did: client to bot, bot to client."""


def play(stage: Stage, name: str, forth: NetworkImpairment, back: NetworkImpairment, seed: int) -> Cell:
    """One call, the bot's speech from end to end."""
    stage.link.change(forth, back, seed)
    client = stage.client(name)
    by_bot = line(stage.bot.stdout, while_lives=client, within_s=stage.duration_s + WAIT_S)
    measured = hang_up(client)
    seen = stage.link.change()
    return Cell(
        compared(stage, measured, float(by_bot["spoke_s"])),
        compared(stage, by_bot, float(measured["spoke_s"]) + LEAD_S),
        measured,
        seen,
    )


def hang_up(client: "subprocess.Popen[str]") -> dict[str, Any]:
    """End a client's call; what it measured."""
    try:
        spoken, _ = client.communicate(timeout=WAIT_S)
    except subprocess.TimeoutExpired:
        client.kill()
        spoken = ""
    lines = spoken.splitlines()
    if not lines:
        raise RuntimeError(f"the client ended with code {client.returncode} and measured nothing")
    measured: dict[str, Any] = json.loads(lines[-1])
    return measured


def line(
    pipe: "IO[str] | None", while_lives: "subprocess.Popen[str] | None" = None, within_s: float = WAIT_S
) -> dict[str, Any]:
    """The next line of JSON of a process. RuntimeError if it ends, is late, or the other process ends before."""
    assert pipe
    give_up_s = time.monotonic() + within_s
    while not select.select([pipe], [], [], 0.2)[0]:
        if while_lives and while_lives.poll() is not None:
            raise RuntimeError(f"the client ended with code {while_lives.returncode} before the call was over")
        if time.monotonic() > give_up_s:
            raise RuntimeError(f"nothing was measured within {within_s:g} s")
    text = pipe.readline()
    if not text:
        raise RuntimeError("a process ended before it measured anything; see above")
    facts: dict[str, Any] = json.loads(text)
    return facts


def compared(stage: Stage, listener: dict[str, Any], spoke_s: float) -> "Comparison":
    """A client's recording, compared with the speech that began at `spoke_s`."""
    # Imported late: PESQ needs a compiler, and who measures only what a call costs doesn't need it.
    from benchmarks.sound.comparison import compare

    spoken, received = read_samples(stage.spoken), read_samples(Path(listener["received"]))
    return compare(spoken, received, pcm.RATE_HZ, float(listener["received_s"]) - spoke_s)
