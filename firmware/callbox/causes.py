"""Causes of a failure, a row each of a table: how it is recognised, its sentence, what to do next. Pure.

The tables: `callbox.rtvi.protocol.http_errors`, `callbox.rtvi.protocol.media_errors`,
`callbox.mqtt.model.broker_errors`. Those of PCMs are in `callbox_device.model.pcm_errors`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. Its table says which ``{fields}`` its texts may have."""

    seen: str
    """How it is recognised, for the documentation."""
    sentence: str
    """What happened."""
    advice: str = ""
    """What to do next."""

    def text(self, **fields: object) -> str:
        """The sentence and the advice, filled."""
        return " ".join(part.format_map(fields) for part in (self.sentence, self.advice) if part)

    def row(self, words: Mapping[str, str]) -> str:
        """Row of `table`; `words`: as of `plain`."""
        return f"| {' | '.join(plain(text, words) for text in (self.seen, self.sentence, self.advice))} |"


def plain(text: str, words: Mapping[str, str]) -> str:
    """`text` with a word in place of each field: of `words`, else the field's name in capital letters."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[1].upper()), text)


def table(rows: Iterable[str]) -> str:
    """Markdown of the documentation."""
    return "\n".join(["| seen | told | to do |", "|---|---|---|", *rows]) + "\n"
