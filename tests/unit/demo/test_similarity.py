import random

from callbox.demo.similarity import envelope, likeness
from callbox_device.model import pcm


def babble(seed, seconds=2.0):
    """Noise in syllables of random length and loudness."""
    dice = random.Random(seed)
    sound = bytearray()
    while len(sound) < seconds * pcm.RATE_HZ * 2:
        loud = dice.choice([0, 500, 4000, 12000])
        length = int(dice.uniform(0.05, 0.25) * pcm.RATE_HZ)
        sound += b"".join(dice.randint(-loud, loud).to_bytes(2, "little", signed=True) for _ in range(length))
    return bytes(sound)


def quieter(sound):
    return b"".join((value // 4).to_bytes(2, "little", signed=True) for value in pcm.samples(sound))


def test_the_same_speech_later_and_quieter_is_found():
    spoken = babble(1)
    recorded = bytes(pcm.RATE_HZ) + quieter(spoken) + bytes(pcm.RATE_HZ)
    assert likeness(spoken, recorded) > 0.95


def test_other_speech_is_not_taken_for_it():
    assert likeness(babble(1), bytes(pcm.RATE_HZ) + babble(2) + bytes(pcm.RATE_HZ)) < 0.6


def test_silence_and_too_little_are_nothing():
    assert likeness(babble(1), bytes(6 * pcm.RATE_HZ)) == 0
    assert likeness(babble(1), babble(1)[: pcm.RATE_HZ]) == 0
    assert likeness(b"", babble(1)) == 0


def test_the_envelope_has_a_value_for_each_10_ms():
    assert envelope((1000).to_bytes(2, "little") * 960) == [1000.0, 1000.0]
