"""The table of causes for which a PCM can't be used, for ``docs/sound/README.md``."""

import errno

from callbox import causes
from callbox_device.interfaces import STALL_S
from callbox_device.model.pcm_errors import ENDED, OPEN, PcmCause

_WORDS = {
    "part": "microphone",
    "device": "PCM",
    "reason": "the errno in words",
    "cards": "The cards that are there.",
    "offer": "formats",
    "stall_s": STALL_S,
}


def markdown() -> str:
    """Both tables as one."""
    rows = [_row(when, row) for when, rows in (("open", OPEN), ("read, write", ENDED)) for row in rows.values()]
    return causes.table(rows)


def _row(when: str, row: PcmCause) -> str:
    names = ", ".join(errno.errorcode[number] for number in row.errnos)
    whose = {None: "", True: " of a card", False: " of a plugin without a card"}[row.of_card]
    seen = ("; " if names and row.seen else "").join((f"{when}{whose}: {names}" if names else "", row.seen))
    return f"| {seen.format_map(_WORDS)} | {row.sentence.format_map(_WORDS)} | {row.advice.format_map(_WORDS)} |"
