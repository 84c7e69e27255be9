"""Callgrind's output, read for one number: what was spent inside of one library, and what in all.

Format: valgrind manual, "Callgrind Format Specification". Names are compressed: ``ob=(3) /lib/libopus.so``, later
``ob=(3)``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"\((\d+)\)(?: (.*))?")

_COST = re.compile(r"[\d+*-]")


@dataclass(frozen=True)
class Profile:
    total: int
    """Instructions."""
    inside: int
    """Of these, in calls from outside of the library into it, with all that it calls itself (libm, libc)."""


def read_profile(path: Path, library: str) -> Profile:
    """`library`: how the file name of the library begins."""
    names: dict[str, str] = {}
    total = inside = 0
    here = there = ""
    called = False

    def name(text: str) -> str:
        found = _NAME.fullmatch(text)
        assert found, text
        if found[2] is not None:
            names[found[1]] = found[2].rpartition("/")[2]
        return names[found[1]]

    for line in path.read_text().splitlines():
        key, _, value = line.partition("=")
        if key == "ob":
            here = there = name(value)
        elif key == "cob":
            there = name(value)
        elif key == "calls":
            called = True
        elif _COST.match(line):
            cost = int([*line.split(), "0"][1])  # a cost of 0 is left out
            if not called:
                total += cost
            elif there.startswith(library) and not here.startswith(library):
                inside += cost
            if called:
                called, there = False, here  # each call names its object anew, if it is another
    return Profile(total, inside)
