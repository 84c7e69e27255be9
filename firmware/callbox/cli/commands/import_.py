"""``callbox import``: settings from the boot partition. A oneshot of systemd, as root, before the box starts."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_CONFIG, EX_IOERR, EX_OK

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    import_ = commands.add_parser("import", help="import a settings file from the boot partition, once")
    import_.add_argument(
        "--from",
        dest="file",
        type=Path,
        default=Path("/boot/firmware/callbox.yaml"),
        metavar="FILE",
        help="(default: %(default)s)",
    )
    import_.add_argument(
        "--into", type=Path, default=Path("/etc/callbox"), metavar="FOLDER", help="(default: %(default)s)"
    )
    import_.set_defaults(command=_import)


def _import(options: argparse.Namespace) -> int:
    from callbox.config.boot_import import Import, ImportResult

    try:
        outcome = Import(options.file, options.into, datetime.now(UTC)).run()
    except OSError as error:
        print(f"callbox import: {error.filename or options.into}: {error.strerror}", file=sys.stderr)
        return EX_IOERR
    print(f"{outcome.file}: {outcome.end.value}")
    for line in outcome.lines:
        print(line, file=sys.stderr)
    return EX_CONFIG if outcome.end is ImportResult.REJECTED else EX_OK
