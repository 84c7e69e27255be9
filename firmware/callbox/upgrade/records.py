"""Records of an upgrade: of the gate, and of the box's health for the gate. Pure."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callbox.control.rollout import Rollout, RolloutState
from callbox.text import one_line, parse_json

FOLDER = Path("/var/lib/callbox-upgrade")
"""Of the gate; root's, read by the box."""
RECORD = "rollout.json"
"""A `Record`, in `FOLDER`."""
HEALTH = "health.json"
"""A `HealthReport`, in the service's runtime folder; it is gone with the service."""
MAX_REPORT_BYTES = 4096
_VERSION = re.compile(r"[0-9A-Za-z.+~:-]{1,200}")
"""What dpkg takes for a version, and more."""
_PIN = """\
Explanation: callbox-upgrade.service went back from it.
Package: callbox
Pin: version {version}
Pin-Priority: -1
"""
_CODE = re.compile(r"[a-z_]{1,64}")


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Report of a box on its own health. Its writer is a user with fewer rights than its reader."""

    version: str
    """Of the program that writes it."""
    healthy_for_s: int
    give_up_after_s: int
    """Of the settings, for the next trial."""
    problem: str | None = None
    broker: bool | None = None
    bot: bool | None = None
    """As of `callbox.control.rollout.Readings`."""

    def __bytes__(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def parse(content: bytes) -> "HealthReport":
        """Raises ValueError for anything but a report, with the first thing that is wrong."""
        fields = _fields(parse_json(content, MAX_REPORT_BYTES))
        report = HealthReport(
            _text(fields, "version", _VERSION),
            *_times(fields),
            None if fields.get("problem") is None else _text(fields, "problem", _CODE),
            _flag(fields, "broker"),
            _flag(fields, "bot"),
        )
        if report.healthy_for_s >= report.give_up_after_s:
            raise ValueError("healthy_for_s is not below give_up_after_s")
        return report


@dataclass(frozen=True, slots=True)
class Record:
    """Record of the last upgrade."""

    rollout: Rollout[str] = Rollout()  # noqa: RUF009 - frozen
    healthy_for_s: int = 600
    give_up_after_s: int = 3600
    refused: tuple[str, ...] = ()
    """Versions that were given up since one was accepted; apt is told not to take them."""

    def __bytes__(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @staticmethod
    def parse(content: bytes) -> "Record":
        """Raises ValueError for anything but a record."""
        fields = _fields(parse_json(content))
        inner = _fields(fields.get("rollout"))
        version, previous, highest = (
            None if inner.get(name) is None else _text(inner, name, _VERSION)
            for name in ("version", "previous", "highest")
        )
        rollout = Rollout(
            RolloutState(str(inner.get("state"))),
            version,
            previous,
            highest,
            _whole(inner, "starts", 0, 1000),
            tuple(one_line(code) for code in _list(inner, "known")),
            one_line(inner.get("reason", "")),
        )
        return Record(rollout, *_times(fields), tuple(map(str, _list(fields, "refused"))))

    @property
    def pin(self) -> str:
        """File for /etc/apt/preferences.d, by which apt takes none of the refused versions."""
        return "\n".join(_PIN.format(version=version) for version in self.refused)


def _fields(value: Any) -> dict[str, Any]:
    match value:
        case dict():
            return value
        case _:
            raise ValueError("no JSON object")


def _text(fields: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{name} is {one_line(value, 50)}")
    return value


def _whole(fields: dict[str, Any], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name} is {one_line(value, 50)}, not {least} to {most}")
    return value


def _times(fields: dict[str, Any]) -> tuple[int, int]:
    """`healthy_for_s` and `give_up_after_s`, within the limits of the settings."""
    return _whole(fields, "healthy_for_s", 5, 86400), _whole(fields, "give_up_after_s", 10, 604800)


def _flag(fields: dict[str, Any], name: str) -> bool | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name} is {one_line(value, 50)}, not true, false or null")
    return value


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    match fields.get(name, []):
        case list() as value:
            return value
        case value:
            raise ValueError(f"{name} is {one_line(value, 50)}, not a list")
