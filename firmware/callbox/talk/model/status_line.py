"""Status line of a call: meters of both directions, and the caption or the line that is typed. Pure."""

import math
from unicodedata import category, east_asian_width

METER_CELLS = 10
QUIETEST_DBFS = -50.0
"""Level of an empty meter; full scale fills it."""


def meter(level: float) -> str:
    """Bar of `level`, a peak from 0.0 to 1.0 of full scale, in decibels."""
    dbfs = 20 * math.log10(level) if level > 0 else QUIETEST_DBFS
    cells = round(METER_CELLS * (1 - dbfs / QUIETEST_DBFS))
    return ("#" * max(0, min(METER_CELLS, cells))).ljust(METER_CELLS, ".")


def status_line(microphone: float | None, bot: float, *, caption: str, line: str | None, columns: int) -> str:
    """The line, of at most `columns` - 1 cells, so that no terminal wraps it. `microphone` None: muted."""
    head = f"you {meter(microphone) if microphone is not None else '  muted   '}  bot {meter(bot)}  "
    rest = f"text> {line}" if line is not None else caption
    room = columns - 1 - len(head)
    return head + _end(rest, room) if room > 0 else head[: max(0, columns - 1)]


def _end(text: str, cells: int) -> str:
    """As much of the end of `text` as fits into `cells`."""
    begin = len(text)
    while begin and (cells := cells - _cells(text[begin - 1])) >= 0:
        begin -= 1
    return text[begin:]


def _cells(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):  # is drawn over the one before it, or not at all
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
