"""The table of boxes as a Rich renderable. Pure; texts are never markup."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from callbox.fleet.monitor.model.box_state import Presence
from callbox.fleet.monitor.model.render import BoxRow, count, table_cells

_COLOURS = {Presence.ONLINE: "green", Presence.OFFLINE: "red", Presence.SILENT: "yellow", Presence.UNKNOWN: "dim"}


def render_table(rows: Sequence[BoxRow], now: datetime, height: int | None = None, note: str = "") -> RenderableType:
    """All of `rows`, or those that fit into `height` lines: first what is not well. `note`: about the broker."""
    fits = len(rows) if height is None else max(1, height - 6)
    first = rows if len(rows) <= fits else sorted(rows, key=lambda row: row.well)[:fits]
    heads, lines = table_cells(first, now)
    table = Table(*heads, expand=True, header_style="bold")
    for row, cells in zip(first, lines, strict=True):
        table.add_row(*(_styled(head, cell, row) for head, cell in zip(heads, cells, strict=True)))
    rest = f" ({len(rows) - len(first)} not shown)" if len(first) < len(rows) else ""
    return Group(table, Text(count(rows) + rest, style="dim"), Text(note, style="bold red"))


def _styled(head: str, cell: str, row: BoxRow) -> Text:
    style = ""
    if head == "status":
        style = _COLOURS[Presence(row.status)]
    elif head == "mic" and row.mic_live:
        style = "bold red"
    elif head == "wrong":
        style = "red"
    return Text(cell, style=style, overflow="ellipsis", no_wrap=head != "wrong")
