"""``python -m tests.system.cluster [--write]``: measures the promises of docs/mqtt.md on three nodes of each cluster.

Compares with what was recorded; ``--write`` records, and writes the table of docs/fleet.md.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.system.cluster.promises import CLUSTERS, measure, measure_exporters
from tests.system.interop.brokers.brokers import fetch

RECORDED = Path(__file__).with_name("recorded.json")
PAGE = Path(__file__).parents[3] / "docs/fleet.md"
BEGIN, END = "<!-- made by `make test-cluster WRITE=--write` -->\n", "<!-- end -->"


Answers = dict[str, dict[str, str]]
"""By cluster and promise."""


def table(answers: Answers) -> str:
    """A row for each promise, a column for each cluster."""
    first = next(iter(answers.values()))
    return "".join(
        [
            f"| | {' | '.join(answers)} |\n{'|---' * (1 + len(answers))}|\n",
            *(f"| {name} | {' | '.join(of[name] for of in answers.values())} |\n" for name in first),
        ]
    )


def page(text: str, answers: Answers) -> str:
    """`text` with the table."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table(answers)}\n{END}{after}"


def load() -> Answers:
    """What was recorded."""
    answers: Answers = json.loads(RECORDED.read_text())
    return answers


def main() -> None:
    fetch()
    answers: Answers = {}
    for name, make in CLUSTERS.items():
        print(name)
        answers[name] = {}

        def tell(promise: str, answer: str, of: dict[str, str] = answers[name]) -> None:
            of[promise] = answer
            print(f"  {promise}: {answer}", flush=True)

        with make() as nodes:
            asyncio.run(measure(nodes, tell))
            asyncio.run(measure_exporters(nodes, tell))
    if "--write" in sys.argv:
        RECORDED.write_text(json.dumps(answers, indent=1) + "\n")
        PAGE.write_text(page(PAGE.read_text(), answers))
    elif different := [
        f"{name}: {promise}"
        for name, of in load().items()
        for promise, answer in of.items()
        if answers[name][promise] != answer
    ]:
        sys.exit("\n".join(["other than docs/fleet.md says:", *different]))


if __name__ == "__main__":
    main()
