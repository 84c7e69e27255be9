"""``callbox mqtt clean``: takes a box away from the broker, and from Home Assistant."""

import argparse
import sys
from typing import TYPE_CHECKING

from callbox.cli.common import EX_OK, EX_UNAVAILABLE, add_config, at_broker

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.mqtt.model.topics import Topics
    from callbox.mqtt.paho_client import Broker


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    mqtt = commands.add_parser("mqtt", help="remove the box's retained messages from the broker")
    which = mqtt.add_subparsers(title="what", required=True, metavar="WHAT")
    clean = which.add_parser(
        "clean", help="remove every retained message of this box, and its device from Home Assistant"
    )
    add_config(clean)
    clean.set_defaults(command=_clean)


def _clean(options: argparse.Namespace) -> int:
    return at_broker(options, _clean_at)


def _clean_at(broker: "Broker", topics: "Topics") -> int:
    from callbox.mqtt import cleanup

    cleaned = cleanup.clean(broker, topics)
    for topic in cleaned.removed:
        print(f"removed {topic}")
    if not cleaned.removed and not cleaned.left:
        print("There is nothing of this box at the broker.")
    if cleaned.is_online:
        print("The box runs, and will tell it again: stop it first (systemctl stop callbox).", file=sys.stderr)
    for topic in cleaned.left:
        print(f"not removed: {topic}; the broker doesn't let us", file=sys.stderr)
    return EX_UNAVAILABLE if cleaned.left else EX_OK
