#!/usr/bin/env bash
# wiegand-calculator makes the same number of two cards, and can't read the number that it makes of a low one
#
# Software: wiegand-calculator 0.0.1 (PyPI)
# Guess:    It "can calculate the facility code and card number from a Wiegand number, and vice versa": the 24 bits of a
#           card are a facility code of 8 and a card number of 16, which is up to 65535, so that the last five digits
#           are the card number. What one function has made, the other one reads.
# Seen:     The two numbers are joined as they are: facility 1 with card 23456 is 123456, and so is 12 with card 3456.
#           The other function takes the last five digits for the card, so it makes another card of one with fewer
#           digits, or returns the text of an error in place of the number.
# Output:   facility 1, card 23456: 123456, which is read as facility 1, card 23456
#           facility 12, card 3456: 123456, which is read as facility 1, card 23456
#           facility 12, card 345: 12345, which is read as "invalid literal for int() with base 10: ''"
# Callbox:  has no reader of cards.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps wiegand-calculator==0.0.1
"$tmp/venv/bin/python" - <<'PY'
import contextlib
import io
import sys

from wiegand_calculator.wiegand import convert_from_wiegand, convert_to_wiegand

numbers = {}
for facility, card in ((1, 23456), (12, 3456), (12, 345)):
    number = convert_to_wiegand(facility << 16 | card)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints the error as well
        back = convert_from_wiegand(number)
    told = f"facility {back >> 16}, card {back & 0xFFFF}" if isinstance(back, int) else repr(back)
    numbers[facility, card] = number, told
    print(f"facility {facility}, card {card}: {number}, which is read as {told}")
(first, _), (second, told), (third, text) = numbers.values()
if first != second or told != "facility 1, card 23456" or third != 12345 or "invalid literal" not in text:
    sys.exit("changed: one number of two cards was expected, and the text of an error")
PY
