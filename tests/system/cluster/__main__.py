"""``python -m tests.system.cluster [--write]``: measures the promises of docs/mqtt.md on three nodes of RabbitMQ.

Compares with what was recorded; ``--write`` records, and writes the table of docs/fleet.md.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.system.cluster.promises import cluster, measure
from tests.system.interop.brokers.brokers import fetch

RECORDED = Path(__file__).with_name("recorded.json")
PAGE = Path(__file__).parents[3] / "docs/fleet.md"
BEGIN, END = "<!-- made by `make test-cluster WRITE=--write` -->\n", "<!-- end -->"


def table(answers: dict[str, str]) -> str:
    """A row for each promise."""
    return "".join(
        [
            "| | RabbitMQ 4.0.5, three nodes |\n|---|---|\n",
            *(f"| {name} | {answer} |\n" for name, answer in answers.items()),
        ]
    )


def page(text: str, answers: dict[str, str]) -> str:
    """`text` with the table."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table(answers)}\n{END}{after}"


def load() -> dict[str, str]:
    """What was recorded."""
    answers: dict[str, str] = json.loads(RECORDED.read_text())
    return answers


def main() -> None:
    fetch()
    answers: dict[str, str] = {}

    def tell(name: str, answer: str) -> None:
        answers[name] = answer
        print(f"{name}: {answer}", flush=True)

    with cluster() as nodes:
        asyncio.run(measure(nodes, tell))
    if "--write" in sys.argv:
        RECORDED.write_text(json.dumps(answers, indent=1) + "\n")
        PAGE.write_text(page(PAGE.read_text(), answers))
    elif different := {name for name in answers | load() if answers.get(name) != load().get(name)}:
        sys.exit(f"other than docs/fleet.md says: {', '.join(sorted(different))}")


if __name__ == "__main__":
    main()
