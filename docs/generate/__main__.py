"""Writes what is made from the program, so that it is true: `make docs`. A test compares.

config/callbox.schema.json and docs/settings.md from the settings model, docs/lamps.md, docs/lamps.svg and docs/legend-
card.svg from the lamp table, the picture in docs/lifecycle.md from the lifecycle table, table and picture in
docs/microphone.md from the gate's table, the table in docs/gestures.md from that of the actions, those in
docs/rings.md, docs/announcements.md, docs/alarms.md and docs/tools.md from theirs, the tables in docs/client.md from
events, versions and policy, those in docs/mqtt.md from the tree of topics, those in docs/doctor.md from its checks and
codes, the arithmetic in docs/fleet.md from topics and habits, metrics and roll-out there from their tables, that in
docs/sound/README.md from the causes of PCM errors, docs/boards from the presets in config/boards,
config/boards/schema.json from their model.
"""

import json
import re
from pathlib import Path

from docs.generate import board_pages, capacity, lamps_svg, pcm_causes
from docs.generate import client_tables as client_reference
from docs.generate import mqtt_tables as report_reference

from callbox.audio.capture.model import gate_states, push_to_talk
from callbox.config import reference
from callbox.config.json_schema import json_schema
from callbox.config.presets.files import presets
from callbox.config.presets.model.preset import Preset
from callbox.control import alarm_table, announcements, gesture_actions, rings, rollout, telephone, tools
from callbox.doctor import checks
from callbox.doctor.model import codes
from callbox.fleet.monitor.model import metrics
from callbox.legend import card, gestures, table
from callbox.mqtt.model import broker_errors
from callbox.rtvi.protocol import http_errors, lifecycle, media_errors, versions

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"(<!-- made by `make docs`: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Each file and what it must hold."""
    blocks = {
        "states": table.states(),
        "faults": table.faults(),
        "lifecycle": f"```mermaid\n{lifecycle.draw()}```\n",
        "gesture_actions": gesture_actions.markdown(),
        "gesture_meanings": gestures.markdown(),
        "digits": telephone.markdown(),
        "rings": rings.markdown(),
        "rollout": rollout.markdown(),
        "announcements": announcements.markdown(),
        "alarms": alarm_table.markdown(),
        "tools": tools.markdown(),
        "tool_decisions": tools.decisions_markdown(),
        "gate_states": gate_states.markdown(),
        "push_to_talk": push_to_talk.markdown(),
        "gate": f"```mermaid\n{gate_states.draw()}```\n",
        "events": client_reference.events(),
        "reconnection": client_reference.reconnection(),
        "versions": versions.markdown(),
        "http_errors": http_errors.markdown(),
        "media_errors": media_errors.markdown(),
        "broker_errors": broker_errors.markdown(),
        "pcm_causes": pcm_causes.markdown(),
        "topics": report_reference.table(),
        "commands": report_reference.commands(),
        "payloads": report_reference.examples(),
        "checks": checks.markdown(),
        "codes": codes.markdown(),
        "scale": capacity.markdown(),
        "metrics": metrics.markdown(),
    }
    written = {
        ROOT / "config/callbox.schema.json": json.dumps(reference.json_schema(), indent=2) + "\n",
        ROOT / "docs/settings.md": reference.markdown(),
        ROOT / "docs/lamps.svg": lamps_svg.lamps_svg(),
        ROOT / "docs/legend-card.svg": card.card_svg(card.Enclosure()),
    }
    written[ROOT / "config/boards/schema.json"] = json.dumps(json_schema(Preset, "Callbox preset"), indent=2) + "\n"
    for name, preset in presets().items():
        written[ROOT / f"docs/boards/{name}.md"] = board_pages.page(name, preset)
        written[ROOT / f"docs/boards/{name}.svg"] = board_pages.header_svg(preset.title, *board_pages.uses(preset))
    written[ROOT / "docs/boards/README.md"] = board_pages.index(presets())
    with_tables = ("alarms", "gestures", "lamps", "lifecycle", "microphone", "rings", "tools", "client", "mqtt")
    for name in (*with_tables, "announcements", "doctor", "fleet", "sound/README"):
        page = ROOT / f"docs/{name}.md"
        text = page.read_text()
        written[page] = _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n{found[3]}", text)
    return written


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text)
