"""The pictures in a real Chromium, and the card from the command line."""

import html
import json
import re
import shutil
import subprocess
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from docs.generate.lamps_svg import lamps_svg

from callbox.cli import main
from callbox.legend import table
from callbox.legend.card import Enclosure, card_svg
from callbox.legend.svg import Font
from callbox_device.model.led_patterns import LedPattern

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_chromium = pytest.mark.chromium
MEASURE = """
const box = shape => { const {x, y, width, height} = shape.getBBox(); return {x, y, width, height}; };
const seen = {
  texts: [...document.querySelectorAll("text")].map(one => ({
    words: one.textContent, ...box(one), font: {
      size: Number(one.getAttribute("font-size")), bold: one.hasAttribute("font-weight"), mono: one.hasAttribute("style"),
    },
  })),
  strips: [...document.querySelectorAll("path.rhythm, path[fill]")].map(box),
  lamps: [...document.querySelectorAll(".lamp")].map(one => getComputedStyle(one).display),
  ground: [...document.querySelectorAll(".ground")].map(one => getComputedStyle(one).fill),
  moves: document.getAnimations().map(one => {
    const {duration, iterations} = one.effect.getComputedTiming();
    const keys = one.effect.getKeyframes().map(key => [key.offset * duration, Number(key.opacity), key.easing]);
    return {name: one.animationName, duration, forever: iterations === Infinity, keys};
  }),
};
const out = document.createElement("pre");
out.id = "seen";
out.textContent = JSON.stringify(seen);
document.body.append(out);
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What Chromium makes of a picture."""

    def look(svg: str, *flags: str) -> dict:
        folder = tmp_path_factory.mktemp("chromium")
        page = folder / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><body>{svg}<script>{MEASURE}</script>")
        basics = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
        arguments = [CHROMIUM, *basics, *flags, "--dump-dom", page.as_uri()]
        dom = subprocess.run(arguments, capture_output=True, text=True, timeout=100, check=True).stdout
        found = re.search(r'<pre id="seen">(.*?)</pre>', dom, re.DOTALL)
        assert found, dom
        picture: dict = json.loads(html.unescape(found[1]))
        return picture

    return look


def inside(text, x, y, width, height):
    return (
        x <= text["x"]
        and text["x"] + text["width"] <= x + width
        and y <= text["y"]
        and text["y"] + text["height"] <= y + height
    )


def touch(one, other):
    """Whether two boxes meet. Of a box of letters its upper and lower sixth is air."""
    air = one["height"] / 6
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] + air < other["y"] + other["height"]
        and other["y"] + other["height"] / 6 < one["y"] + one["height"] - air
    )


def assert_readable(picture):
    for one, other in combinations(picture["texts"], 2):
        assert not touch(one, other), (one["words"], other["words"])
    for text in picture["texts"]:
        # Chromium rounds what it measures to whole pixels.
        assert text["width"] < Font(**text["font"]).width(text["words"]) + 1, text
        assert not any(touch(text, strip) for strip in picture["strips"]), text


@in_chromium
def test_chromium_lets_each_lamp_glow_step_for_step(seen):
    displayed = seen(lamps_svg())
    assert_readable(displayed)
    _, _, width, height = map(float, ET.fromstring(lamps_svg()).attrib["viewBox"].split())
    assert all(inside(text, 10, 0, width - 20, height) for text in displayed["texts"])
    assert set(displayed["lamps"]) == {"inline"}
    rows = {f"s{place}": row.pattern for place, row in enumerate(table.STATES)}
    rows |= {f"f{row.fault.value}": row.pattern for row in table.FAULTS}
    moves = {move["name"]: move for move in displayed["moves"]}
    steady = {name for name, pattern in rows.items() if len(pattern.steps) == 1}
    assert set(moves) == set(rows) - steady
    for name, move in moves.items():
        assert_same_rhythm(move, rows[name])


def assert_same_rhythm(move: dict, pattern: LedPattern) -> None:
    at_ms, wanted = 0.0, []
    for step in pattern.steps:
        wanted.append((at_ms, step.brightness))
        at_ms += step.duration_ms
    if not pattern.repeat:
        wanted.append((at_ms, 0.0))  # dark for the rest of the round
        at_ms = table.DRAWN_MS
    *keys, last = move["keys"]  # the last is Chromium's own, at the end of the round
    assert [at for at, _, _ in keys] == pytest.approx([at for at, _ in wanted], abs=0.01)
    assert [level for _, level, _ in keys] == pytest.approx([level for _, level in wanted])
    assert {easing for *_, easing in keys} <= {"steps(1)", "steps(1, end)"}
    assert last[0] == pytest.approx(move["duration"]) == pytest.approx(at_ms)
    assert move["forever"]


@in_chromium
def test_chromium_stands_still_for_those_who_want_little_motion_and_is_dark_in_the_dark(seen):
    light = seen(lamps_svg(), "--force-prefers-reduced-motion")
    assert (light["moves"], set(light["lamps"])) == ([], {"none"})
    dark = seen(lamps_svg(), "--blink-settings=preferredColorScheme=0")
    assert (light["ground"], dark["ground"]) == (["rgb(255, 255, 255)"], ["rgb(13, 17, 23)"])


@in_chromium
@pytest.mark.parametrize(
    "name", ["Callbox", "The telephone in the hall of the old people's home at the lake 1", "W" * 64]
)
def test_chromium_shows_a_card_on_which_everything_has_its_place(seen, name):
    displayed = seen(card_svg(Enclosure(name)))
    assert_readable(displayed)
    sides = [(40, 20, 660, 1000), (780, 20, 660, 1000)]
    for text in displayed["texts"]:
        assert any(inside(text, *side) for side in sides), text


CONFIG = """\
device: {name: "Hall <1> & co"}
bot: {start_url: "http://192.168.1.20:7860/start"}
board:
  kind: simulated
  lamps: {microphone: null, status: {pin: 22, dimmable: false}}
"""


def test_explain_writes_the_card_of_this_box(tmp_path, capsysbinary):
    config, file = tmp_path / "callbox.yaml", tmp_path / "card.svg"
    config.write_text(CONFIG)
    card = card_svg(Enclosure("Hall <1> & co", microphone_lamp=False, dimmable=False)).encode()
    assert main(["explain", "--card", str(file), "--config", str(config)]) == 0
    assert file.read_bytes() == card
    assert b"Hall <1> & co" in capsysbinary.readouterr().out
    assert main(["explain", "--config", str(config), "--card"]) == 0
    assert capsysbinary.readouterr().out == card
    assert main(["explain", "--config", str(config), "--set", "device.name=Attic", "--card"]) == 0
    assert b">Attic</text>" in capsysbinary.readouterr().out


def test_explain_says_what_keeps_it_from_writing_a_card(tmp_path, capsys):
    config = tmp_path / "callbox.yaml"
    assert main(["explain", "--config", str(config), "--card"]) == 78
    assert "there is no such file" in capsys.readouterr().err
    config.write_text(CONFIG)
    missing = tmp_path / "nowhere/card.svg"
    assert main(["explain", "--config", str(config), "--card", str(missing)]) == 74
    assert capsys.readouterr().err.startswith(f"{missing} can't be written: No such file or directory.")
    with pytest.raises(SystemExit) as ended:
        main(["explain", "GPIO-NO-CHIP", "--card", "card.svg"])
    assert ended.value.code == 64
