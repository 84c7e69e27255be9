"""Probe of the running service, which holds the parts."""

import os
from itertools import pairwise
from pathlib import Path


def running(root: Path) -> int | None:
    """The process of a ``callbox run``; None: there is none, or it is hidden from this user."""
    for folder in (root / "proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if int(folder.name) != os.getpid() and is_box(words):
            return int(folder.name)
    return None


def is_box(words: list[bytes]) -> bool:
    """Whether a command line is a box's: ``.../callbox run`` or ``python -m callbox run``. Pure."""
    return any(word.rpartition(b"/")[2] == b"callbox" and following == b"run" for word, following in pairwise(words))
