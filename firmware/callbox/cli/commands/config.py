"""``callbox config show`` and ``callbox config schema``."""

import argparse
import json
from typing import TYPE_CHECKING

from callbox.cli.common import EX_OK, add_config, reads_settings

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


@reads_settings
def _show(options: argparse.Namespace) -> int:
    from callbox.config import load_all
    from callbox.config.dump import as_dict, dump, flatten, origins

    loaded = load_all(options.config, options.set)
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
