#!/usr/bin/env python3
"""Make RabbitMQ's definitions, users and what each may do, from lines ``NAME:PASSWORD``.

    python3 definitions.py < passwords > definitions.json

The user ``watch`` reads everything below callbox/, writes what exporters tell each other, and makes boxes report;
``home`` (Home Assistant and people) also commands; ``fleet`` puts the fleet's signed settings on
callbox-fleet/settings; every other name is the id of a box, which may write below its own id only.
As deploy/mosquitto/callbox.acl, in RabbitMQ's form: the levels of a topic are divided by dots, ``+`` is ``*``.
"""

import base64
import hashlib
import json
import os
import sys

BOX = {
    # A box writes below its own id, and its discovery message.
    "write": r"^(callbox\.{username}\..+|homeassistant\.device\.callbox_[^.]+\.config)$",
    # It reads its own status, info, alerts and commands, `callbox doctor`'s topics, which boxes answer a wake word, and
    # the fleet's signed settings.
    "read": r"^(callbox\.{username}\.(status|info|alert\..+|request\..+|[^.]+\.set|doctor\..+|doctor|wake)"
    r"|callbox\.[^.]+\.(status|wake|event\.wake)|callbox-fleet\.settings"
    r"|homeassistant\.(status|device\.callbox_[^.]+\.config))$",
}
# Exporters that divide the boxes (`callbox watch --metrics --shard NAME`) tell each other that they are alive, and
# `callbox watch --ask` makes boxes report.
WATCH = {"write": r"^(callbox-watch\.[^.]+|homeassistant\.status)$", "read": r"^(callbox\..+|callbox-watch\.[^.]+)$"}
HOME = {
    "write": r"^(callbox\.[^.]+\.(request\.[^.]+|[^.]+\.set)|homeassistant\.status)$",
    "read": r"^(callbox|homeassistant)\..+$",
}
FLEET = {"write": r"^callbox-fleet\.settings$", "read": r"^callbox-fleet\.settings$"}
ROLES = {"watch": WATCH, "home": HOME, "fleet": FLEET}
QUEUES = r"^(mqtt-subscription-|mqtt-will-).*$"
EXCHANGE = r"^(amq\.topic|mqtt-subscription-.*|mqtt-will-.*)$"


def password_hash(password: str) -> str:
    """Salted SHA-256, as RabbitMQ keeps it."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(passwords: dict[str, str]) -> dict[str, object]:
    """The definitions of these users."""
    return {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": name,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for name, password in passwords.items()
        ],
        "permissions": [
            {"user": name, "vhost": "/", "configure": QUEUES, "write": EXCHANGE, "read": EXCHANGE} for name in passwords
        ],
        "topic_permissions": [
            {"user": name, "vhost": "/", "exchange": "amq.topic", **ROLES.get(name, BOX)} for name in passwords
        ],
    }


if __name__ == "__main__":
    lines = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    json.dump(definitions(dict(line.split(":", 1) for line in lines)), sys.stdout, indent=1)
