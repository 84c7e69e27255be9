"""Takes a file from the boot partition into /etc, so that the power may go at any moment.

One rename decides: before it the old settings are in force, after it the new ones, each with secrets of their own.

    1. secrets, under names that nothing in force refers to
    2. conf.d/50-boot.yaml                     <- here
    3. what was imported, for a boot partition that can't be written
    4. the file on the boot partition, without secrets

Whatever is cut off is done, or done again, by the next run.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from callbox.settings import dropped, rejection
from callbox.settings.disk import Disk
from callbox.settings.dropped import Dropped
from callbox.settings.layers import CONFIG, FOLDER, config_files, read, said_of
from callbox.settings.loader import SettingsError, build
from callbox.settings.yaml_file import Document, Source

TARGET = "50-boot.yaml"
CREDENTIALS = "credentials"
RECORD = ".boot-imported"
"""SHA-256 of the last file that was imported, as it came. For root's eyes: one can try passwords against it."""


class End(Enum):
    """How an import ended."""

    NOTHING = "there is nothing to import"
    KNOWN = "was imported before"
    IMPORTED = "imported"
    REJECTED = "not imported"


@dataclass(slots=True)
class Outcome:
    """What was done, and what there is to say."""

    end: End
    file: Path
    lines: list[str] = field(default_factory=list)


class Import:
    """One run. `asked`: the file on the boot partition; `into`: /etc/callbox. Raises OSError if `into` fails."""

    def __init__(self, asked: Path, into: Path, now: datetime, disk: Disk | None = None) -> None:
        self._asked, self._into, self._now = asked, into, now
        self._disk = disk or Disk()
        self._boot = asked.parent
        self._target = into / FOLDER / TARGET
        self._said: list[str] = []

    def run(self) -> Outcome:
        """Import the file if it is there and not imported yet."""
        self._on_boot(self._finish_blanking)
        files = self._find()
        if not files:
            return Outcome(End.NOTHING, self._asked, self._said)
        file, *others = files
        for other in others:
            self._say(f"{other} is there too, and was not read")
        content = self._disk.read(file) or b""
        if when := dropped.imported_at(content):
            self._on_boot(self._forget_rejected)
            self._say(f"was imported at {when}; to import it again, take its first line away")
            return Outcome(End.KNOWN, file, self._said)
        if self._disk.read(self._into / RECORD) == _digest(content):
            self._blank(file)
            return Outcome(End.KNOWN, file, self._said)
        try:
            found = self._understand(file, content)
        except SettingsError as wrong:
            self._reject(file, wrong.errors)
            return Outcome(End.REJECTED, file, [*wrong.errors, *self._said])
        self._take(found, content)
        self._blank(file)
        return Outcome(End.IMPORTED, file, self._said)

    def _find(self) -> list[Path]:
        """The file, or several of them, whatever Windows makes of the name: FAT knows no case, Notepad likes .txt."""
        wanted = self._asked.name.lower()
        names = self._disk.names(self._boot)
        found = sorted((name for name in names if name.lower() in (wanted, f"{wanted}.txt")), key=len)
        return [self._boot / name for name in found]

    # -- what is in it ---------------------------------------------------------------------------

    def _understand(self, file: Path, content: bytes) -> Dropped:
        """What the file says. Raises `SettingsError` if it is wrong, alone or with the box's other files."""
        files = [path for path in config_files(self._into / CONFIG.name) if path != self._target and path.exists()]
        rank = sum(path.parent != self._target.parent or path.name < TARGET for path in files)
        found = dropped.understand(content, Source(rank, file.name), self._known())
        document = found.document
        if document.data is None and not document.flaws:
            document = said_of(Path(file.name), "is empty", rank)
        others = [read(path, number + (number >= rank)) for number, path in enumerate(files)]
        try:
            build([*others[:rank], document, *others[rank:]])
        except SettingsError as wrong:
            raise SettingsError([found.safe(line) for line in wrong.errors]) from None
        return found

    def _known(self) -> dict[str, str]:
        folder = self._into / CREDENTIALS
        files = {name: self._disk.read(folder / name) for name in self._disk.names(folder) if name[0] != "."}
        return {name: (content or b"").decode(errors="replace").strip() for name, content in files.items()}

    # -- /etc ------------------------------------------------------------------------------------

    def _take(self, found: Dropped, content: bytes) -> None:
        disk, folder = self._disk, self._into / CREDENTIALS
        if dropped.body_of(disk.read(self._target) or b"") == found.body.encode():
            disk.put(self._into / RECORD, _digest(content), 0o600)  # the power went just before this
            return
        disk.make_folder(self._into, 0o755)
        disk.make_folder(self._target.parent, 0o755)
        known = self._known()
        self._remove_unused(found.document, known)
        if found.credentials:
            disk.make_folder(folder, 0o700)
        for name, secret in found.credentials.items():
            if known.get(name) != secret:
                disk.put(folder / name, f"{secret}\n".encode(), 0o600)
        disk.put(self._target, dropped.marked(found.body, self._now), 0o644)
        disk.put(self._into / RECORD, _digest(content), 0o600)

    def _remove_unused(self, new: Document, known: dict[str, str]) -> None:
        """The secrets of the settings before these stay, for the last good ones may need them; older ones go."""
        documents = [new, *(read(path) for path in config_files(self._into / CONFIG.name) if path.exists())]
        if any(document.flaws for document in documents):
            return  # whatever it refers to
        used = {name for document in documents for name in dropped.references(document.data)}
        for name in list(known):
            if dropped.OURS.fullmatch(name) and name not in used:
                self._disk.remove(self._into / CREDENTIALS / name)
                del known[name]

    # -- the boot partition ----------------------------------------------------------------------

    def _blank(self, file: Path) -> None:
        """Put the imported text in place of the file, whose secrets are written over where they lie."""

        def blank() -> None:
            text = self._disk.read(self._target)
            if text is not None:
                fresh, old = self._aside(file)
                self._disk.create(fresh, text, 0o644)
                self._disk.sync(fresh)
                # Never is there half a file of that name: a cut one could be taken for a new one.
                self._disk.rename(file, old)
                self._disk.sync(self._boot)
                self._disk.rename(fresh, file)
                self._disk.sync(self._boot)
                self._wipe(old)
            self._forget_rejected()

        self._on_boot(blank, f"{file.name} is imported, but its secrets are still readable on the boot partition")

    def _finish_blanking(self) -> None:
        for name in (self._asked.name, f"{self._asked.name}.txt"):
            fresh, old = self._aside(self._boot / name)
            if self._disk.read(old) is not None:
                if self._disk.read(fresh) is not None and not self._find():
                    self._disk.rename(fresh, self._boot / name)
                    self._disk.sync(self._boot)
                self._wipe(old)
            if self._disk.read(fresh) is not None:
                self._disk.remove(fresh)

    def _aside(self, file: Path) -> tuple[Path, Path]:
        return file.with_name(f".{file.name}.new"), file.with_name(f".{file.name}.old")

    def _wipe(self, file: Path) -> None:
        self._disk.overwrite(file, b" " * len(self._disk.read(file) or b""))
        self._disk.sync(file)
        self._disk.remove(file)
        self._disk.sync(self._boot)

    def _reject(self, file: Path, errors: list[str]) -> None:
        base = self._boot / self._asked.name

        def reject() -> None:
            text = rejection.text(file.name, base.name, errors, self._now)
            self._disk.put(base.with_name(f"{base.name}{rejection.WHY}"), text, 0o644)
            self._disk.rename(file, base.with_name(f"{base.name}{rejection.NAME}"))
            self._disk.sync(self._boot)

        self._on_boot(reject, f"{file.name} is rejected, and the boot partition can't say so")

    def _forget_rejected(self) -> None:
        """It is put right by now, and holds secrets."""
        base = self._boot / self._asked.name
        old, why = (base.with_name(f"{base.name}{ending}") for ending in (rejection.NAME, rejection.WHY))
        if self._disk.read(old) is not None:
            self._wipe(old)
        if self._disk.read(why) is not None:
            self._disk.remove(why)

    def _on_boot(self, work: Callable[[], None], otherwise: str = "") -> None:
        """The boot partition may be read-only or full; what is in /etc counts."""
        try:
            work()
        except OSError as error:
            if otherwise:
                self._say(f"{otherwise}: {error.strerror}")
            with suppress(OSError):
                for name in (self._asked.name, f"{self._asked.name}.txt"):
                    fresh, old = self._aside(self._boot / name)
                    if self._disk.read(old) is None:
                        self._disk.remove(fresh)

    def _say(self, line: str) -> None:
        self._said.append(line)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
