#!/usr/bin/env bash
# segno makes a vCard that no address book reads of a note with two lines, and ends the code of a hidden network early
#
# Software: segno 1.6.6, vobject 0.9.9 (PyPI), Python 3.11
# Guess:    make_vcard_data() writes a vCard 3.0, in which a line feed within a value is \n (RFC 2426, section 5), and
#           escapes semicolons and commas. make_wifi_data() ends with two semicolons, that of the last field and that of
#           the code, as in the examples of its format (ZXing's wiki, Barcode Contents).
# Seen:     The second line of a note is a line of the vCard, which vobject refuses. With hidden=True the code ends with
#           one semicolon.
# Output:   a note of two lines: NOTE:call the bot | and the door, vobject: ParseError
#           a note with a comma: NOTE:call the bot\, and the door, vobject: call the bot, and the door
#           a network: WIFI:T:WPA;S:box;P:secret;;
#           a hidden network: WIFI:T:WPA;S:box;P:secret;H:true;
# Callbox:  makes no vCards; its card to print is SVG (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check segno==1.6.6 vobject==0.9.9
"$tmp/venv/bin/python" - <<'PY'
import sys

import vobject
from segno.helpers import make_vcard_data, make_wifi_data

seen = []
for label, note in (("of two lines", "call the bot\nand the door"), ("with a comma", "call the bot, and the door")):
    card = make_vcard_data("Box;Hall", "Hall box", memo=note)
    lines = card.splitlines()
    written = " | ".join(lines[lines.index("FN:Hall box") + 1 : -1])
    try:
        read = vobject.readOne(card).note.value
    except vobject.base.ParseError as error:
        read = type(error).__name__
    seen.append(read)
    print(f"a note {label}: {written}, vobject: {read}")
for label, hidden in (("a network", False), ("a hidden network", True)):
    seen.append(make_wifi_data(ssid="box", password="secret", security="WPA", hidden=hidden))
    print(f"{label}: {seen[-1]}")
if seen[0] != "ParseError" or seen[2:] != ["WIFI:T:WPA;S:box;P:secret;;", "WIFI:T:WPA;S:box;P:secret;H:true;"]:
    sys.exit("changed: a note in two lines and one semicolon were expected")
PY
