"""What stands between the microphone and the gate."""

from typing import Protocol


class VoiceProcessor(Protocol):
    """What the microphone's sound goes through before the gate."""

    def process(self, period: bytes, captured_s: float) -> bytes:
        """What may go on of `period` (`PERIOD_BYTES`, first sample captured at `captured_s`, monotonic).

        Microphone's thread. Never raises, never waits; as long as what came in.
        """
