"""What bitrate and complexity are worth for the voice: ``python -m benchmarks.sound_voice``.

Speech through our encoder and decoder: PESQ (ITU-T P.862.2, wideband), and how long encoding takes, best of three.
"""

import time

import numpy as np
from pesq import pesq
from scipy.signal import resample_poly

from benchmarks.sound.speech import speech
from callbox.audio.opus import OpusDecoder, OpusEncoder
from callbox_device.model import pcm

SPEECH_S = 20.0
BITRATES_BPS = (16_000, 24_000, 32_000, 40_000)
COMPLEXITIES = (0, 2, 5, 8, 10)
DELAY_FRAMES = 312
"""Of encoder and decoder together: 6.5 ms, as libopus says (OPUS_GET_LOOKAHEAD)."""
PART_S = 8
"""PESQ compares pieces of sentences, not minutes."""


def coded(sound: bytes, bitrate_bps: int, complexity: int) -> tuple[bytes, float]:
    """`sound` encoded and decoded, and the microseconds that encoding 20 ms took."""
    encoder, decoder = OpusEncoder(bitrate_bps=bitrate_bps, complexity=complexity), OpusDecoder()
    periods = [sound[at : at + pcm.PERIOD_BYTES] for at in range(0, len(sound), pcm.PERIOD_BYTES)]
    began_s = time.perf_counter()
    packets = [encoder.encode(period) for period in periods]
    took_us = (time.perf_counter() - began_s) * 1e6 / len(periods)
    return b"".join(decoder.decode(packet) for packet in packets), took_us


def quality(spoken: bytes, received: bytes) -> float:
    """PESQ of `received`, which is `DELAY_FRAMES` late."""
    original, late = (np.frombuffer(sound, np.int16).astype(float) for sound in (spoken, received))
    wanted = resample_poly(original, 1, 3)
    got = resample_poly(np.append(late[DELAY_FRAMES:], np.zeros(DELAY_FRAMES)), 1, 3)
    size = PART_S * 16_000
    starts = range(0, len(wanted) - size + 1, size)
    return float(np.mean([pesq(16_000, wanted[at : at + size], got[at : at + size], "wb") for at in starts]))


def main() -> None:
    spoken = speech(SPEECH_S)
    spoken = spoken[: len(spoken) // pcm.PERIOD_BYTES * pcm.PERIOD_BYTES]
    print("complexity    " + "".join(f"{complexity:>16}" for complexity in COMPLEXITIES))
    for bitrate_bps in BITRATES_BPS:
        cells = []
        for complexity in COMPLEXITIES:
            received, _ = coded(spoken, bitrate_bps, complexity)
            took_us = min(coded(spoken, bitrate_bps, complexity)[1] for _ in range(3))
            cells.append(f"{quality(spoken, received):.2f} {took_us:4.0f} us")
        print(f"{bitrate_bps / 1000:6.0f} kb/s   " + "".join(f"{cell:>16}" for cell in cells))


if __name__ == "__main__":
    main()
