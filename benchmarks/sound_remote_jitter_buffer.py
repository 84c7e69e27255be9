"""Delay and loss at a real Pipecat bot on a bad Wi-Fi: ``python -m benchmarks.sound_remote_jitter_buffer [--quick]``.

Ours, ours without what it does against loss, and aiortc's own sender (the anchor), against the same server. Delay is
from giving a packet to the network to the frame that the bot's input transport hands out, both by CLOCK_MONOTONIC.
"""

import argparse
import asyncio
import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.rig.bot_recording import BotRecording, read_recording
from tests.rig.lossy_udp import LossyUdp
from tests.rig.pipecat import PipecatServer
from tests.rig.speaking_media import OpusSpeechMedia, PcmSpeechMedia

from callbox.probe.model.network_impairment import NetworkImpairment
from callbox.rtvi import APIRequest, RTVIClient
from callbox.rtvi.media import Media
from callbox.transports.rtp.redundancy import Redundancy
from callbox.transports.rtp.remote_jitter_buffer import RemoteJitterBuffer
from callbox.transports.small_webrtc import SmallWebRTCTransport

FAIR_S = 1.0
"""Nothing is lost at first: the connection comes up."""
SENDERS = ("anchor", "bare", "ours")
WEATHERS = (
    NetworkImpairment(),
    NetworkImpairment(loss=0.01),
    NetworkImpairment(loss=0.03),
    NetworkImpairment(loss=0.05),
    NetworkImpairment(loss=0.10),
    NetworkImpairment(loss=0.03, burst=2),
    NetworkImpairment(loss=0.03, burst=5),
)
QUICK = (NetworkImpairment(), NetworkImpairment(loss=0.03))
LONG_S = 45
"""Long enough for a copy less to be tried."""


@dataclass(frozen=True)
class Cell:
    """One call."""

    received: BotRecording
    extra: float
    """Packets sent beyond one for each 20 ms, as a share."""


@contextlib.contextmanager
def sender(name: str) -> Iterator[Media]:
    """What speaks."""
    if name == "anchor":
        yield PcmSpeechMedia()
    elif name == "ours":
        yield OpusSpeechMedia()
    else:
        with (
            mock.patch.object(Redundancy, "copies", 0),
            mock.patch.object(RemoteJitterBuffer, "packets_to_resend", return_value=None),
        ):
            yield OpusSpeechMedia()


async def call(server: PipecatServer, name: str, impairment: NetworkImpairment, duration_s: float, seed: int) -> Cell:
    """Speak for so long, and read what the bot wrote down."""
    with tempfile.TemporaryDirectory() as folder, LossyUdp(impairment, seed=seed) as radio, sender(name) as media:
        record = Path(folder) / "received"
        request = APIRequest(server.start_url, request_data={"transport": "webrtc", "body": {"record": str(record)}})
        client = RTVIClient(SmallWebRTCTransport, media, params=request)
        radio.fair = True
        await client.connect()
        await asyncio.sleep(FAIR_S)
        radio.fair = False
        await asyncio.sleep(duration_s)
        await client.disconnect()
        return Cell(read_recording(record, radio.first_sent_s), radio.sent / len(radio.first_sent_s) - 1)


async def measure(*, quick: bool) -> None:
    duration_s = 8 if quick else 12
    rows = [(impairment, name, duration_s) for impairment in (QUICK if quick else WEATHERS) for name in SENDERS]
    if not quick:
        rows += [
            (NetworkImpairment(loss=0.03), "ours", LONG_S),
            (NetworkImpairment(loss=0.03, burst=5), "ours", LONG_S),
        ]
    print(f"calls of {duration_s + FAIR_S:g} s; delays in ms, and as a ratio to the anchor's median without loss")
    print("loss          sender   median   p95  last 2 s  ratio    lost    sent again")
    good = 0.0
    with PipecatServer(bot="pipecat_jitter_buffer.py") as server:
        for impairment, name, call_s in rows:
            cell = await call(server, name, impairment, call_s, seed=7)
            median_ms = statistics.median(cell.received.delays_ms)
            good = good or median_ms
            last_ms = statistics.median(cell.received.delays_ms[-100:])
            burst = f" x{impairment.burst}" if impairment.burst > 1 else ""
            longer = f" {call_s:.0f} s" if call_s > duration_s else ""
            print(
                f"{impairment.loss:4.0%}{burst + longer:9} {name:7} {median_ms:7.0f}"
                f" {cell.received.percentile(95):5.0f}"
                f" {last_ms:9.0f} {median_ms / good:5.2f}x {cell.received.lost:7.1%} {cell.extra:13.0%}",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.sound_remote_jitter_buffer")
    parser.add_argument("--quick", action="store_true", help="less loss, shorter")
    asyncio.run(measure(quick=parser.parse_args().quick))
