"""Processing between microphone and gate."""

from typing import Protocol


class VoiceProcessor(Protocol):
    """Processing of captured sound before the gate."""

    def process(self, period: bytes, captured_s: float) -> bytes:
        """Processed `period` (`PERIOD_BYTES`, first sample captured at `captured_s`, monotonic).

        Microphone's thread. Never raises, never waits; as long as what came in.
        """
