"""A git repository whose commits are of the time that a test says, and the version that it has."""

import os
import subprocess
import sys
from pathlib import Path

VERSION_MODULE = Path("firmware/callbox/version.py")
NOON = 1_799_928_000
"""2027-01-14 12:00:00 UTC."""


class Repository:
    """A new repository in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str | Path, seconds: int = NOON) -> str:
        """Run git, with `seconds` since 1970 as the committer's time; what it printed. Raises CalledProcessError."""
        who = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        when = {"GIT_COMMITTER_DATE": f"@{seconds} +0100", "GIT_AUTHOR_DATE": "@1700000000 +0000"}
        env = {**os.environ, **who, **when, "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(["git", "-C", self.root, *arguments], env=env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, seconds: int = NOON) -> str:
        """Commit everything, changed or not; the version then."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x", seconds=seconds)
        return version_of(self.root)


def version_of(root: Path, **environ: str) -> str:
    """What the version module in the sources `root` prints, with `environ` set."""
    env = {**os.environ, **environ}
    command = [sys.executable, str(root / VERSION_MODULE)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()
