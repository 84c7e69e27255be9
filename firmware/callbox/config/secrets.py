"""Secrets by reference: the settings file says where a secret is, never what it is."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from callbox.config.section import Section
from callbox.system.files import open_regular

MAX_BYTES = 8192
FOLDER = Path("/etc/callbox/credentials")
"""Folder of the credentials that the service's unit has systemd hand over."""
FOLDER_CREDENTIAL = "callbox_"
"""What systemd puts before a name that comes from the folder of ``LoadCredential=callbox:/etc/callbox/credentials``."""


class SecretMissing(Exception):
    """Secret that can't be had. The text says why and what to do; it holds no secret."""


class SecretRef(Section):
    """Place of a secret: exactly one of `credential`, `file` and `env`."""

    credential: Annotated[str | None, Meta(description="Name of a systemd credential (LoadCredential=).")] = None
    file: Annotated[str | None, Meta(description="Path of a file that holds the secret and nothing else.")] = None
    env: Annotated[str | None, Meta(description="Name of an environment variable.")] = None
    prefix: Annotated[str, Meta(description="Put in front of the secret, such as 'Bearer '.")] = ""

    @property
    def sources(self) -> list[str]:
        """Names of those of the three ways that are given."""
        return [name for name in ("credential", "file", "env") if getattr(self, name) is not None]

    @property
    def doubtful(self) -> str | None:
        """`env` or `file`, if what stands there is no name of a variable, or no whole path; None: neither.

        It may be the secret itself, and is not repeated.
        """
        if self.env is not None and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", self.env):
            return "env"
        return "file" if self.file and not self.file.startswith("/") else None

    def given(self) -> dict[str, str]:
        """Keys that are set, with their values."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}

    def fetch(self, environ: Mapping[str, str] = os.environ) -> str:
        """The secret, with the prefix. Raises `SecretMissing`."""
        if self.env is not None:
            if not environ.get(self.env):
                raise SecretMissing(self._not_set("is not set"))
            return self.prefix + environ[self.env]
        return self.prefix + _read(self._path(environ))

    def warning(self, environ: Mapping[str, str] = os.environ) -> str | None:
        """Warning about the secret's file, its variable or its credential; None: nothing.

        A credential is looked for where the folder can be read, as by root, and not by the service, which is given it.
        """
        if self.env is not None and not environ.get(self.env):
            return self._not_set("is not set here")
        if (
            self.credential is not None
            and "CREDENTIALS_DIRECTORY" not in environ
            and os.access(FOLDER, os.R_OK | os.X_OK)
        ):
            file = FOLDER / self.credential
            return None if file.exists() else f"there is no {file}, unless a LoadCredential= of your own hands it over"
        if self.file is None:
            return None
        if self.doubtful:
            return f"file is {_NO_WHOLE_PATH}; {_ITSELF}"
        mode = _mode(self.file)
        if isinstance(mode, str):
            return mode
        return f"{self.file} can be read by everybody; chmod 600 {self.file}" if mode & 0o004 else None

    def _not_set(self, what: str) -> str:
        if self.doubtful:
            return f"the environment variable that env names {what}; {_ITSELF}"
        return f"the environment variable {self.env} {what}"

    def _path(self, environ: Mapping[str, str]) -> Path:
        if self.file is not None:
            return Path(self.file)
        directory = environ.get("CREDENTIALS_DIRECTORY")
        if directory is None or self.credential is None:
            raise SecretMissing(
                f"there is no credential {self.credential}: this was not started by systemd with LoadCredential="
            )
        single, of_folder = Path(directory, self.credential), Path(directory, FOLDER_CREDENTIAL + self.credential)
        if not single.exists() and not of_folder.exists():
            raise SecretMissing(
                f"there is no credential {self.credential}: is it in {FOLDER}? systemd hands it over "
                "when the box is started afresh (systemctl restart callbox)"
            )
        return single if single.exists() else of_folder


_ITSELF = "if that is the secret itself, put it into a file, and name the file"
_NO_WHOLE_PATH = "no whole path: the service looks elsewhere; write it from / on"


def unreadable(file: str | None) -> str | None:
    """Reason why `file` can't be read at this moment; None: it can be found, or there is none to be read."""
    mode = _mode(file) if file is not None else 0
    return mode if isinstance(mode, str) else None


def _mode(file: str) -> int | str:
    """Mode of `file`, or the reason why it can't be read."""
    if not file.startswith("/"):
        return f"{file or 'an empty text'} is {_NO_WHOLE_PATH}"
    try:
        mode = Path(file).stat().st_mode
    except (OSError, ValueError) as error:
        return f"{file} can't be read now: {error.strerror if isinstance(error, OSError) else error}"
    return f"{file} is a folder; name a file in it" if stat.S_ISDIR(mode) else mode


def _read(path: Path) -> str:
    name = str(path) if path.is_absolute() else "the file, which is no whole path,"
    try:
        with open(open_regular(path, follow=True), "rb") as file:  # noqa: PTH123 - a descriptor
            content = file.read(MAX_BYTES + 1)
        text = content.decode("utf-8-sig").strip()  # Notepad begins a file with a byte order mark
    except OSError as error:
        raise SecretMissing(f"{name} can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretMissing(f"{name} is not UTF-8") from None
    if len(content) > MAX_BYTES:
        raise SecretMissing(f"{name} has more than {MAX_BYTES} bytes: that is no secret")
    if not text:
        raise SecretMissing(f"{name} is empty")
    return text
