"""Callgrind's output, read for one number: what was spent inside of one library, and what in all.

Format: valgrind manual, "Callgrind Format Specification", with instructions for positions (``--dump-instr=yes
--dump-line=no``). Names are compressed: ``ob=(3) /lib/libopus.so``, later ``ob=(3)``; and so are addresses: ``+5``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"\((\d+)\)(?: (.*))?")
_COST = re.compile(r"(\*|[+-]?(?:0x[\da-f]+|\d+))(?: (\d+))?")  # a cost of 0 is left out


@dataclass(frozen=True)
class Profile:
    total: int
    """Instructions."""
    inside: int
    """Of these, in calls from outside of the library into it, with all that it calls itself (libm, libc)."""


def file_size(path: str) -> float:
    """In bytes; of what is no file, endless."""
    return Path(path).stat().st_size if Path(path).is_file() else float("inf")


def read_profile(lines: Iterable[str], library: str, size: Callable[[str], float] = file_size) -> Profile:
    """`library`: how the file name of the library begins. `size`: of a file.

    Where callgrind finds no symbol, it gives code to the function that called it: the first lines of ``opus_encode`` to
    libffi. An address that lies beyond the end of the file that it is spoken to be in shows that; it is taken as the
    library's.
    """
    names: dict[str, str] = {}
    ends: dict[str, float] = {}
    total = inside = address = 0
    here = there = ""
    called = False

    def name(text: str) -> str:
        found = _NAME.fullmatch(text)
        assert found, text
        if found[2] is not None:
            names[found[1]] = found[2]
            ends[found[2]] = size(found[2])
        return names[found[1]]

    def is_library(path: str) -> bool:
        return path.rpartition("/")[2].startswith(library)

    for line in lines:
        key, _, value = line.rstrip().partition("=")
        if key == "ob":
            here = there = name(value)
        elif key == "cob":
            there = name(value)
        elif key == "calls":
            called = True
        elif found := _COST.fullmatch(key):
            cost, place = int(found[2] or 0), found[1]
            address = address if place == "*" else int(place, 0) + (address if place[0] in "+-" else 0)
            if not called:
                total += cost
                inside += 0 if address < ends[here] or is_library(here) else cost
            elif is_library(there) and not is_library(here):
                inside += cost
            if called:
                called, there = False, here  # each call names its object anew, if it is another
    return Profile(total, inside)
