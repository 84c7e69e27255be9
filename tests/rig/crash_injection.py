"""An import during which the power goes: the process ends at a step, and what was not on the disk is not there.

    python -m tests.rig.crash_injection TEMPLATE FOLDER whole|torn|lost

For each step k: copies TEMPLATE (with ``boot`` and ``etc`` in it) to FOLDER/k and imports in a process of its own, which
ends at that step. whole: everything before it is on the disk. torn: and half of what is written at that step. lost:
nothing is that was not synced. Prints the number of steps.
"""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from callbox.config.boot_import import Import
from callbox.system.files import Disk

NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)
CUT = 9


class CrashingDisk(Disk):
    """A disk whose power goes at the step `at`, counted from 1."""

    def __init__(self, at, how):
        self._at, self._how = at, how
        self._count = 0
        self._dirty = {}  # path -> what is there for sure
        self._undo = []  # (folder, what undoes it)

    def _step(self, torn=None):
        self._count += 1
        if self._count != self._at:
            return
        if self._how == "torn" and torn:
            torn()
        if self._how == "lost":
            for path, content in self._dirty.items():
                path.write_bytes(content)
            for _, undo in reversed(self._undo):
                undo()
        os._exit(CUT)

    def make_folder(self, folder, mode):
        if not folder.exists():
            self._step()
        super().make_folder(folder, mode)

    def create(self, path, content, mode):
        self._step(lambda: path.write_bytes(content[: len(content) // 2]))
        super().create(path, content, mode)
        self._dirty[path] = b""

    def overwrite(self, path, content):
        before = path.read_bytes()
        self._step(lambda: path.write_bytes(content[: len(content) // 2] + before[len(content) // 2 :]))
        super().overwrite(path, content)
        self._dirty.setdefault(path, before)

    def shorten(self, path, length):
        self._step()
        self._dirty.setdefault(path, path.read_bytes())
        super().shorten(path, length)

    def sync(self, path):
        self._step()
        super().sync(path)
        self._dirty.pop(path, None)
        self._undo = [(folder, undo) for folder, undo in self._undo if folder != path]

    def rename(self, old, new):
        self._step()
        content, replaced = old.read_bytes(), new.read_bytes() if new.exists() else None
        super().rename(old, new)
        if old in self._dirty:
            content = self._dirty.pop(old)

        def undo():
            old.write_bytes(content)
            if replaced is None:
                new.unlink()
            else:
                new.write_bytes(replaced)

        self._undo.append((old.parent, undo))

    def remove(self, path):
        if not path.exists():
            return
        self._step()
        content = path.read_bytes()
        super().remove(path)
        self._dirty.pop(path, None)
        self._undo.append((path.parent, lambda: path.write_bytes(content)))


def main(template, folder, how):
    step = 0
    while True:
        step += 1
        copy = folder / str(step)
        shutil.copytree(template, copy)
        child = os.fork()
        if not child:
            Import(copy / "boot/callbox.yaml", copy / "etc", NOW, CrashingDisk(step, how)).run()
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            print(step - 1)
            return
        if code != CUT:
            sys.exit(f"step {step}: the import ended with {code}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
