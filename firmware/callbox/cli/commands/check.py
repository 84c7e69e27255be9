"""``callbox check [FILE]``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import DEFAULT_CONFIG, EX_OK, EX_USAGE, add_config, reads_settings

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.config import Loaded


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    check = commands.add_parser("check", help="check the settings: print every error with its line and column")
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="check this file alone (default: all)")
    add_config(check)
    check.set_defaults(command=_check)


def _check_token(loaded: "Loaded") -> None:
    """Raise `SettingsError` if the panel's token is too short; not if this user can't read it, which is no fault."""
    from callbox.config import SettingsError

    panel = loaded.settings.panel
    if not (panel.enabled and panel.token):
        return
    try:
        loaded.fetch(panel.token)
    except SettingsError:
        return
    from callbox.app.compose import panel_token

    panel_token(loaded)


def _wake(loaded: "Loaded", *, is_here: bool) -> list[str]:
    """Warning if this machine can't listen for the words. `is_here`: raise it as `SettingsError`, as the box would."""
    from callbox.config import SettingsError

    if not loaded.settings.wake.enabled:
        return []
    from callbox.app.compose.wake import check_wake

    try:
        check_wake(loaded)
    except SettingsError as error:
        if is_here:
            raise
        return error.errors
    return []


def _spoken_causes(loaded: "Loaded") -> list[str]:
    """Warning if the files of the settings that say a fault's cause can't be used."""
    if not loaded.settings.chimes.speech.startswith("/"):
        return []
    from callbox.app.compose import spoken_causes_warning

    warning = spoken_causes_warning(loaded)
    return [warning] if warning else []


def _left_out(config: Path, loaded: "Loaded") -> list[str]:
    """Warning if this user can't read the fleet's settings that the box has fetched."""
    from callbox.system import fetched_settings

    folder = fetched_settings.folder(config) if loaded.settings.fleet else None
    error = fetched_settings.unreadable(folder)
    if error is None:
        return []
    return [f"the fleet's settings that the box has fetched are left out: {error}; as root: sudo callbox check"]


@reads_settings
def _check(options: argparse.Namespace) -> int:
    from callbox.config import load, load_all, source_files

    if options.file and (options.set or options.config != DEFAULT_CONFIG):
        print("callbox check: FILE is checked alone; leave it out, or --config and --set", file=sys.stderr)
        return EX_USAGE
    loaded = load(options.file) if options.file else load_all(options.config, options.set)
    _check_token(loaded)
    warnings = [*loaded.warnings, *_wake(loaded, is_here=options.file is None), *_spoken_causes(loaded)]
    for warning in [*warnings, *([] if options.file else _left_out(options.config, loaded))]:
        print(f"warning: {warning}", file=sys.stderr)
    for file in [options.file] if options.file else source_files(options.config):
        print(f"{file}: good")
    if loaded.preset.name:
        print(f"preset {loaded.preset.name}: lies beneath ({loaded.preset.reason})")
    return EX_OK
