#!/usr/bin/env bash
# smllib tells "A" of a meter's checksum EB 41, and the same of 255 others
#
# Software: smllib 1.7 (PyPI)
# Guess:    A value of SML, the language of German meters, that is an octet string is told in hexadecimal, as its
#           documentation shows; a text, such as the maker's three letters, as text.
# Seen:     The octets are decoded as UTF-8 with errors="ignore": those that aren't are dropped, and if the rest is
#           letters and digits, the value is the rest. So it is for a third of all values of two octets, which can't be
#           told apart any more.
# Output:   45 4D 48: EMH
#           EB 40: eb40; EB 41: A; EC 41: A
#           21132 of 65536 values of two octets are told as text, each of 62 texts of one letter for 256 values
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps smllib==1.7
"$tmp/venv/bin/python" - <<'PY'
import collections
import sys

from smllib.sml_frame import SmlFrame

CHECKSUM = bytes.fromhex("0100605a0201")  # 1-0:96.90.2*1


def value(octets):
    """The value of a list's entry with this octet string: no status, time, unit, scaler and signature."""
    entry = b"\x77\x07" + CHECKSUM + b"\x01" * 4 + bytes([len(octets) + 1]) + octets + b"\x01"
    [told] = SmlFrame(entry).get_obis()
    return told.value


print(f"45 4D 48: {value(b'EMH')}")
seen = [value(bytes.fromhex(octets)) for octets in ("EB40", "EB41", "EC41")]
print(f"EB 40: {seen[0]}; EB 41: {seen[1]}; EC 41: {seen[2]}")
values = [(high << 8 | low).to_bytes(2) for high in range(256) for low in range(256)]
texts = collections.Counter(told for octets in values if (told := value(octets)) != octets.hex())
single = {count for text, count in texts.items() if len(text) == 1 and text.isascii()}
letters = sum(len(text) == 1 and text.isascii() for text in texts)
print(f"{texts.total()} of {len(values)} values of two octets are told as text, "
      f"each of {letters} texts of one letter for {', '.join(map(str, single))} values")
if (seen, texts.total(), letters, single) != (["eb40", "A", "A"], 21132, 62, {256}):
    sys.exit("changed: A was expected twice, and 21132 texts")
PY
