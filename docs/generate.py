"""Writes what is made from the program, so that it is true: `make docs`. A test compares.

config/callbox.schema.json and docs/settings.md from the settings model, docs/lamps.md, docs/lamps.svg and
docs/legend-card.svg from the lamp table, the picture in docs/lifecycle.md from the lifecycle table, the tables in
docs/client.md from events, versions and policy, those in docs/mqtt.md from the tree of topics, those in docs/doctor.md
from its checks and codes, the arithmetic in docs/fleet.md from topics and habits, the metrics there
from their table.
"""

import json
import re
from pathlib import Path

from callbox.appliance import card, legend, pictures
from callbox.doctor import checks, codes
from callbox.fleet import metrics, scale
from callbox.report import reference as report_reference
from callbox.rtvi import lifecycle, versions
from callbox.rtvi import reference as client_reference
from callbox.settings import reference

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"(<!-- made by `make docs`: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Each file and what it must hold."""
    blocks = {
        "states": legend.states(),
        "faults": legend.faults(),
        "lifecycle": f"```mermaid\n{lifecycle.draw()}```\n",
        "events": client_reference.events(),
        "reconnection": client_reference.reconnection(),
        "versions": versions.markdown(),
        "topics": report_reference.table(),
        "commands": report_reference.commands(),
        "payloads": report_reference.examples(),
        "checks": checks.markdown(),
        "codes": codes.markdown(),
        "scale": scale.markdown(),
        "metrics": metrics.markdown(),
    }
    written = {
        ROOT / "config/callbox.schema.json": json.dumps(reference.json_schema(), indent=2) + "\n",
        ROOT / "docs/settings.md": reference.markdown(),
        ROOT / "docs/lamps.svg": pictures.lamps_svg(),
        ROOT / "docs/legend-card.svg": card.card_svg(card.Enclosure()),
    }
    for name in ("lamps", "lifecycle", "client", "mqtt", "doctor", "fleet"):
        page = ROOT / f"docs/{name}.md"
        text = page.read_text()
        written[page] = _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n{found[3]}", text)
    return written


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text)
