"""The matrix of brokers: recorded in ``recorded.json``, and the table in docs/mqtt.md that is made of it."""

import json
from pathlib import Path

from tests.system.interop.brokers.features import BOTH, ONLY_5, Protocol, measure
from tests.system.interop.brokers.sentences import SENTENCES

RECORDED = Path(__file__).with_name("recorded.json")
PAGE = Path(__file__).parents[4] / "docs/mqtt.md"
BEGIN, END = "<!-- made by `make test-brokers WRITE=--write` -->\n", "<!-- end -->"
VERSIONS: tuple[Protocol, ...] = ("3.1.1", "5")
BEGIN_SENTENCES = "<!-- made by `make test-brokers WRITE=--write`: sentences -->\n"
Matrix = dict[str, dict[str, dict[str, str]]]
"""By broker, version of MQTT and feature."""


def load() -> Matrix:
    """What was recorded."""
    matrix: Matrix = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    return matrix


def measured(port: int) -> dict[str, dict[str, str]]:
    """The answers of the broker at `port`, by version of MQTT and feature."""
    return {
        version: {**dict(measure(port, version)), **{who: say(port, version) for who, say in SENTENCES.items()}}
        for version in VERSIONS
    }


def table(matrix: Matrix) -> str:
    """A row for each feature, a column for each broker; both versions in one cell where they agree."""
    lines = ["| | " + " | ".join(matrix) + " |", "|---" * (len(matrix) + 1) + "|"]
    for feature in ("CONNECT", *BOTH, *ONLY_5):
        cells = [
            _cell({version: rows.get(feature) for version, rows in versions.items()}) for versions in matrix.values()
        ]
        lines.append(f"| {feature} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(answers: dict[str, str | None]) -> str:
    measured_ = {version: answer for version, answer in answers.items() if answer is not None}
    if len(set(measured_.values())) <= 1:
        return next(iter(measured_.values()), "—")
    return "; ".join(f"{version}: {answer}" for version, answer in measured_.items())


def sentences(matrix: Matrix) -> str:
    """A row for each broker and version of which something is said."""
    lines = ["| Broker | `mqtt.protocol` | " + " | ".join(SENTENCES) + " |", "|---" * (2 + len(SENTENCES)) + "|"]
    for broker, versions in matrix.items():
        for version, rows in versions.items():
            texts = [rows[who] for who in SENTENCES]
            if any(text != "nothing" for text in texts):
                lines.append(f"| {broker} | {version} | " + " | ".join(texts) + " |")
    return "\n".join(lines) + "\n"


def page(text: str, matrix: Matrix) -> str:
    """`text` with the tables of `matrix`."""
    for begin, body in ((BEGIN, table(matrix)), (BEGIN_SENTENCES, sentences(matrix))):
        before, rest = text.split(begin)
        _, after = rest.split(END, 1)
        text = f"{before}{begin}\n{body}\n{END}{after}"
    return text


def save(matrix: Matrix) -> None:
    """Record it, and write the page."""
    RECORDED.write_text(json.dumps(matrix, indent=1) + "\n")
    PAGE.write_text(page(PAGE.read_text(), matrix))
