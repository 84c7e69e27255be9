"""Files that are whole or not there, whenever the power goes."""

import contextlib
import os
from pathlib import Path

LONGEST = 1024 * 1024
"""In bytes; no file of ours is nearly as long."""


class Disk:
    """What may be done to files, in single steps: between any two of them the power may go. Raises OSError."""

    def read(self, path: Path) -> bytes | None:
        """What is in the file, up to `LONGEST`; None if there is none."""
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            return file.read(LONGEST)
        return None

    def names(self, folder: Path) -> list[str]:
        """What the folder holds, sorted; nothing if there is no such folder."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return sorted(os.listdir(folder))  # noqa: PTH208 - names, and no paths
        return []

    def make_folder(self, folder: Path, mode: int) -> None:
        """Make the folder, and have its name on the disk."""
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode)
            self.sync(folder.parent)

    def create(self, path: Path, content: bytes, mode: int) -> None:
        """Write a new file, in place of an old one of that name. It may be lost until `sync`."""
        self.remove(path)  # an old one may have other rights, or be a link
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with open(number, "wb") as file:  # noqa: PTH123 - a descriptor
            # Not what the umask leaves of it. FAT has no rights, and refuses.
            with contextlib.suppress(PermissionError):
                os.fchmod(number, mode)
            file.write(content)

    def overwrite(self, path: Path, content: bytes) -> None:
        """Write over the beginning of a file, where it lies; it is made longer if need be, and never shorter."""
        with path.open("r+b") as file:
            file.write(content)

    def shorten(self, path: Path, length: int) -> None:
        """Cut the file's end off."""
        os.truncate(path, length)

    def sync(self, path: Path) -> None:
        """Have a file's content, or the names in a folder, on the disk before anything that comes after."""
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    def rename(self, old: Path, new: Path) -> None:
        """Give the file another name; a file that has it is replaced. It may be lost until its folder is synced."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove the file if there is one."""
        path.unlink(missing_ok=True)

    def put(self, path: Path, content: bytes, mode: int) -> None:
        """The file with this content: whole, or what was there before. On the disk when this returns."""
        fresh = path.with_name(f".{path.name}.new")
        self.create(fresh, content, mode)
        self.sync(fresh)
        self.rename(fresh, path)
        self.sync(path.parent)
