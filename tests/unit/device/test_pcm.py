import array
import math
import sys

import pytest
from hypothesis import given, strategies

from callbox_device.model import pcm


def sound(*values):
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)


@pytest.mark.parametrize(
    ("values", "peak_dbfs"),
    [((), -96), ((0, 0), -96), ((1,), -90.3), ((16384, -1), -6.02), ((-16384,), -6.02), ((-32768,), 0), ((32767,), 0)],
)
def test_the_level_is_that_of_the_highest_sample(values, peak_dbfs):
    assert pcm.peak_dbfs(sound(*values)) == pytest.approx(peak_dbfs, abs=0.01)


@given(strategies.lists(strategies.integers(-32768, 32767), min_size=1))
def test_a_level_is_what_its_formula_says(values):
    peak, rms = max(map(abs, values)), math.sqrt(sum(value**2 for value in values) / len(values))
    assert pcm.peak_dbfs(sound(*values)) == pytest.approx(20 * math.log10(peak / 32768) if peak else -96)
    assert pcm.rms_dbfs(sound(*values)) == pytest.approx(max(-96, 20 * math.log10(int(rms) / 32768 or 1e-9)), abs=0.01)


def test_half_a_sample_is_no_sample():
    assert pcm.peak_dbfs(b"\xff") == pcm.rms_dbfs(b"\xff") == -96
    assert pcm.peak_dbfs(sound(16384) + b"\x7f") == pcm.peak_dbfs(sound(16384))


def test_silence():
    assert pcm.silence(20) == pcm.SILENT_PERIOD
    assert pcm.duration_ms(pcm.silence(2.5)) == 2.5
    assert pcm.peak_dbfs(pcm.silence(2.5)) == -96


@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_samples_are_little_endian_on_any_machine(byteorder, monkeypatch):
    sound = array.array("h", [1, -2, 300])
    if sys.byteorder != byteorder:  # as the bytes would lie in such a machine's memory
        sound.byteswap()
    monkeypatch.setattr(sys, "byteorder", byteorder)
    assert pcm.samples(b"\x01\x00\xfe\xff\x2c\x01\x7f") == sound
