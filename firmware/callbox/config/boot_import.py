"""Import of a file from the boot partition into /etc, so that the power may go at any moment.

One rename decides: before it the old settings are in force, after it the new ones, each with secrets of their own.

    1. secrets, under names that nothing in force refers to
    2. conf.d/50-boot.yaml                     <- here
    3. that the file on the boot partition is being blanked
    4. that file, without secrets, where it lies: a rename on FAT that is cut off may leave an empty file
    5. that it is blanked

Whatever is cut off is done, or done again, by the next run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from callbox.config import boot_file, boot_report
from callbox.config.boot_file import BootFile
from callbox.config.loader import SettingsError
from callbox.config.sources import CONFIG, FOLDER, build_with_preset, config_files, document_with_issue, read
from callbox.config.yaml_file import Document, Source
from callbox.system.files import Disk

TARGET = "50-boot.yaml"
CREDENTIALS = "credentials"
BLANKING = ".boot-blanking"
"""The file as it came, for root's eyes, until it is blanked: the power may go, the boot partition may be read-only."""


class ImportResult(Enum):
    """End of an import."""

    NOTHING = "there is nothing to import"
    KNOWN = "was imported before"
    IMPORTED = "imported"
    REJECTED = "not imported"


@dataclass(slots=True)
class ImportReport:
    """Report of an import."""

    end: ImportResult
    file: Path
    lines: list[str] = field(default_factory=list)


class Import:
    """One run. `asked`: the file on the boot partition; `into`: /etc/callbox. Raises OSError if `into` fails."""

    def __init__(self, requested: Path, into: Path, now: datetime, disk: Disk | None = None) -> None:
        self._requested, self._into, self._now = requested, into, now
        self._disk = disk or Disk()
        self._boot = requested.parent
        self._target = into / FOLDER / TARGET
        self._lines: list[str] = []

    def run(self) -> ImportReport:
        """Import the file if it is there and not imported yet."""
        files = self._find()
        if not files:
            return ImportReport(ImportResult.NOTHING, self._requested, self._lines)
        file, *others = files
        for other in others:
            self._note(f"{other} is there too, and was not read")
        try:
            content = self._disk.read(file) or b""
        except OSError as error:
            # Not moved aside: what it is, or how it goes on, isn't known.
            reason = str(error.strerror)
            why = f"{file.name}: {reason[:1].lower()}{reason[1:]}"
            self._on_boot(lambda: self._tell_why(file, [why]), "the boot partition can't say so")
            return ImportReport(ImportResult.REJECTED, file, [why, *self._lines])
        if when := boot_file.imported_at(content):
            self._disk.remove(self._into / BLANKING)
            self._on_boot(self._forget_rejected, "what was rejected before is still readable on the boot partition")
            self._note(f"was imported at {when}; to import it again, take its first line away")
            return ImportReport(ImportResult.KNOWN, file, self._lines)
        rejected = self._read_regular(self._boot / f"{self._requested.name}{boot_report.NAME}")
        if rejected and boot_file.is_half_wiped(content, rejected):
            self._on_boot(lambda: self._wipe(file), "a rejected file is still readable on the boot partition")
            return ImportReport(ImportResult.NOTHING, file, self._lines)
        came = self._disk.read(self._into / BLANKING)
        kept = self._disk.read(self._target)
        if came is not None and boot_file.is_half_blanked(content, came, kept or b""):
            self._blank(file, came)
            return ImportReport(ImportResult.KNOWN, file, self._lines)
        try:
            found = self._parse(file, content)
        except SettingsError as wrong:
            self._reject(file, content, wrong.errors)
            return ImportReport(ImportResult.REJECTED, file, [*wrong.errors, *self._lines])
        self._take(found)
        self._lines += found.warnings
        self._disk.put(self._into / BLANKING, content, 0o600)
        self._blank(file, content)
        return ImportReport(ImportResult.IMPORTED, file, self._lines)

    def _find(self) -> list[Path]:
        """The file, or several of them, whatever an editor makes of the name: `callbox.yml`, `.yaml.yaml`, `.yaml.txt`.

        FAT knows no case. The name that was asked for comes first.
        """
        wanted = re.compile(rf"{re.escape(self._requested.stem)}(\.ya?ml)+(\.txt)?", re.IGNORECASE)
        found = [name for name in self._disk.names(self._boot) if wanted.fullmatch(name)]
        requested = self._requested.name
        found.sort(key=lambda name: (name != requested, name.lower() != requested.lower(), len(name), name))
        return [self._boot / name for name in found]

    # -- what is in it ---------------------------------------------------------------------------

    def _parse(self, file: Path, content: bytes) -> BootFile:
        """What the file says. Raises `SettingsError` if it is wrong, alone or with the box's other files."""
        files = [path for path in config_files(self._into / CONFIG.name) if path != self._target and path.exists()]
        rank = sum(path.parent != self._target.parent or path.name < TARGET for path in files)
        found = boot_file.parse(content, Source(rank, file.name), self._known())
        document = found.document
        if document.data is None and not document.issues:
            document = document_with_issue(Path(file.name), "is empty", rank)
        others = [read(path, number + (number >= rank)) for number, path in enumerate(files)]
        try:
            build_with_preset([*others[:rank], document, *others[rank:]], None)
        except SettingsError as wrong:
            raise SettingsError([found.redact(line) for line in wrong.errors]) from None
        return found

    def _known(self) -> dict[str, str]:
        folder = self._into / CREDENTIALS
        return {name: self._credential(folder / name) for name in self._disk.names(folder) if name[0] != "."}

    def _credential(self, file: Path) -> str:
        """The secret in `file`; nothing, if an administrator put a link there, or something that is no secret."""
        return (self._read_regular(file) or b"").decode(errors="replace").strip()

    def _read_regular(self, file: Path) -> bytes | None:
        """What is in `file`; None, if there is none, or if it is something else."""
        try:
            return self._disk.read(file)
        except OSError:
            return None

    # -- /etc ------------------------------------------------------------------------------------

    def _take(self, found: BootFile) -> None:
        disk, folder = self._disk, self._into / CREDENTIALS
        if boot_file.body_of(disk.read(self._target) or b"") == found.body.encode():
            return  # the power went just after this
        disk.make_folder(self._into, 0o755)
        disk.make_folder(self._target.parent, 0o755)
        known = self._known()
        self._remove_unused(found.document, known)
        if found.credentials:
            disk.make_folder(folder, 0o700)
        for name, secret in found.credentials.items():
            if known.get(name) != secret:
                disk.put(folder / name, f"{secret}\n".encode(), 0o600)
        disk.put(self._target, boot_file.with_header(found.body, self._now), 0o644)

    def _remove_unused(self, new: Document, known: dict[str, str]) -> None:
        """The secrets of the settings before these stay, for the last good ones may need them; older ones go."""
        documents = [new, *(read(path) for path in config_files(self._into / CONFIG.name) if path.exists())]
        if any(document.issues for document in documents):
            return  # whatever it refers to
        used = {name for document in documents for name in boot_file.references(document.data)}
        for name in list(known):
            if boot_file.is_ours(name) and name not in used:
                self._disk.remove(self._into / CREDENTIALS / name)
                del known[name]

    # -- the boot partition ----------------------------------------------------------------------

    def _blank(self, file: Path, came: bytes) -> None:
        """Write the imported text over the file, where it lies, so that no block keeps a secret."""

        def blank() -> None:
            text = self._disk.read(self._target)
            if text is None:
                self._note(f"was imported before, and {self._target} is gone; change the file to import it again")
                return
            self._disk.overwrite(file, b" " * len(came))
            self._disk.sync(file)
            self._disk.overwrite(file, text)
            self._disk.shorten(file, len(text))
            self._disk.sync(file)
            self._disk.remove(self._into / BLANKING)
            self._disk.sync(self._into)
            self._forget_rejected()

        self._on_boot(blank, f"{file.name} is imported, but its secrets are still readable on the boot partition")

    def _reject(self, file: Path, content: bytes, errors: list[str]) -> None:
        def reject() -> None:
            mode = self._disk.mode(file)
            self._forget_rejected()
            self._tell_why(file, errors)
            rejected = self._boot / f"{self._requested.name}{boot_report.NAME}"
            self._disk.create(rejected, content, mode)
            self._disk.sync(rejected)
            self._disk.sync(self._boot)
            self._wipe(file)  # what the power leaves of it is known by the whole one beside it

        self._on_boot(reject, f"{file.name} is rejected, and the boot partition can't say so")

    def _tell_why(self, file: Path, errors: list[str]) -> None:
        """Say beside the file what is wrong with it. Holds no secret, so whoever has the card may read it."""
        why = self._boot / f"{self._requested.name}{boot_report.WHY}"
        self._disk.create(why, boot_report.text(file.name, self._requested.name, errors, self._now), 0o644)
        self._disk.sync(why)

    def _forget_rejected(self) -> None:
        """Remove what was rejected before: it is put right by now, and holds secrets."""
        old, why = (self._boot / f"{self._requested.name}{ending}" for ending in (boot_report.NAME, boot_report.WHY))
        for file in (why, old):
            if self._read_regular(file) is not None:
                self._wipe(file)
            else:
                self._disk.remove(file)  # a link, whose target isn't ours

    def _wipe(self, file: Path) -> None:
        self._disk.overwrite(file, b" " * len(self._disk.read(file) or b""))
        self._disk.sync(file)
        self._disk.remove(file)
        self._disk.sync(self._boot)

    def _on_boot(self, work: Callable[[], None], otherwise: str) -> None:
        """Do something there. The boot partition may be read-only or full; what is in /etc counts."""
        try:
            work()
        except OSError as error:
            self._note(f"{otherwise}: {error.strerror}")

    def _note(self, line: str) -> None:
        self._lines.append(line)
