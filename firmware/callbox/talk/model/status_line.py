"""Status line of a call: meters of both directions, and the caption or the line that is typed. Pure."""

import math

METER_CELLS = 10
QUIETEST_DBFS = -50.0
"""Level of an empty meter; full scale fills it."""


def meter(level: float) -> str:
    """Bar of `level`, a peak from 0.0 to 1.0 of full scale, in decibels."""
    dbfs = 20 * math.log10(level) if level > 0 else QUIETEST_DBFS
    cells = round(METER_CELLS * (1 - dbfs / QUIETEST_DBFS))
    return ("#" * max(0, min(METER_CELLS, cells))).ljust(METER_CELLS, ".")


def status_line(microphone: float | None, bot: float, *, caption: str, line: str | None, columns: int) -> str:
    """The line, no longer than `columns` - 1, so that no terminal wraps it. `microphone` None: muted."""
    head = f"you {meter(microphone) if microphone is not None else '  muted   '}  bot {meter(bot)}  "
    rest = f"text> {line}" if line is not None else caption
    room = columns - 1 - len(head)
    return (head + (rest[-room:] if room > 0 else ""))[: max(0, columns - 1)]
