"""The table of topics for people, from the table that is published by. Pure."""

import json

from callbox.mqtt.model.commands import COMMANDS, CommandSpec
from callbox.mqtt.model.topics import TOPICS, Topic


def table() -> str:
    """One row a topic."""
    rows = [
        "| Topic | Direction | Retained | QoS | Expires (MQTT 5) | Is | When |",
        "|---|---|---|---|---|---|---|",
        *map(_row, TOPICS),
    ]
    return "\n".join(rows) + "\n"


def examples() -> str:
    """One payload a topic."""
    return "\n".join(f"`{_name(topic)}`\n\n```{_language(topic)}\n{_example(topic)}\n```\n" for topic in TOPICS)


def commands() -> str:
    """One row a command."""
    rows = [f"| {_request(command)} | {_word(command)} | {command.about} |" for command in COMMANDS]
    return "\n".join(["| `request/NAME` | or | Does |", "|---|---|---|", *rows]) + "\n"


def _request(command: CommandSpec) -> str:
    return f"`{command.name}` with {command.takes}" if '"' in command.takes else f"`{command.name}`"


def _word(command: CommandSpec) -> str:
    return f"`{command.word}/set`: {command.words}" if command.word else ""


def _row(topic: Topic) -> str:
    cells = (
        f"`{_name(topic)}`",
        "to the box" if topic.incoming else "from the box",
        "yes" if topic.retained else "no",
        str(topic.qos),
        f"{topic.expiry_s} s" if topic.expiry_s else "never" if topic.retained else "—",
        topic.about,
        topic.when,
    )
    return f"| {' | '.join(cells)} |"


def _name(topic: Topic) -> str:
    return ("homeassistant/" if topic.homeassistant else "…/") + topic.suffix.replace("{}", "NAME")


def _language(topic: Topic) -> str:
    return "" if isinstance(topic.example, str) else "json"


def _example(topic: Topic) -> str:
    if isinstance(topic.example, str):
        return topic.example
    lines, line = [], ""
    for key, value in topic.example.items():
        part = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        if line and len(line) + len(part) > 110:
            lines.append(line)
            line = ""
        line += (", " if line else "") + part
    return "{" + ",\n ".join([*lines, line]) + "}"
