"""The legend card of a box: what button and lamps mean, to be printed, folded and kept at the enclosure. Pure.

An A6 sheet, black on white, folded in the middle to A7: in front what the box does, at the back what is wrong.
"""

from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from callbox.legend.gestures import GestureRow
from callbox.legend.svg import SANS, Font, fit, picture, plain, printable, put, serialize, silhouette, write
from callbox.legend.table import DRAWN_MS, FAULTS, MICROPHONE_LAMP, PRESSES, STATES, color_name
from callbox_device.model.led_patterns import LedPattern, switched

SIDE_MM = (74, 105)
"""Width and height of a side; the sheet is two of them wide."""
_W, _H, _MARGIN = 740, 1050, 48  # in tenths of a millimetre, as everything below
_WIDTH = _W - 2 * _MARGIN
_NAME, _TITLE, _COUNT = Font(60, bold=True), Font(27, bold=True), Font(58, bold=True)
_LONG_NAME = Font(30, bold=True)
"""Of a name that is set in two lines."""
_TEXT, _STRONG, _CODE = Font(23), Font(23, bold=True), Font(17.5, mono=True)
_SMALLEST, _LINE = 20.0, 26.0
_STRIP, _STRIP_HEIGHT, _MIDDLE = 160, 26, 330  # of a state; where a second column begins
_FULL_PITCH = 45  # from a state to the next, in letters of full size
_GESTURES = 240  # where the meanings of gestures begin
_FULL_ROWS = 8  # so many gestures are in letters of full size
_COUNTED_STRIP, _COUNTED_HEIGHT, _INDENT = 330, 22, 70  # of a fault; the words beside its number
_BLACK, _WHITE = "#000", "#fff"
_ON_PAPER = 0.8
"""Brightness of a colour that is printed."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Parts of a box's enclosure that the card explains."""

    name: str = "Callbox"
    """The name that people see."""
    status_lamp: bool = True
    microphone_lamp: bool = True
    dimmable: bool = True
    """Whether the status lamp glows by degrees; otherwise it is drawn as it is then: lit or dark."""
    has_color: bool = False
    """Whether the status lamp has colour: it is drawn and named then, as a person may be colour-blind."""
    has_red: bool = True
    """Whether it may be red; False: red is the microphone's."""
    gestures: tuple[GestureRow, ...] = ()
    """What can be done at it; none: one button calls and hangs up."""


def card_svg(enclosure: Enclosure) -> str:
    """The sheet, as a file holds it. Without a status lamp only its front is printed on."""
    width_mm, height_mm = 2 * SIDE_MM[0], SIDE_MM[1]
    svg = picture(
        {"viewBox": f"0 0 {2 * _W} {_H}", "width": f"{width_mm}mm", "height": f"{height_mm}mm"},
        f"Legend card of {enclosure.name}",
        "What a press of the button does and what the lamps show, to be printed and folded.",
        f"text{{font-family:{SANS};fill:{_BLACK}}}@page{{size:{width_mm}mm {height_mm}mm;margin:0}}",
    )
    put(svg, "rect", x=1, y=1, width=2 * _W - 2, height=_H - 2, fill=_WHITE, stroke=_BLACK, stroke_width=2)
    put(svg, "path", d=f"M{_W} 0V{_H}", stroke=_BLACK, stroke_width=2, stroke_dasharray="12 12")
    _front(svg, enclosure)
    if enclosure.status_lamp:
        _back(svg, enclosure)
    return serialize(svg)


def _front(svg: ET.Element, enclosure: Enclosure) -> None:
    side = put(svg, "g", id="front")
    for line, font, y in _name(enclosure.name):
        write(side, line, font, _MARGIN, y)
    y = _title(side, _MARGIN, 134, "Buttons" if enclosure.gestures else "The button")
    column = _GESTURES if enclosure.gestures else _MIDDLE
    presses = [(f"Press {when}", does) for when, does in PRESSES.values()]
    rows = [(_when(row), row.meaning) for row in enclosure.gestures] or presses
    # Where there are many gestures or states, the letters become smaller.
    scale = min(1.0, _FULL_ROWS / len(rows))
    text, strong = replace(_TEXT, size=_TEXT.size * scale), replace(_STRONG, size=_STRONG.size * scale)
    for when, does in rows:
        write(side, *fit(when, text, column - 10, min(_SMALLEST, text.size)), _MARGIN, y)
        write(side, *fit(does, strong, _WIDTH - column, min(_SMALLEST, text.size)), _MARGIN + column, y)
        y += 30 * scale
    if enclosure.microphone_lamp:
        y = _title(side, _MARGIN, y + 21, "The microphone lamp")
        for x, lit in ((_MARGIN, True), (_MARGIN + _MIDDLE, False)):
            fill = _BLACK if lit else _WHITE
            put(side, "circle", cx=x + 10, cy=y - 8, r=9, fill=fill, stroke=_BLACK, stroke_width=2.5)
            write(side, MICROPHONE_LAMP[lit], _TEXT, x + 32, y)
        y += 30
    if not enclosure.status_lamp:
        return
    y = _title(side, _MARGIN, y + 21, "The status lamp, in 3 seconds") - 12
    pitch = (_H - _MARGIN + 14 - y) / len(STATES)
    scale = min(1.0, pitch / _FULL_PITCH)
    text, code = replace(_TEXT, size=_TEXT.size * scale), replace(_CODE, size=_CODE.size * scale)
    for row in STATES:
        fill = _fill(row.pattern, enclosure)
        _rhythm(side, _drawn(row.pattern, enclosure), DRAWN_MS, _MARGIN, y, _STRIP, _STRIP_HEIGHT * scale, fill)
        x = _MARGIN + _STRIP + 22
        meaning = row.meaning.replace("see below", "see the back")
        write(side, *fit(meaning, text, _WIDTH - _STRIP - 22, min(_SMALLEST, text.size)), x, y + 8 * scale)
        color = color_name(row.pattern, has_red=enclosure.has_red) if enclosure.has_color else ""
        write(side, ", ".join(filter(None, (row.name, row.when, color))), code, x, y + 27 * scale)
        y += pitch


def _when(row: GestureRow) -> str:
    return f"{row.part.removeprefix('button ').capitalize()}: {row.gesture}"


def _back(svg: ET.Element, enclosure: Enclosure) -> None:
    side = put(svg, "g", id="back")
    left = _W + _MARGIN
    y = _title(side, left, 76, "What is wrong")
    write(side, "Press to try again.", _STRONG, left + _WIDTH, y - 34, text_anchor="end")
    write(side, "Three quick blinks, then the lamp counts:", _TEXT, left, y)
    y += 26
    longest_ms = max(row.pattern.length_ms for row in FAULTS)
    width = _WIDTH - _INDENT
    rows = [(row, _STRONG.wrap(row.what, width), _TEXT.wrap(plain(row.cure), width)) for row in FAULTS]
    lines = sum(len(what) + len(cure) for _, what, cure in rows)
    gap = (_H - _MARGIN + 6 - y - _LINE * lines - (_COUNTED_HEIGHT + 7) * len(rows)) / (len(rows) - 1)
    for row, what, cure in rows:
        write(side, str(row.fault.value), _COUNT, left, y + 42)
        drawn = LedPattern(_drawn(row.pattern, enclosure).steps, repeat=False)
        fill = _fill(row.pattern, enclosure)
        _rhythm(side, drawn, longest_ms, left + _INDENT, y, _COUNTED_STRIP, _COUNTED_HEIGHT, fill)
        write(side, row.fault.code, _CODE, left + _WIDTH, y + 17, text_anchor="end")
        y += _COUNTED_HEIGHT + 7
        for line, font in [*((line, _STRONG) for line in what), *((line, _TEXT) for line in cure)]:
            y += _LINE
            write(side, line, font, left + _INDENT, y - 7)
        y += gap


def _title(side: ET.Element, x: float, y: float, words: str) -> float:
    """A heading under a rule; returns where the first line of text stands."""
    put(side, "path", d=f"M{x} {y - 26}h{_WIDTH}", stroke=_BLACK, stroke_width=2.5)
    write(side, words, _TITLE, x, y + 4)
    return y + 38


def _rhythm(
    side: ET.Element, pattern: LedPattern, drawn_ms: float, x: float, y: float, width: float, height: float, fill: str
) -> None:
    """Brightness over time, on a line that is there in the dark too."""
    put(side, "path", d=silhouette(pattern, drawn_ms, x, y, width, height), fill=fill)
    put(side, "path", d=f"M{x} {y + height:.2f}h{width}", stroke=_BLACK, stroke_width=2)


def _fill(pattern: LedPattern, enclosure: Enclosure) -> str:
    """Colour of a strip, dark enough for white paper."""
    if not enclosure.has_color or pattern.hue.color == (1.0, 1.0, 1.0):
        return _BLACK
    color = pattern.hue.color if enclosure.has_red else pattern.hue.without_red
    return "#" + "".join(f"{round(255 * _ON_PAPER * share):02x}" for share in color)


def _drawn(pattern: LedPattern, enclosure: Enclosure) -> LedPattern:
    return pattern if enclosure.dimmable else switched(pattern)


def _name(name: str) -> list[tuple[str, Font, float]]:
    """The box's name on one line, or on two, each with its font and its baseline."""
    name = " ".join(printable(name).split()) or Enclosure().name
    line, font = fit(name, _NAME, _WIDTH, _LONG_NAME.size)
    if line == name:
        return [(line, font, 92)]
    first, *more = _LONG_NAME.wrap(name, _WIDTH)
    lines = [first, " ".join(more)] if more else [first]
    return [
        (*fit(line, _LONG_NAME, _WIDTH, _SMALLEST), 92 - 36 * (len(lines) - 1 - at)) for at, line in enumerate(lines)
    ]
