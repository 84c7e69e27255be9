"""Received packets of a probed call."""

import pytest

from callbox.audio.opus import OpusEncoder
from callbox.probe.bot_sound import BotSound
from callbox_device.model import pcm

PAYLOAD = OpusEncoder().encode(bytes(pcm.PERIOD_BYTES))


def test_a_packet_that_is_missing_is_lost_and_one_that_comes_twice_or_late_is_not():
    sound = BotSound()
    for number in (65_534, 0, 0, 65_535, 1):  # the last of 16 bits comes late, 0 twice
        sound.take_packet(7, number, PAYLOAD, 0.0)
    assert (sound.packets, sound.lost) == (3, 0)
    sound.take_packet(7, 4, PAYLOAD, 0.0)
    assert (sound.packets, sound.lost) == (4, 2)


@pytest.mark.parametrize("first", [0, 900, 30_000, 60_000])
def test_the_stream_of_another_connection_begins_anew(first):
    sound = BotSound()
    for number in range(1000, 1010):
        sound.take_packet(7, number, PAYLOAD, 0.0)
    for number in range(first, first + 10):
        sound.take_packet(8, number, PAYLOAD, 1.0)
    assert (sound.packets, sound.lost) == (20, 0)
