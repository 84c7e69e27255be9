#!/usr/bin/env bash
# ldfparser raises TypeError for each text and each decimal number of a LIN frame, and writes 00 for 100
#
# Software: ldfparser 0.26.0 (PyPI)
# Guess:    A LIN description gives a signal of several octets an encoding: bcd_value, one digit in each octet, or
#           ascii_value (LIN 2.1, 9.2.6.1). A frame encodes and decodes by it, as it does logical and physical values:
#           42 is 04 02, and ABC 41 42 43. 100 has one digit more than two octets.
# Seen:     The encoding makes a list of octets, which the frame takes for a number; of the octets of a frame it makes a
#           number, which the encoding takes for a list. The encoding itself is right, but that 100 isn't above 10**2.
# Output:   volume 50 %: encoded as 32
#           code 42: TypeError
#           name ABC: TypeError
#           frame of 04 02 41 42 43 32: TypeError, without encodings [4, 2], [65, 66, 67] and 50
#           the encoding itself: 42 as [4, 2], 100 as [0, 0]
# Callbox:  knows no LIN bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ldfparser==0.26.0
cat > "$tmp/radio.ldf" <<'LDF'
LIN_description_file;
LIN_protocol_version = "2.1";
LIN_language_version = "2.1";
LIN_speed = 19.2 kbps;
Nodes { Master: Main, 5 ms, 0.1 ms; Slaves: Radio; }
Signals { Code: 16, {0, 0}, Radio, Main; Name: 24, {65, 65, 65}, Radio, Main; Volume: 8, 0, Radio, Main; }
Frames { State: 1, Radio, 6 { Code, 0; Name, 16; Volume, 40; } }
Node_attributes {
  Radio { LIN_protocol = "2.1"; configured_NAD = 1; product_id = 1, 2, 0; response_error = Volume; }
}
Schedule_tables { Normal { State delay 10 ms; } }
Signal_encoding_types {
  Digits { bcd_value; }
  Letters { ascii_value; }
  Percent { physical_value, 0, 100, 1, 0, "%"; }
}
Signal_representation { Digits: Code; Letters: Name; Percent: Volume; }
LDF
"$tmp/venv/bin/python" -W ignore - "$tmp/radio.ldf" <<'PY'
import sys

import ldfparser
from ldfparser.encoding import BCDValue

OCTETS = bytes.fromhex("04 02 41 42 43 32")

description = ldfparser.parse_ldf(sys.argv[1])
frame = description.get_unconditional_frame("State")


def or_error(call):
    try:
        return call()
    except TypeError as error:
        return type(error).__name__


volume = frame.encode({"Volume": 50})[5:].hex()
print(f"volume 50 %: encoded as {volume}")
seen = [or_error(lambda: frame.encode({"Code": 42})), or_error(lambda: frame.encode({"Name": "ABC"}))]
print(f"code 42: {seen[0]}\nname ABC: {seen[1]}")
seen.append(or_error(lambda: frame.decode(OCTETS)))
code, name, raw_volume = frame.decode_raw(OCTETS).values()
print(f"frame of {OCTETS.hex(' ')}: {seen[2]}, without encodings {code}, {name} and {raw_volume}")
digits = [BCDValue().encode(number, description.get_signal("Code")) for number in (42, 100)]
print(f"the encoding itself: 42 as {digits[0]}, 100 as {digits[1]}")
if (volume, seen, digits) != ("32", ["TypeError"] * 3, [[4, 2], [0, 0]]):
    sys.exit("changed: three TypeErrors were expected, and [0, 0]")
PY
