"""Files that are whole or not there, whenever the power goes; for root too, where others may write.

No link is followed, nothing but a regular file is opened, nothing is read beyond a limit.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

MAX_BYTES = 1024 * 1024
"""No file of ours is nearly as long."""


def service_folder(variable: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """A folder that systemd gave the service: by ``StateDirectory=``, ``RuntimeDirectory=``; None: none."""
    first = environ.get(variable, "").split(":")[0]
    return Path(first) if first else None


def open_regular(path: Path, flags: int = os.O_RDONLY, *, follow: bool = False) -> int:
    """A descriptor of the regular file `path`. Raises OSError: for a FIFO or a device too, without waiting.

    `follow`: follow symbolic links, which are an error otherwise: only where no one else may have put one.
    """
    try:
        number = os.open(path, flags | (0 if follow else os.O_NOFOLLOW) | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "is a symbolic link, which is not followed", str(path)) from None
        if error.errno == errno.ENXIO:  # a FIFO that is written to, and no reader
            raise OSError(errno.EINVAL, "is no regular file", str(path)) from None
        raise
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return number


def read_regular(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Content of the regular file `path`. Raises OSError as `open_regular`, and if there is more than `max_bytes`."""
    with open(open_regular(path), "rb") as file:
        content = file.read(max_bytes + 1)
        if len(content) > max_bytes:
            size = max(os.fstat(file.fileno()).st_size, len(content))
            raise OSError(errno.EFBIG, f"has {size} bytes, at most {max_bytes} are read", str(path))
    return content


class Disk:
    """Operations on files, in single steps: between any two of them the power may go. Raises OSError."""

    def read(self, path: Path) -> bytes | None:
        """Content of the file; None if there is none. Raises as `read_regular`."""
        with contextlib.suppress(FileNotFoundError):
            return read_regular(path)
        return None

    def mode(self, path: Path) -> int:
        """The file's permissions."""
        return stat.S_IMODE(path.lstat().st_mode)

    def names(self, folder: Path) -> list[str]:
        """Names in the folder, sorted; nothing if there is no such folder."""
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
        with open(open_regular(path, os.O_RDWR), "r+b") as file:
            file.write(content)

    def shorten(self, path: Path, length: int) -> None:
        """Cut the file's end off."""
        number = open_regular(path, os.O_WRONLY)
        try:
            os.ftruncate(number, length)
        finally:
            os.close(number)

    def sync(self, path: Path) -> None:
        """Have a file's content, or the names in a folder, on the disk before anything that comes after.

        A folder may be a link to one: /var/lib/callbox is, for systemd's DynamicUser=.
        """
        link = 0 if path.is_dir() else os.O_NOFOLLOW
        number = os.open(path, os.O_RDONLY | link | os.O_NONBLOCK | os.O_CLOEXEC)
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
