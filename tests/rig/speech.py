"""Whether speech that went through a real-time call was heard: piece by piece, each at a delay of its own.

A machine that has no time stops the clock of a simulated card, and all that follows is shifted: that spoils a few
pieces. A program that loses, mixes up or invents sound spoils most of them. The median tells the two apart.
"""

import numpy as np

from callbox_device.model import pcm

RECEIVED_FROM = 0.5
"""A median at which speech was heard. Through Opus and a call the same speech has 0.8 to 0.98, on a starved machine down to
0.5; other speech is below 0.45."""
BROKEN_BELOW = 0.3
"""What a broken program makes of it is below this."""
PIECE_S = 0.5


def likeness(spoken: bytes, recorded: bytes) -> float:
    """Median over the half seconds of `spoken` of how well each is found in `recorded`, 0 to 1; s16le mono 48 kHz."""
    size = int(PIECE_S * pcm.RATE_HZ) * pcm.BYTES_PER_FRAME
    pieces = [spoken[start : start + size] for start in range(0, len(spoken) - size + 1, size)]
    return float(np.median([_correlation(piece, recorded) for piece in pieces]))


def _correlation(spoken: bytes, recorded: bytes) -> float:
    """Highest normalised correlation of the waveforms, over all delays."""
    wanted, received = (np.frombuffer(sound, "<i2").astype(float) for sound in (spoken, recorded))
    if not len(received) or not received.any() or not wanted.any():
        return 0.0
    size = 1 << (len(wanted) + len(received)).bit_length()
    product = np.fft.irfft(np.fft.rfft(received, size) * np.fft.rfft(wanted, size).conj(), size)[: len(received)]
    total = np.concatenate([[0.0], np.cumsum(received**2)])
    ends = np.minimum(np.arange(len(received)) + len(wanted), len(received))
    energy = total[ends] - total[:-1]
    return float(np.max(product / np.sqrt(np.maximum(energy, 1e-3 * energy.max()) * np.sum(wanted**2))))
