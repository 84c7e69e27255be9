import math
from dataclasses import replace

import pytest
from hypothesis import given, strategies
from tests.rig.flashes import MAX_FLASH_HZ, flashes_per_second

from callbox_device.model.led_patterns import (
    AMBER,
    GREEN,
    METER_REST,
    METER_STEP_MS,
    OFF,
    LedPattern,
    PatternStep,
    blink,
    breathe,
    brightness_at,
    frame_at,
    next_change_ms,
    next_frame_ms,
    scaled,
    steady,
)

steps = strategies.builds(PatternStep, strategies.floats(0, 1), strategies.floats(1, 2000))
patterns = strategies.builds(
    LedPattern, strategies.lists(steps, min_size=1, max_size=6).map(tuple), strategies.booleans()
)


def test_a_blink_is_on_and_off():
    pattern = blink(on_ms=100, off_ms=400)
    assert [brightness_at(pattern, t_ms) for t_ms in (0, 99, 100, 499, 500, 599, 600)] == [1, 1, 0, 0, 1, 1, 0]
    assert next_change_ms(pattern, 30) == 70
    assert next_change_ms(pattern, 100) == 400


def test_a_steady_pattern_has_no_next_change():
    assert next_change_ms(steady(0.4), 123) is None
    assert next_change_ms(OFF, 0) is None


def test_what_is_not_repeated_ends_dark():
    pattern = LedPattern((PatternStep(1.0, 100), PatternStep(0.5, 100)), repeat=False)
    assert [brightness_at(pattern, t_ms) for t_ms in (0, 100, 199, 200, 9999)] == [1, 0.5, 0.5, 0, 0]
    assert next_change_ms(pattern, 150) == 50
    assert next_change_ms(pattern, 200) is None


def test_breathing_goes_up_and_down_in_ten_steps():
    pattern = breathe(period_ms=1000, low=0.5, high=1.0)
    assert [round(brightness_at(pattern, t_ms), 2) for t_ms in range(50, 1000, 100)] == [
        0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.9, 0.8, 0.7, 0.6,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [(OFF, 0), (steady(1), 0), (blink(on_ms=250, off_ms=250), 2), (blink(on_ms=50, off_ms=50), 10)],
)
def test_flashes_are_counted_within_any_second(pattern, wanted):
    assert flashes_per_second(pattern) == wanted


@pytest.mark.parametrize("wrong", [(-0.1, 100), (1.1, 100), (0.5, 0), (0.5, -1), (float("nan"), 1)])
def test_a_step_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="is not"):
        PatternStep(*wrong)
    with pytest.raises(ValueError, match="needs a step"):
        LedPattern(())


@given(patterns, strategies.integers(0, 10_000), strategies.floats(0.01, 0.99))
def test_nothing_changes_before_the_next_change(pattern, t_ms, share):
    left_ms = next_change_ms(pattern, t_ms)
    assert left_ms is None or left_ms > 0
    later_ms = t_ms + (60_000 if left_ms is None else left_ms) * share
    if left_ms is None or left_ms > 1e-3:  # below, rounding is larger than the time that is left
        assert brightness_at(pattern, later_ms) == brightness_at(pattern, t_ms)


def test_where_rounding_leaves_nothing_of_a_round_the_next_one_has_begun():
    pattern = LedPattern((PatternStep(1.0, 0.1), PatternStep(0.5, 0.2), PatternStep(0.2, 0.7)), repeat=True)
    just_before_ms = math.nextafter(1.0, 0.0)  # less the first two steps it is 0.7. sum() rounds otherwise from 3.12 on
    assert just_before_ms < pattern.length_ms
    assert brightness_at(pattern, just_before_ms) == 1.0
    assert next_change_ms(pattern, just_before_ms) == 0.1


def test_a_frame_is_the_brightness_in_the_pattern_s_colour():
    pattern = blink(on_ms=100, off_ms=400, hue=AMBER)
    assert frame_at(pattern, 50, 2) == (AMBER.color,) * 2
    assert frame_at(pattern, 50, 1, has_red=False) == (AMBER.without_red,)
    assert frame_at(pattern, 200, 1) == ((0, 0, 0),)
    assert next_frame_ms(pattern, 50, 12) == 50


@pytest.mark.parametrize(("meter", "lit"), [(0.0, 0), (0.49, 6), (1.0, 12)])
def test_a_meter_lights_its_share_of_a_ring(meter, lit):
    frame = frame_at(replace(steady(1.0, GREEN), meter=meter), 0, 12)
    assert frame == (GREEN.color,) * lit + (scaled(GREEN.color, METER_REST),) * (12 - lit)


@pytest.mark.parametrize("pixels", [1, 2])
def test_a_light_of_few_pixels_shows_the_rhythm_in_place_of_a_meter(pixels):
    pattern = replace(breathe(period_ms=2000, low=0.5, high=1.0), follows_level=True)
    assert frame_at(pattern, 1100, pixels, level=0.0) == ((1.0, 1.0, 1.0),) * pixels
    assert next_frame_ms(pattern, 0, pixels) == 200


def test_whatever_the_level_no_pixel_flashes_faster_than_is_safe():
    """The level may jump at each step: a pixel that changes at each makes half as many flashes."""
    pattern = replace(breathe(period_ms=2000, low=0.5, high=1.0), follows_level=True)
    assert next_frame_ms(pattern, 0, 12) == METER_STEP_MS
    frames = [frame_at(pattern, step * METER_STEP_MS, 12, level=step % 2) for step in range(5 * 5)]
    for pixel in range(12):
        levels = [max(frame[pixel]) for frame in frames]
        steps = tuple(PatternStep(0.0 if level == METER_REST else 1.0, METER_STEP_MS) for level in levels)
        assert 0 < flashes_per_second(LedPattern(steps, repeat=False)) <= MAX_FLASH_HZ


@given(
    patterns, strategies.floats(0, 20_000), strategies.integers(1, 16), strategies.floats(0, 1), strategies.booleans()
)
def test_each_component_of_each_pixel_is_a_brightness(pattern, t_ms, pixels, level, follows):
    frame = frame_at(replace(pattern, follows_level=follows), t_ms, pixels, level=level)
    assert len(frame) == pixels
    assert all(0 <= component <= 1 for color in frame for component in color)
