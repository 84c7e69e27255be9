"""docs/lamps.svg: every rhythm of the status lamp, glowing at its true pace beside a still drawing of it. Pure.

A picture in a page can't know the page's theme for sure, only the reader's: it brings its own ground for both. Whoever
wants little motion gets the still drawings alone.
"""

from dataclasses import replace
from math import ceil
from xml.etree import ElementTree as ET

from callbox.legend.svg import Font, number, picture, plain, put, serialize, silhouette, write
from callbox.legend.table import DRAWN_MS, FAULTS, STATES
from callbox_device.model.led_patterns import LedPattern, PatternStep

WIDTH = 940
GLOW_RADIUS = 13.0
_MARGIN, _LAMP_X, _NAME_X, _STRIP_X, _WORDS_X = 14, 43, 82, 262, 580
_STRIP_WIDTH, _STRIP_HEIGHT = 292, 22
_WORDS_WIDTH = WIDTH - _WORDS_X - _MARGIN - 10
_NAME, _WHEN, _WORDS, _TITLE, _TICK = Font(13.5, mono=True), Font(12.5), Font(13), Font(15, bold=True), Font(10.5)
_LINE = 17.0
_PAUSE_MS = 1000
"""At least so long a rhythm that comes once is dark before the picture shows it again."""

_COLOURS = """\
svg{--ground:#fff;--edge:#d1d9e0;--text:#1f2328;--soft:#59636e;--track:#eff2f5;--rhythm:#c77700}
@media (prefers-color-scheme:dark){
svg{--ground:#0d1117;--edge:#3d444d;--text:#f0f6fc;--soft:#9ea7b3;--track:#212830;--rhythm:#f2b134}}
text{fill:var(--text);font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}
.soft{fill:var(--soft)}.ground{fill:var(--ground);stroke:var(--edge)}.track{fill:var(--track)}
.rhythm{fill:var(--rhythm)}.again{opacity:.28}.rule{stroke:var(--edge)}.second{stroke:var(--edge)}
.plate{fill:#1a1d21;stroke:var(--edge)}.bezel{fill:#30363d;stroke:#4b535d}.glow{fill:url(#glow)}.lens{fill:url(#lens)}
.lamp{display:none}.lit{opacity:0}
"""


def keyframes(name: str, pattern: LedPattern) -> str:
    """CSS that lets `.name` have the opacity of `pattern`, step for step at its true times, again and again."""
    steps = list(pattern.steps)
    if not pattern.repeat:
        steps.append(PatternStep(0.0, max(DRAWN_MS - pattern.length_ms, _PAUSE_MS)))
    if len({step.brightness for step in steps}) == 1:
        return f".{name}{{opacity:{_exact(steps[0].brightness)}}}\n"
    round_ms = sum(step.duration_ms for step in steps)
    frames, at_ms = [], 0.0
    for step in steps:
        frames.append(f"{_exact(100 * at_ms / round_ms)}%{{opacity:{_exact(step.brightness)}}}")
        at_ms += step.duration_ms
    moves = f".{name}{{animation:{name} {_exact(round_ms)}ms step-end infinite}}"
    return f"@keyframes {name}{{{''.join(frames)}}}\n{moves}\n"


def lamps_svg() -> str:
    """The picture, as a file holds it."""
    rhythms = [(f"s{place}", row.pattern) for place, row in enumerate(STATES)]
    rhythms += [(f"f{row.fault.value}", row.pattern) for row in FAULTS]
    glowing = "".join(keyframes(name, pattern) for name, pattern in rhythms)
    texts = [f"{row.name}{', ' * bool(row.when)}{row.when}: {row.meaning}." for row in STATES]
    texts += [f"{row.fault.value} blinks, {row.fault.code}: {row.what}: {plain(row.cure)}." for row in FAULTS]
    svg = picture(
        {},
        "The rhythms of the status lamp",
        " ".join(texts),
        f"{_COLOURS}@media (prefers-reduced-motion:no-preference){{\n.lamp{{display:inline}}\n{glowing}}}\n",
    )
    _light(svg)
    ground = put(svg, "rect", x=0.5, y=0.5, width=WIDTH - 1, rx=8, class_="ground")
    y = _head(svg, 16, "The status lamp", DRAWN_MS)
    top = y
    plate = put(svg, "rect", x=_LAMP_X - 22, y=y, width=44, rx=10, class_="plate lamp")
    for place, row in enumerate(STATES):
        y = _row(svg, y, f"s{place}", (row.name, row.when), row.pattern, DRAWN_MS, [(row.meaning, "")])
    plate.set("height", number(y - top))
    longest_ms = max(row.pattern.length_ms for row in FAULTS)
    y = top = _head(svg, y + 14, "What is wrong", longest_ms)
    plate = put(svg, "rect", x=_LAMP_X - 22, y=y, width=44, rx=10, class_="plate lamp")
    for fault in FAULTS:
        blinks = f"{fault.fault.value} blink{'s' * (fault.fault.value > 1)}"
        words = [(fault.what, ""), (fault.cure, "soft")]
        y = _row(svg, y, f"f{fault.fault.value}", (fault.fault.code, blinks), fault.pattern, longest_ms, words, True)
    plate.set("height", number(y - top))
    height = y + _MARGIN
    ground.set("height", number(height - 1))
    svg.attrib |= {"viewBox": f"0 0 {WIDTH} {number(height)}", "width": str(WIDTH), "height": number(height)}
    return serialize(svg)


def _light(svg: ET.Element) -> None:
    """What a lit lamp looks like."""
    defs = put(svg, "defs")
    for name, stops in {
        "glow": (("0.45", "#ffb224", "0.75"), ("1", "#ffb224", "0")),
        "lens": (("0", "#fff6dc", "1"), ("0.5", "#ffd15c", "1"), ("1", "#ff9d0a", "1")),
    }.items():
        gradient = put(defs, "radialGradient", id=name)
        for offset, colour, opacity in stops:
            put(gradient, "stop", offset=offset, stop_color=colour, stop_opacity=opacity)


def _head(svg: ET.Element, y: float, title: str, displayed_ms: float) -> float:
    """A section's title, and the seconds over its strips; returns where its rows begin."""
    write(svg, title, _TITLE, _MARGIN + 8, y + 18)
    for second in range(int(displayed_ms // 1000) + 1):
        x = _STRIP_X + _STRIP_WIDTH * second * 1000 / displayed_ms
        unit = " s" if second == displayed_ms // 1000 else ""
        write(svg, f"{second}{unit}", _TICK, x, y + 18, class_="soft", text_anchor="middle")
    return y + 28


def _row(
    svg: ET.Element,
    y: float,
    key: str,
    names: tuple[str, str],
    pattern: LedPattern,
    displayed_ms: float,
    words: list[tuple[str, str]],
    counted: bool = False,
) -> float:
    """One rhythm; returns where the next begins.

    `key`: the class that glows. `words`: texts, each with its class. `counted`: only the first round is to be read.
    """
    lines = [(line, look) for text, look in words for line in _WORDS.wrap(plain(text), _WORDS_WIDTH)]
    height = max(38.0, len(lines) * _LINE + 10)
    middle = y + height / 2
    put(svg, "path", d=f"M{_NAME_X} {number(y + height - 0.5)}H{WIDTH - _MARGIN - 8}", class_="rule")
    lamp = put(svg, "g", class_="lamp")
    put(lamp, "circle", cx=_LAMP_X, cy=middle, r=7.5, class_="bezel")
    lit = put(lamp, "g", class_=f"lit {key}")
    put(lit, "circle", cx=_LAMP_X, cy=middle, r=GLOW_RADIUS, class_="glow")
    put(lit, "circle", cx=_LAMP_X, cy=middle, r=6.5, class_="lens")
    name, when = names
    write(svg, name, _NAME, _NAME_X, middle + (-2.5 if when else 4.5))
    if when:
        write(svg, when, _WHEN, _NAME_X, middle + 13, class_="soft")
    strip = (_STRIP_X, middle - _STRIP_HEIGHT / 2, _STRIP_WIDTH, _STRIP_HEIGHT)
    put(svg, "rect", x=strip[0], y=strip[1], width=strip[2], height=strip[3], rx=2, class_="track")
    seconds = (_STRIP_X + _STRIP_WIDTH * second * 1000 / displayed_ms for second in range(1, ceil(displayed_ms / 1000)))
    put(svg, "path", d="".join(f"M{number(x)} {number(strip[1])}v{_STRIP_HEIGHT}" for x in seconds), class_="second")
    if counted:
        put(svg, "path", d=silhouette(pattern, displayed_ms, *strip), class_="rhythm again")
        pattern = replace(pattern, repeat=False)
    put(svg, "path", d=silhouette(pattern, displayed_ms, *strip), class_="rhythm")
    for place, (line, look) in enumerate(lines):
        base = middle + 4.5 + (place - (len(lines) - 1) / 2) * _LINE
        write(svg, line, _WORDS, _WORDS_X, base, **({"class_": look} if look else {}))
    return y + height


def _exact(value: float) -> str:
    """To nine digits, which is a thousandth of a microsecond in any round of ours."""
    return f"{value:.9g}"
