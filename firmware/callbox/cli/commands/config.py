"""``callbox config show`` and ``callbox config schema``."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from callbox.cli.common import EX_CONFIG, EX_OK, add_config

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    config = commands.add_parser("config", help="print the settings in force, or their schema")
    which = config.add_subparsers(title="what", required=True, metavar="WHAT")
    show = which.add_parser("show", help="print every value in force as YAML; secrets are shown as •••")
    show.add_argument("--origin", action="store_true", help="print the origin of each value")
    show.add_argument("--json", action="store_true", help="as JSON")
    add_config(show)
    show.set_defaults(command=_show)
    schema = which.add_parser("schema", help="print the JSON schema of a settings file")
    schema.set_defaults(command=_schema)


def _show(options: argparse.Namespace) -> int:
    from callbox.config import SettingsError, load_all
    from callbox.config.dump import as_dict, dump, flatten, origins

    try:
        loaded = load_all(options.config, options.set)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    values, places = as_dict(loaded.settings), origins(loaded)
    if not options.json:
        print(dump(values, places.__getitem__ if options.origin else lambda _: ""), end="")
        return EX_OK
    payload = (
        {".".join(map(str, path)): {"value": value, "origin": places[path]} for path, value in flatten(values)}
        if options.origin
        else values
    )
    print(json.dumps(payload, indent=2, ensure_ascii=False))
    return EX_OK


def _schema(_: argparse.Namespace) -> int:
    from callbox.config.reference import json_schema

    print(json.dumps(json_schema(), indent=2))
    return EX_OK
