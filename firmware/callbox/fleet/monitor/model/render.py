"""A row of the table: for scripts as JSON, for people as a line. Pure; what boxes wrote has been made safe before."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from callbox.fleet.monitor.model.box_state import BoxState, Presence
from callbox.mqtt.model.payloads import utc

HEADERS = ("box", "status", "state", "for", "mic", "last press", "settings", "health", "wrong")


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box at one moment. What only a box that is there can tell is None of one that is not."""

    box: str
    status: str
    name: str | None
    version: str | None
    transport: str | None
    activity: str | None
    mic_live: bool | None
    mute: bool | None
    problem: str | None
    session: str | None
    since: str | None
    """UTC, when the box became what it is."""
    press: str | None
    press_at: str | None
    """UTC, by our clock."""
    alerts: tuple[dict[str, str | None], ...]
    health: dict[str, Any]
    settings_version: int | None
    """Of the fleet's signed settings."""
    rollout: str | None
    """What became of the last version: trial, accepted, rolled back."""

    @property
    def well(self) -> bool:
        """Whether it is there and nothing is wrong."""
        return self.status == Presence.ONLINE and not self.alerts and self.problem is None

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {**asdict(self), "well": self.well}


def row(box: BoxState, now: datetime) -> BoxRow:
    """Row of `box` at `now`."""
    presence = box.presence(now)
    state = box.state if presence is Presence.ONLINE else {}
    alerts = box.alerts
    return BoxRow(
        box=box.device_id,
        status=presence.value,
        name=box.info.get("name"),
        version=box.info.get("version"),
        transport=state.get("transport"),
        activity=state.get("activity"),
        mic_live=state.get("mic_live"),
        mute=state.get("mute"),
        problem=state.get("problem"),
        session=state.get("session"),
        since=state.get("since"),
        press=box.press,
        press_at=utc(box.press_at) if box.press_at else None,
        alerts=tuple({"code": code, **alerts[code]} for code in sorted(alerts)),
        health=box.health,
        settings_version=state.get("settings_version"),
        rollout=state.get("rollout"),
    )


def cells(row: BoxRow, now: datetime) -> tuple[str, ...]:
    """One text for each of `HEADERS`."""
    activity = f"{row.activity} ({row.transport})" if row.activity else ""
    press = f"{row.press} {_age(row.press_at, now)} ago" if row.press else ""
    microphone = {None: "", True: "LIVE", False: "closed"}[row.mic_live]
    who = f"{row.box} ({row.name})" if row.name else row.box
    return who, row.status, activity, _age(row.since, now), microphone, press, settings(row), health(row), problems(row)


def table_cells(rows: Iterable[BoxRow], now: datetime) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads, and the cells of each row; those of signed settings only if some box has any."""
    lines = [cells(row, now) for row in rows]
    kept = [place for place, head in enumerate(HEADERS) if head != "settings" or any(line[place] for line in lines)]
    heads, *rest = [tuple(line[place] for place in kept) for line in (HEADERS, *lines)]
    return heads, rest


def settings(row: BoxRow) -> str:
    """Version of the fleet's signed settings, and what became of the last one, unless it is accepted."""
    version = "" if row.settings_version is None else str(row.settings_version)
    return version if row.rollout in (None, "accepted") else f"{version} ({row.rollout})".strip()


def health(row: BoxRow) -> str:
    """The machine in a few words."""
    measured = row.health
    units = (("cpu_percent", "% cpu"), ("memory_mb", "MB"), ("temperature_c", "°C"), ("wifi_dbm", "dBm"))
    parts = [f"{measured[key]:g} {unit}" for key, unit in units if measured.get(key) is not None]
    return ", ".join([*parts, *measured.get("throttled", ())])


def problems(row: BoxRow) -> str:
    """Problems of a box, in its words."""
    parts = [f"{alert['code']}: {alert['text']}" if alert["text"] else str(alert["code"]) for alert in row.alerts]
    codes = {alert["code"] for alert in row.alerts}
    return "; ".join([*parts, *([row.problem] if row.problem and row.problem not in codes else [])])


def line(row: BoxRow, now: datetime) -> str:
    """One line for a terminal that can't draw."""
    parts = cells(row, now)
    named = [f"{head} {part}" for head, part in zip(HEADERS[4:], parts[4:], strict=True) if part]
    return "; ".join([f"{parts[0]}: {parts[1]}", *(part for part in parts[2:3] if part), *named])


def table(rows: Sequence[BoxRow], now: datetime) -> str:
    """All rows with their heads, in columns of plain text."""
    heads, cells_of_rows = table_cells(rows, now)
    lines = [heads, *cells_of_rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_columns(line, widths) for line in lines)


def count(rows: Iterable[BoxRow]) -> str:
    """Number of boxes of each kind."""
    rows = list(rows)
    kinds = [(kind, sum(row.status == kind for row in rows)) for kind in Presence]
    parts = [f"{number} {kind}" for kind, number in kinds if number]
    live, wrongs = sum(row.mic_live is True for row in rows), sum(bool(problems(row)) for row in rows)
    return ", ".join([f"{len(rows)} boxes", *parts, f"{live} microphones live", f"{wrongs} with something wrong"])


def _columns(line: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _age(moment: str | None, now: datetime) -> str:
    try:
        then = datetime.fromisoformat(moment or "")
        seconds = int((now - then.replace(tzinfo=then.tzinfo or UTC)).total_seconds())
    except (ValueError, OverflowError):
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{max(0, seconds)} s"
