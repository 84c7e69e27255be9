"""Makes the program that puts upgrades of the package on trial: one file, so that a copy of it outlives the package.

python3 deploy/debian/gate.py FILE
"""

import sys
import zipfile
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "firmware"
MODULES = (
    "callbox/__init__.py",
    "callbox/control/__init__.py",
    "callbox/control/rollout.py",
    "callbox/system/__init__.py",
    "callbox/system/files.py",
    "callbox/system/systemd.py",
    "callbox/text.py",
    "callbox/version.py",
    *sorted(str(file.relative_to(SOURCES)) for file in (SOURCES / "callbox/upgrade").glob("*.py")),
)


def main(program: Path) -> None:
    """Write `program`: the same bytes from the same sources."""
    with program.open("wb") as file:
        file.write(b"#!/usr/bin/python3 -I\n")
        with zipfile.ZipFile(file, "w") as archive:
            for name in MODULES:
                archive.writestr(zipfile.ZipInfo(name), (SOURCES / name).read_bytes())
            archive.writestr(zipfile.ZipInfo("__main__.py"), "from callbox.upgrade.gate import main\n\nmain()\n")
    program.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
