"""docs/lamps.svg and the legend card: what is drawn is what the lamps do, and it can be read."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from docs.generate.lamps_svg import GLOW_RADIUS, keyframes, lamps_svg
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rig.flashes import MAX_FLASH_HZ, flashes_per_second

from callbox.control import call_control, gesture_actions
from callbox.control.faults import Fault
from callbox.legend import table
from callbox.legend.card import SIDE_MM, Enclosure, card_svg
from callbox.legend.svg import Font, fit, levels, printable, silhouette
from callbox.rtvi import TransportState
from callbox_device.model.led_patterns import (
    LedPattern,
    PatternStep,
    brightness_at,
    switched,
)

SVG = "{http://www.w3.org/2000/svg}"
ENCLOSURES = [
    Enclosure(),
    Enclosure(
        "The telephone in the hall of the old people's home at the lake 1", microphone_lamp=False, dimmable=False
    ),
    Enclosure("W" * 64, status_lamp=False),
    Enclosure(has_color=True, has_red=False),
]

steps = st.builds(
    PatternStep,
    brightness=st.floats(0, 1).map(lambda level: round(level, 3)),
    duration_ms=st.floats(10, 5000).map(lambda ms: round(ms, 1)),
)
patterns = st.builds(LedPattern, st.lists(steps, min_size=1, max_size=30).map(tuple), repeat=st.booleans())


def animation(css: str) -> LedPattern:
    """The CSS read back, as a browser reads it: each key holds until the next."""
    if not css.startswith("@keyframes"):
        return LedPattern((PatternStep(float(re.findall(r"opacity:([\d.e-]+)", css)[0]), 1000),))
    round_ms = float(re.findall(r"x ([\d.]+)ms step-end infinite}", css)[0])
    keys = [(float(at), float(level)) for at, level in re.findall(r"([\d.e-]+)%{opacity:([\d.e-]+)}", css)]
    ends = [at for at, _ in keys[1:]] + [100]
    return LedPattern(
        tuple(PatternStep(level, (end - at) / 100 * round_ms) for (at, level), end in zip(keys, ends, strict=True))
    )


def words_of(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


@given(patterns)
def test_the_keys_of_the_animation_are_the_steps_of_the_pattern(pattern):
    rendered = animation(keyframes("x", pattern))
    if len({step.brightness for step in pattern.steps}) == 1 and (pattern.repeat or not pattern.steps[0].brightness):
        assert {step.brightness for step in rendered.steps} == {pattern.steps[0].brightness}
        return
    text = rendered.steps if pattern.repeat else rendered.steps[:-1]
    assert [step.brightness for step in text] == [step.brightness for step in pattern.steps]
    durations_ms = [step.duration_ms for step in pattern.steps]
    assert [step.duration_ms for step in text] == pytest.approx(durations_ms, abs=1e-3)
    if not pattern.repeat:
        assert rendered.steps[-1].brightness == 0
        assert rendered.steps[-1].duration_ms >= 999.9


@given(patterns, st.floats(100, 10_000))
def test_a_strip_is_as_high_as_the_lamp_is_bright(pattern, until_ms):
    rendered = list(levels(pattern, until_ms))
    assert rendered[0][0] == 0
    assert rendered[-1][1] == pytest.approx(until_ms)
    for from_ms, to_ms, level in rendered:
        assert brightness_at(pattern, (from_ms + to_ms) / 2) == level
    path = silhouette(pattern, until_ms, 10, 20, 1000, 100)
    assert path.startswith("M10 120V")
    drawn: list[object] = [(120 - float(y), float(x) - 10) for y, x in re.findall(r"V([\d.]+)H([\d.]+)", path)]
    assert drawn == [
        (pytest.approx(100 * level, abs=0.01), pytest.approx(1000 * to_ms / until_ms, abs=0.01))
        for _, to_ms, level in rendered
    ]


def test_every_state_and_fault_is_in_both_pictures():
    for svg in (lamps_svg(), card_svg(Enclosure())):
        words = words_of(svg)
        for row in table.STATES:
            assert any(text.split(",")[0] == row.name for text in words), row.name
        assert {state.value for state in TransportState} <= {row.name for row in table.STATES}
        assert {fault.code for fault in Fault} <= set(words)
        assert ET.fromstring(svg).get("role") == "img"
        assert ET.fromstring(svg).findtext(f"{SVG}title")
        assert ET.fromstring(svg).findtext(f"{SVG}desc")


def test_each_lamp_of_the_picture_glows_in_its_own_rhythm():
    svg = lamps_svg()
    glowing = [
        lit.attrib["class"].split()[1] for lit in ET.fromstring(svg).iter(f"{SVG}g") if "lit" in lit.attrib["class"]
    ]
    rows: list[table.StateRow | table.FaultRow] = [*table.STATES, *table.FAULTS]
    assert len(set(glowing)) == len(glowing) == len(rows)
    for name, row in zip(glowing, rows, strict=True):
        assert keyframes(name, row.pattern) in svg


def test_the_picture_flashes_no_faster_than_is_safe():
    """WCAG 2.2, 2.3.1: three flashes a second, or an area below 21824 CSS pixels (a quarter of 341 x 256)."""
    rows: list[table.StateRow | table.FaultRow] = [*table.STATES, *table.FAULTS]
    for row in rows:
        assert flashes_per_second(animation(keyframes("x", row.pattern))) <= MAX_FLASH_HZ, row
    assert len(rows) * 3.15 * GLOW_RADIUS**2 < 21824


def test_who_wants_little_motion_gets_the_strips_alone():
    moving = re.search(r"@media \(prefers-reduced-motion:no-preference\){(.*)}\n", lamps_svg(), re.DOTALL)
    assert moving is not None
    assert ".lamp{display:inline}" in moving[1]
    still = lamps_svg().replace(moving[0], "")
    assert ".lamp{display:none}" in still
    assert "animation" not in still
    assert "@keyframes" not in still


@pytest.mark.parametrize("enclosure", ENCLOSURES, ids=lambda one: one.name[:13])
def test_the_card_is_black_and_white_but_for_colours_of_the_lamp_and_has_its_size_in_millimetres(enclosure):
    svg = card_svg(enclosure)
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("148mm", "105mm") == (f"{2 * SIDE_MM[0]}mm", f"{SIDE_MM[1]}mm")
    assert root.get("viewBox") == "0 0 1480 1050"
    paints = {part.get(key) for part in root.iter() for key in ("fill", "stroke")} - {None}
    assert paints >= {"#000", "#fff"}
    assert (paints == {"#000", "#fff"}) != enclosure.has_color
    assert set(re.findall(r"#\w+|rgb|hsl|opacity|animation", svg)) == paints


def test_the_card_tells_of_this_box():
    everything = words_of(card_svg(Enclosure("Hall")))
    assert everything[0] == "Hall"
    assert {"The button", "The microphone lamp", "What is wrong"} <= set(everything)
    assert set(table.MICROPHONE_LAMP.values()) <= set(everything)
    assert "The microphone lamp" not in words_of(card_svg(Enclosure(microphone_lamp=False)))
    without = words_of(card_svg(Enclosure(status_lamp=False)))
    assert without == [text for text in words_of(card_svg(Enclosure())) if text in without]
    assert "What is wrong" not in without
    assert "ready" not in without


@pytest.mark.parametrize("has_red", [True, False])
def test_a_lamp_with_colour_is_drawn_and_named_so(has_red):
    svg = card_svg(Enclosure(has_color=True, has_red=has_red))
    assert f"ready, muted, {'amber' if has_red else 'blue'}" in words_of(svg)
    assert "ready, green" in words_of(svg)
    assert {"#00cc29", "#0033cc", "#00a3a3"} <= set(re.findall(r"#[0-9a-f]{6}", svg))
    assert ("#cc5c00" in svg) == has_red


def test_a_lamp_that_can_only_be_on_or_off_is_drawn_so():
    heights = {
        float(y)
        for path in ET.fromstring(card_svg(Enclosure(dimmable=False))).iter(f"{SVG}path")
        if path.get("fill")
        for y in re.findall(r"V([\d.]+)", path.attrib["d"])
    }
    strips = len(table.STATES) + len(table.FAULTS)
    assert len(heights) == 2 * strips - 1  # foot and head of each strip; the one of `disconnected` has no head


@given(patterns)
def test_switched_is_lit_from_half_brightness_up(pattern):
    rendered = switched(pattern)
    assert [step.brightness for step in rendered.steps] == [float(step.brightness >= 0.5) for step in pattern.steps]
    assert replace(rendered, steps=pattern.steps) == pattern


def test_the_presses_are_those_with_an_action():
    press = gesture_actions.GestureAction.CALL_OR_HANG_UP  # by default
    events = {
        state: call_control.CallEvent.CALL_ORDERED
        if gesture_actions.effect_of(press, state) is gesture_actions.GestureCommand.CALL
        else call_control.CallEvent.HANG_UP_ORDERED
        for state in call_control.CallState
    }
    actions = {state: call_control.transition(state, event).action for state, event in events.items()}
    assert set(table.PRESSES) == {state for state, action in actions.items() if action}
    for state, (_, does) in table.PRESSES.items():
        assert (does == "calls") == (actions[state] is call_control.CallAction.CONNECT)


@given(st.text(min_size=1, max_size=64))
@example(" " * 64)
@example("\0\x1b\ud800\uffff")
@example("W" * 20)
def test_any_name_makes_a_card_and_a_short_one_is_on_it_whole(name):
    svg = card_svg(Enclosure(name))
    svg.encode()
    words = words_of(svg)
    rendered = " ".join(words[: words.index("The button")])
    if len(name) <= 20:
        assert rendered == (" ".join(printable(name).split()) or "Callbox")
    else:
        assert rendered.startswith(printable(name).split()[:1][0][:10] if printable(name).split() else "Callbox")


@given(st.text(max_size=64), st.floats(100, 1000), st.floats(5, 30))
def test_what_is_fitted_fits(words, width, smallest):
    rendered, font = fit(words, Font(60, bold=True), width, smallest)
    assert font.width(rendered) <= width * 1.001
    assert smallest <= font.size <= 60
    assert rendered == words or (rendered.endswith("…") and font.size == smallest)
