"""``callbox ring``: lets a box ring, over MQTT. Its request is that of ``callbox announce`` too."""

import argparse
import functools
import json
import sys
import uuid
from typing import TYPE_CHECKING, Any

from callbox.cli.common import EX_OK, EX_UNAVAILABLE, EX_USAGE, add_config, at_broker

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.mqtt.model.topics import Topics
    from callbox.mqtt.paho_client import Broker


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    ring = commands.add_parser("ring", help="let the box ring: one press there answers, and calls the bot")
    ring.add_argument("reason", nargs="?", default="", help="one line for the person and for the bot")
    ring.add_argument("--id", default=None, help="the same id again is the same ring (default: a new one)")
    ring.add_argument("--bot", default=None, metavar="NAME", help="the bot that is called (default: the chosen one)")
    ring.add_argument("--data", default=None, metavar="JSON", help="an object for the bot")
    ring.add_argument("--until", default=None, metavar="TIME", help="missed after it, such as 2026-11-29T08:00:00Z")
    ring.add_argument("--words", action="store_true", help="the reason is spoken too, by espeak-ng on the box")
    add_config(ring)
    ring.set_defaults(command=_ring)


def _ring(options: argparse.Namespace) -> int:
    fields: dict[str, Any] = {"id": options.id or uuid.uuid4().hex, "reason": options.reason}
    fields |= {name: value for name in ("bot", "until") if (value := getattr(options, name)) is not None}
    if options.words:
        fields["ring"] = "words"
    if options.data is not None:
        try:
            fields["request_data"] = json.loads(options.data)
        except json.JSONDecodeError as error:
            print(f"--data is no JSON: {error}", file=sys.stderr)
            return EX_USAGE
    return at_broker(options, functools.partial(send_request, "ring", fields, "It rings"))


def send_request(name: str, fields: dict[str, Any], done: str, broker: "Broker", topics: "Topics") -> int:
    """Send the command `name` with `fields`, and print the answer; `done`: of a new id. Returns the exit code."""
    from callbox.mqtt.request import request

    answer = request(broker, topics, name, fields)
    if answer is None or answer.get("status") != "ok":
        reason = (answer or {}).get("error", {}).get("text", "The box does not answer: does it run?")
        print(reason, file=sys.stderr)
        return EX_UNAVAILABLE
    is_new = answer.get("data", {}).get("new")
    print(f"{done if is_new else 'It is known already'}: {fields['id']}")
    return EX_OK
