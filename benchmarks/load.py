"""Calls at once from one process: docs/examples/load.py against a bot that costs little, both on this machine.

    python -m benchmarks.load [--write]       writes docs/benchmarks/load.md

    python -m benchmarks.load --bot           the bot alone: answers each utterance with a tone, after a pause of 0.8 s

Both processes share the machine's cores, so the bot's part is measured too: it sends what it has encoded once, by the
client's own fast path. All calls begin at the same moment, with one utterance of 4 s each.
"""

import asyncio
import functools
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiortc import RTCSessionDescription

from benchmarks.bot import TONE
from callbox.audio.opus import OpusDecoder, OpusEncoder
from callbox.demo.bot import Call, EchoBot
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi.media import NetworkReport, OpusFrame
from callbox.transports.small_webrtc.rtp_session import RtpSession
from callbox.transports.tracks import OpusTrack
from callbox_device.model import pcm

PAGE = Path("docs/benchmarks/load.md")
CALLS = (1, 10, 25, 50)
PAUSE_PERIODS = 40
"""Silence after which the bot answers: 0.8 s."""
ANSWER_PERIODS = 50
QUIET_DBFS = -45.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_LATENCY = r"median (\d+) ms, 95 % (\d+) ms"
OUTPUT = re.compile(
    r"(?P<answered>\d+) of \d+ calls, (?P<answers>\d+) answers, (?P<cores>[\d.]+) cores.*\n"
    rf"ready: {_LATENCY}\nvoice-to-voice: {_LATENCY}\n"
)
"""Lines of docs/examples/load.py."""
HEAD = """# Calls at once

[An example](../examples/load.py) calls a bot N times at once, from one process of Python: all calls begin at the same
moment, each says a sentence of 4 s and measures the answer as [callbox probe](../probe.md) does. The bot answers with a
tone 0.8 s after the last packet of speech. It is a process of Python too, on the same cores, and its answer is encoded
once.

`python -m benchmarks.load --write`, {date}, {cores} cores ({machine}, {processor}), Python {python};
autogroup nice {nice} (sched(7); 0 is the default, less is a priority over other programs):

| calls | ready, median / 95 % | voice-to-voice, median / 95 % | answered | cores, client | cores, bot | load before |
|---|---|---|---|---|---|---|
"""


def processor_s(process_id: int) -> float:
    """User and system time of a process so far (proc(5))."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def row(calls: int, output: str, bot_cores: float, load: float) -> str:
    """A row of the table. ValueError: not all calls were made and answered."""
    found = OUTPUT.match(output)
    if found is None or {found["answered"], found["answers"]} != {str(calls)}:
        raise ValueError(f"{calls} calls: {output}")
    ready, ready_95, latency, latency_95 = found.groups()[3:]
    cells = (calls, f"{ready} / {ready_95} ms", f"{latency} / {latency_95} ms", f"{calls} of {calls}")
    return f"| {' | '.join(map(str, cells))} | {found['cores']} | {bot_cores:.2f} | {load:.1f} |\n"


def measure(url: str, bot: int, calls: int) -> str:
    """The row of so many calls to the bot of the process `bot`."""
    load = os.getloadavg()[0]
    began_s, used_s = time.monotonic(), processor_s(bot)
    command = [sys.executable, "docs/examples/load.py", url, str(calls), str(SPEECH)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return row(calls, done.stdout, (processor_s(bot) - used_s) / (time.monotonic() - began_s), load)


def processor() -> str:
    """Model of the processor, as Linux names it."""
    found = re.search(r"^model name\s*: (.+)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


@functools.cache
def encoded(sound: bytes) -> bytes:
    """A period as Opus, after some like it."""
    encoder = OpusEncoder()
    for _ in range(10):
        payload = encoder.encode(sound)
    return payload


class Answer:
    """Fulfils `callbox.rtvi.media.OpusMedia`: a tone after each utterance, else silence."""

    is_quiet = True
    is_open = True
    mic_enabled = True

    def __init__(self) -> None:
        self._decoder = OpusDecoder()
        self._began_s = time.monotonic()
        self._sent = self._quiet = self._left = 0
        self._is_speech = False

    async def read_opus(self) -> OpusFrame:
        """The next 20 ms."""
        self._sent += 1
        await asyncio.sleep(self._began_s + self._sent * pcm.PERIOD_MS / 1000 - time.monotonic())
        loud = self._left > 0
        self._left -= loud
        return OpusFrame(encoded(TONE if loud else bytes(pcm.PERIOD_BYTES)), self._sent * pcm.PERIOD_FRAMES)

    def write_rtp(self, _ssrc: int, _number: int, _timestamp: int, payload: bytes, _arrived_s: float) -> None:
        """Listen for the end of an utterance."""
        if pcm.peak_dbfs(self._decoder.decode(payload)) > QUIET_DBFS:
            self._is_speech, self._quiet = True, 0
        elif self._is_speech:
            self._quiet += 1
            if self._quiet == PAUSE_PERIODS:
                self._is_speech, self._left = False, ANSWER_PERIODS

    def on_network(self, report: NetworkReport) -> None:
        """Nothing depends on it."""


class AnsweringCall(Call):
    """Call with an `Answer`."""

    async def answer(self, offer: RTCSessionDescription, *, restart: bool = False) -> RTCSessionDescription:
        """As `Call.answer`, for a first offer."""
        media: Any = Answer()
        track = OpusTrack(media, print)
        self._pc.addTrack(track)
        (transceiver,) = self._pc.getTransceivers()
        self._rtp = RtpSession(transceiver, media, lambda: None, print)
        track.send = self._rtp.send
        answer = await super().answer(offer, restart=restart)
        self._rtp.begin()
        return answer


class AnsweringBot(EchoBot):
    """Bot of such calls."""

    def new_call(self) -> Call:
        """One of them."""
        return AnsweringCall()


async def serve() -> None:
    """``--bot``: prints the address of its start request, and goes on until it is ended."""
    bot = AnsweringBot()
    await bot.start("127.0.0.1")
    print(f"start URL: {bot.url}", flush=True)
    await asyncio.Event().wait()


def autogroup_nice() -> str:
    """Priority of this session among others on a busy machine."""
    found = re.search(r"nice (-?\d+)", Path("/proc/self/autogroup").read_text())
    return found[1] if found else "unknown"


def main() -> None:
    """Measure each number of calls, and print or write the page."""
    page = HEAD.format(
        date=datetime.now(UTC).strftime("%-d %B %Y"), cores=os.cpu_count(), machine=platform.machine(),
        processor=processor(), python=platform.python_version(), nice=autogroup_nice(),
    )  # fmt: skip
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.load", "--bot"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bot:
        assert bot.stdout
        url = next(line.split()[-1] for line in bot.stdout if line.startswith("start URL: "))
        try:
            for calls in CALLS:
                page += (made := measure(url, bot.pid, calls))
                print(made, end="", flush=True)
        finally:
            bot.terminate()
    if "--write" in sys.argv:
        PAGE.write_text(page)


if __name__ == "__main__":
    asyncio.run(serve()) if "--bot" in sys.argv else main()
