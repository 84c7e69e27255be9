"""``callbox ring``: lets a box ring, over MQTT."""

import argparse
import json
import sys
import uuid
from typing import TYPE_CHECKING, Any

from callbox.cli.common import EX_CONFIG, EX_OK, EX_UNAVAILABLE, EX_USAGE, add_config

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    ring = commands.add_parser("ring", help="let the box ring: one press there answers, and calls the bot")
    ring.add_argument("reason", nargs="?", default="", help="one line for the person and for the bot")
    ring.add_argument("--id", default=None, help="the same id again is the same ring (default: a new one)")
    ring.add_argument("--bot", default=None, metavar="NAME", help="the bot that is called (default: the chosen one)")
    ring.add_argument("--data", default=None, metavar="JSON", help="an object for the bot")
    ring.add_argument("--until", default=None, metavar="TIME", help="missed after it, such as 2026-11-29T08:00:00Z")
    add_config(ring)
    ring.set_defaults(command=_ring)


def _ring(options: argparse.Namespace) -> int:
    from callbox.app import compose
    from callbox.config import SettingsError, load_all
    from callbox.mqtt.paho_client import BrokerError
    from callbox.mqtt.request import request

    fields: dict[str, Any] = {"id": options.id or uuid.uuid4().hex, "reason": options.reason}
    fields |= {name: value for name in ("bot", "until") if (value := getattr(options, name)) is not None}
    try:
        if options.data is not None:
            fields["request_data"] = json.loads(options.data)
        composition = compose.make_composition(load_all(options.config, options.set))
    except json.JSONDecodeError as error:
        print(f"--data is no JSON: {error}", file=sys.stderr)
        return EX_USAGE
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    if composition.broker is None:
        print("The settings name no broker: there is no mqtt.host.", file=sys.stderr)
        return EX_CONFIG
    try:
        answer = request(composition.broker, composition.topics, "ring", fields)
    except BrokerError as error:
        print(error, file=sys.stderr)
        return EX_UNAVAILABLE
    if answer is None or answer.get("status") != "ok":
        reason = (answer or {}).get("error", {}).get("text", "The box does not answer: does it run?")
        print(reason, file=sys.stderr)
        return EX_UNAVAILABLE
    is_new = answer.get("data", {}).get("new")
    print(f"{'It rings' if is_new else 'It is known already'}: {fields['id']}")
    return EX_OK
