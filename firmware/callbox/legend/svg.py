"""SVG elements of the two pictures of the lamps: rhythms as shapes, and how wide words are. Pure.

No font is embedded and the viewer's is unknown, so widths are those of DejaVu Sans, rounded up: it is the
widest of the usual ones, and what fits in it fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, groupby
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

from callbox_device.model.led_patterns import LedPattern, PatternStep

SANS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
MONO = "ui-monospace, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace"

_WIDTHS_EM = {
    **dict.fromkeys(" .,:;'|!ijlI", 0.36),
    **dict.fromkeys("frt()[]/-", 0.42),
    **dict.fromkeys("mwMW%@…", 1.0),
}


@dataclass(frozen=True, slots=True)
class Font:
    """Typeface of words."""

    size: float
    """In the picture's units."""
    bold: bool = False
    mono: bool = False

    def width(self, words: str) -> float:
        """Width of `words` at most, in the picture's units."""
        ems = sum(0.61 if self.mono and east_asian_width(char) not in "WF" else _width_em(char) for char in words)
        return ems * self.size * (1.12 if self.bold and not self.mono else 1.0)

    def wrap(self, words: str, width: float) -> list[str]:
        """`words` in lines that fit into `width`; one word that is too long keeps a line of its own."""
        lines: list[str] = []
        for word in words.split():
            if lines and self.width(f"{lines[-1]} {word}") <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines


def fit(words: str, font: Font, width: float, smallest: float) -> tuple[str, Font]:
    """`words` on one line of `width`: set smaller if need be, down to `smallest`, and then cut short."""
    size = min(font.size, max(smallest, font.size * width / max(font.width(words), 1e-9)))
    smaller = Font(size, font.bold, font.mono)
    # Sizes are rounded to print; a hundredth must not cut a word.
    while len(words) > 1 and smaller.width(words) > width * 1.001:
        words = words.removesuffix("…")[:-1].rstrip() + "…"
    return words, smaller


def picture(size: dict[str, str], title: str, desc: str, css: str) -> ET.Element:
    """An empty picture that screen readers read as one, by its title and description."""
    always = {"xmlns": "http://www.w3.org/2000/svg", "lang": "en", "role": "img", "aria-labelledby": "title desc"}
    svg = ET.Element("svg", always | size)
    put(svg, "title", id="title").text = printable(title)
    put(svg, "desc", id="desc").text = printable(desc)
    put(svg, "style").text = css
    return svg


def put(parent: ET.Element, tag: str, **attributes: str | float) -> ET.Element:
    """Add an element. ``class_`` is ``class``; ``stroke_width`` is ``stroke-width``; numbers are rounded to 0.01."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return ET.SubElement(parent, tag, {k: v if isinstance(v, str) else number(v) for k, v in named.items()})


def write(parent: ET.Element, words: str, font: Font, x: float, y: float, **attributes: str) -> None:
    """Put `words` with their baseline at `y`. A style, because an attribute counts less than the picture's CSS."""
    look = {"font_weight": "bold"} if font.bold else {}
    look |= {"style": f"font-family:{MONO}"} if font.mono else {}
    put(parent, "text", x=x, y=y, font_size=font.size, **look, **attributes).text = printable(words)


def serialize(svg: ET.Element) -> str:
    """As a file holds it."""
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def number(value: float) -> str:
    """Rounded to 0.01, without idle zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def printable(words: str) -> str:
    """`words` without what XML 1.0 can't hold: control characters, surrogates, non-characters."""
    return "".join(char for char in words if char.isspace() or char.isprintable()).translate(_BLANKS)


def plain(words: str) -> str:
    """`words` of a Markdown table as plain text."""
    return words.replace("`", "'")


def levels(pattern: LedPattern, until_ms: float) -> Iterator[tuple[float, float, float]]:
    """Brightness of `pattern` over time: from ms, to ms, level; as long stretches as there are."""
    steps = cycle(pattern.steps) if pattern.repeat else chain(pattern.steps, cycle((PatternStep(0.0, until_ms),)))
    from_ms = 0.0
    for level, run in groupby(_cut(steps, until_ms), key=lambda step: step.brightness):
        to_ms = from_ms + sum(step.duration_ms for step in run)
        yield from_ms, to_ms, level
        from_ms = to_ms


def silhouette(pattern: LedPattern, until_ms: float, x: float, y: float, width: float, height: float) -> str:
    """The rhythm as a path: to the right goes time, up goes brightness; `x`, `y` is the upper left corner."""
    base = y + height
    path = [f"M{number(x)} {number(base)}"]
    for _, to_ms, level in levels(pattern, until_ms):
        path.append(f"V{number(base - level * height)}H{number(x + width * to_ms / until_ms)}")
    return "".join(path) + f"V{number(base)}Z"


def _cut(steps: Iterator[PatternStep], until_ms: float) -> Iterator[PatternStep]:
    """`steps`, which never end, as far as `until_ms`."""
    left_ms = until_ms
    for step in steps:  # pragma: no branch — it leaves by the return
        if step.duration_ms >= left_ms:
            yield PatternStep(step.brightness, left_ms)
            return
        yield step
        left_ms -= step.duration_ms


def _width_em(char: str) -> float:
    if east_asian_width(char) in "WF":
        return 1.1
    return _WIDTHS_EM.get(char, 0.79 if char.isupper() else 0.65)


_BLANKS = dict.fromkeys(range(0x20), " ") | {0x85: " ", 0x2028: " ", 0x2029: " "}
