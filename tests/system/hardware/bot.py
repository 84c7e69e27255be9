"""The moody bot in a process of its own, so that it takes no time of the test that watches lamps.

    python -m tests.system.hardware.bot [RECORDING]

It prints where it is, and each line on standard input is its mood from then on. Into the file RECORDING it writes each RTP
packet that it receives, until the call ends: a line of time (`time.monotonic()`), sequence number and payload in hexadecimal.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from tests.rig.faulty_bot import FaultyBot, FaultyCall


class RecordedCall(FaultyCall):
    """Writes down what it receives."""

    def __init__(self, mood: str, recording: Path) -> None:
        super().__init__(mood)
        self._file = recording.open("w", buffering=1)

    def _on_track(self, track: Any) -> None:
        receiver: Any = self._pc.getReceivers()[0]
        take = receiver._handle_rtp_packet

        async def noting(packet: Any, arrival_time_ms: int) -> None:
            self._file.write(f"{time.monotonic()} {packet.sequence_number} {packet.payload.hex()}\n")
            await take(packet, arrival_time_ms)

        receiver._handle_rtp_packet = noting
        super()._on_track(track)

    def _finish(self) -> None:
        super()._finish()
        self._file.close()


class RecordingBot(FaultyBot):
    """Records each call in the place of the one before."""

    def __init__(self, recording: Path) -> None:
        super().__init__()
        self._recording = recording

    def new_call(self) -> FaultyCall:
        self.calls.append(RecordedCall(self.mood, self._recording))
        return self.calls[-1]


async def main() -> None:
    async with RecordingBot(Path(sys.argv[1])) if sys.argv[1:] else FaultyBot() as bot:
        print(bot.url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            bot.mood = line.strip()
            print(bot.mood, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
