"""``callbox boards``: the boards there are presets for, and which one counts here."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from callbox.cli.common import EX_OK, add_config

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    boards = commands.add_parser("boards", help="list presets of boards, and which one was recognised here, and why")
    boards.add_argument("--json", action="store_true", help="as JSON")
    boards.add_argument(
        "--root", type=Path, default=Path("/"), metavar="FOLDER", help="look at FOLDER/proc and FOLDER/sys"
    )
    add_config(boards)
    boards.set_defaults(command=_boards)


def _boards(options: argparse.Namespace) -> int:
    from callbox.config import readable
    from callbox.config.presets.files import presets
    from callbox.config.presets.model.recognition import recognise
    from callbox.config.sources import preset_for
    from callbox_device.hardware_probe import read_hardware_ids

    ids = read_hardware_ids(options.root)
    found = {match.name: match.evidence for match in recognise(presets(), ids)}
    choice = preset_for(readable(options.config, options.set, root=options.root), ids)
    if not options.json:
        width = max(map(len, presets()))
        for name, preset in presets().items():
            mark = "*" if name == choice.name else " "
            print(f"{mark} {name:{width}}  {preset.title}  [confirmed: {preset.confirmed}]")
            if name in found:
                print(f"  {'':{width}}  recognised: {', '.join(found[name])}")
        print(f"\nIn force: {choice.name or 'none'} ({choice.reason})")
        for text in (choice.question, choice.error and f"board.preset: {choice.error}"):
            if text:
                print(text)
        return EX_OK
    payload: dict[str, Any] = {
        "hardware": {
            "hat_product": ids.hat_product,
            "cards": [{"id": card.id, "pcms": card.pcm_ids, "usb_id": card.usb_id} for card in ids.cards],
            "usb_ids": ids.usb_ids,
        },
        "in_force": {"name": choice.name, "reason": choice.reason, "question": choice.question, "error": choice.error},
        "boards": [
            {"name": name, "recognised": found.get(name), **msgspec.to_builtins(preset)}
            for name, preset in presets().items()
        ],
    }
    print(json.dumps(payload, indent=2, ensure_ascii=False))
    return EX_OK
