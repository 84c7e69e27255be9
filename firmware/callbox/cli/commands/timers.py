"""``callbox timers``: lists, sets and cancels alarms, timers and reminders of a box, over MQTT."""

import argparse
import functools
import json
import os
import sqlite3
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callbox.cli.common import EX_OK, EX_UNAVAILABLE, EX_USAGE, add_config, at_broker
from callbox.system.files import service_folder

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.mqtt.model.topics import Topics
    from callbox.mqtt.paho_client import Broker

STATE = Path("/var/lib/callbox")
"""Folder of the package's service."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    timers = commands.add_parser("timers", help="list, set and cancel alarms, timers and reminders")
    timers.add_argument("action", nargs="?", choices=("list", "add", "cancel"), default="list")
    timers.add_argument(
        "what",
        nargs="*",
        metavar="WHAT",
        help="add: a time (300 for seconds, 07:00, 2026-12-01T07:00) and perhaps a text; cancel: an id, or all",
    )
    timers.add_argument("--id", default=None, help="add: the same id again takes its place (default: a new one)")
    timers.add_argument("--weekdays", default=None, metavar="DAYS", help="add: such as mon,tue")
    timers.add_argument("--time-zone", default=None, metavar="NAME", help="add: Europe/Berlin … (default: the box's)")
    timers.add_argument("--reminder", action="store_true", help="add: a reminder, not a timer or an alarm")
    timers.add_argument("--json", action="store_true", help="the box's answer as JSON")
    add_config(timers)
    timers.set_defaults(command=_timers)


def _timers(options: argparse.Namespace) -> int:
    command = _command(options)
    if isinstance(command, str):
        print(command, file=sys.stderr)
        return EX_USAGE
    name, fields = command
    code = at_broker(options, functools.partial(_request, name, fields, as_json=options.json))
    return _kept(options) if code and name == "alarms" else code


def _command(options: argparse.Namespace) -> tuple[str, dict[str, Any]] | str:
    """Name and fields of the request; a text: what is wrong."""
    from callbox.control.alarm_requests import parse_request, typed_fields
    from callbox.control.alarm_table import AlarmKind

    what = options.what
    if options.action == "list":
        return ("alarms", {}) if not what else "list takes no more."
    if options.action == "cancel":
        return ("cancel_alarm", {"cancel_alarm": what[0]}) if len(what) == 1 else "cancel takes an id, or all."
    if not what:
        return "add takes a time, such as 300, 07:00 or 2026-12-01T07:00, and perhaps a text."
    fields: dict[str, Any] = {"id": options.id or uuid.uuid4().hex[:8], "text": " ".join(what[1:])}
    kind, at = typed_fields(what[0])
    fields |= at
    if options.weekdays is not None:
        fields["weekdays"] = options.weekdays.split(",")
    if options.time_zone is not None:
        fields["time_zone"] = options.time_zone
    if options.reminder:
        kind = AlarmKind.REMINDER
    request = parse_request(kind, fields)
    return request if isinstance(request, str) else (kind.value, fields)


def _request(name: str, fields: dict[str, Any], broker: "Broker", topics: "Topics", *, as_json: bool) -> int:
    from callbox.mqtt.request import request

    answer = request(broker, topics, name, fields) or {}
    if answer.get("status") != "ok":
        print(answer.get("error", {}).get("text", "The box does not answer."), file=sys.stderr)
        return EX_UNAVAILABLE
    _show(name, answer.get("data") or {}, as_json=as_json)
    return EX_OK


def _kept(options: argparse.Namespace) -> int:
    """List what this machine keeps."""
    from callbox.app.alarm_listing import kept_listing

    folder = service_folder("STATE_DIRECTORY") or STATE
    try:
        listing = kept_listing(folder)
    except (sqlite3.Error, OSError) as error:
        hint = "; as root: sudo callbox timers" if os.geteuid() else ""
        print(f"{folder} has no alarms that can be read: {error}{hint}", file=sys.stderr)
        return EX_UNAVAILABLE
    print(f"What {folder} keeps:", file=sys.stderr)
    _show("alarms", listing, as_json=options.json)
    return EX_OK


def _show(name: str, data: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(data, ensure_ascii=False))
    elif name == "alarms":
        for line in _lines(data):
            print(line)
    elif name == "cancel_alarm":
        print(f"Cancelled: {data.get('count')}")
    else:
        kept = "" if data.get("kept") else "; the disk did not take it, and a restart will lose it"
        print(f"{'Set' if data.get('new') else 'Set already'}: {data.get('id')}{kept}")


def _lines(data: dict[str, Any]) -> list[str]:
    from callbox.text import one_line

    clock = "" if data.get("clock_set") else "; its clock is not set: only timers can be added"
    lines = [f"{data.get('total')} set; at the box it is {data.get('local_time')} ({data.get('time_zone')}){clock}"]
    for alarm in data.get("alarms", []):
        days = ",".join(alarm.get("weekdays", []))
        due = alarm.get("due") or f"in {alarm.get('left_s')} s"
        fields = (alarm.get("id"), alarm.get("kind"), alarm.get("state"), due, days, alarm.get("text"))
        lines.append("  ".join(one_line(field) for field in fields if field))
    return lines
