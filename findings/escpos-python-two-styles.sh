#!/usr/bin/env bash
# escpos-python prints its bold and high title high alone, and turns letters when it shall cut the paper
#
# Software: escpos-python 1.0.2 (PyPI)
# Guess:    A receipt's title is bold and of double height, as set_title() says with two styles. full_cut() is a command
#           that cuts: GS V (Epson's ESC/POS reference).
# Seen:     Each style is sent as an ESC ! of its own, which sets all of them: the second one ends the first. full_cut()
#           is ESC V 0 and partial_cut() ESC V 1, by which a printer ends or begins to turn letters by 90 degrees.
# Output:   title: double height
#           full_cut(): letters not turned
#           partial_cut(): letters turned by 90 degrees
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps escpos-python==1.0.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from escpos import POSCommand, POSPrintStyle, POSReceiptBuilder

MODE = b"\x1b!"
STYLES = {"bold": POSPrintStyle.BOLD, "double height": POSPrintStyle.DOUBLE_HEIGHT}
CUTS = {
    b"\x1bV\x00": "letters not turned",
    b"\x1bV\x01": "letters turned by 90 degrees",
    b"\x1dV\x00": "a full cut",
    b"\x1dV\x01": "a partial cut",
}

receipt = POSReceiptBuilder().set_title("Title").build().to_bytes()
before = receipt[: receipt.index(b"Title")]
mode = before[before.rindex(MODE) + len(MODE)]
title = [name for name, bit in STYLES.items() if mode & bit]
print(f"title: {', '.join(title)}")
cuts = [CUTS.get(command()) for command in (POSCommand.full_cut, POSCommand.partial_cut)]
print(f"full_cut(): {cuts[0]}")
print(f"partial_cut(): {cuts[1]}")
if title != ["double height"] or cuts != ["letters not turned", "letters turned by 90 degrees"]:
    sys.exit("changed: a title of double height alone was expected, and letters that are turned")
PY
