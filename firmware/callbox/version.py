"""The version, made from the commit: docs/decisions/0028-version-from-the-commit.md.

The build imports this file alone, by its path: standard library only. Run as a program it prints the version.
"""

import functools
import os
import time
from pathlib import Path

RELEASE = "0.1.0"
"""The last release: the commit with the tag ``v`` + RELEASE. It is written here alone."""

_BUILT = Path(__file__).with_name("VERSION")  # wheel, source archive, Debian package: written by the build, not in git
_ARCHIVED = "$Format:%ct %H %D$"  # `git archive` puts its commit here, by .gitattributes
_UNKNOWN = f"{RELEASE}+unknown"
_SAME_SECOND = 100  # commits that are looked at; a rebase makes some ten in a second


@functools.cache
def version() -> str:
    """RELEASE at the commit with its tag, else RELEASE+TIME.NUMBER.gCOMMIT, with ``.dirty`` for edited files.

    TIME is the committer's, YYYYMMDDHHMMSS in UTC; NUMBER counts the commits of that second. In Python (PEP 440) and in
    Debian a later commit of a branch has the greater version. Where no commit can be found out: RELEASE+unknown.
    """
    sources, root = Path(__file__).parents[1:3]
    if sources.name == "firmware" and (root / ".git").exists():
        return _of_checkout(root)
    if _BUILT.exists():
        return _BUILT.read_text().strip()
    return _UNKNOWN if _ARCHIVED.startswith("$") else of_commits([_ARCHIVED])


def of_commits(lines: list[str], *, dirty: bool = False) -> str:
    """The version of the first of `lines`; the others are its ancestors.

    Each is what git's format ``%ct %H %D`` makes: seconds since 1970, hash, and names such as ``tag: v1.2.0``.
    """
    seconds, commit, names = (lines[0] + "  ").split(" ", 2)
    if f"tag: v{RELEASE}" in names.strip().split(", ") and not dirty:
        return RELEASE
    utc = time.strftime("%Y%m%d%H%M%S", time.gmtime(int(seconds)))
    number = sum(line.split(" ", 1)[0] == seconds for line in lines)
    return f"{RELEASE}+{utc}.{number}.g{commit[:10]}{'.dirty' if dirty else ''}"


def _of_checkout(root: Path) -> str:
    import subprocess  # late: nothing that is installed needs it

    # Inside a hook GIT_DIR and its like may name another repository.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def git(*arguments: str) -> str:
        command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout  # noqa: S603

    try:
        log = git("log", f"-{_SAME_SECOND}", "--no-show-signature", "--decorate-refs=refs/tags/", "--format=%ct %H %D")
        return of_commits(log.splitlines(), dirty=bool(git("status", "--porcelain", "--untracked-files=no")))
    except (OSError, subprocess.CalledProcessError):  # no git, no commit, or somebody else's folder
        return _UNKNOWN


if __name__ == "__main__":
    print(version())
