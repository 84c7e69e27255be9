#!/usr/bin/env bash
# Two libraries of M-Bus read the meter from the wrong end: 78563412 litres of 12345678, and 3523477504 of 1234
#
# Software: aiombus 0.1.1, mbus 0.0.1.dev1 (PyPI)
# Guess:    The octet of the lowest value comes first, in BCD and in integers (EN 13757-3, annex A). A telegram may end
#           with its last value: 0F stands before data of the maker only.
# Seen:     aiombus reads and writes BCD with the highest octet first, and integers right; it can't write 0, and reads
#           on at the end of a telegram without 0F. mbus reads integers with the highest octet first, and BCD right; it
#           leaves the last two octets of a telegram out.
# Output:   aiombus: 1234 l as an integer: 1234, 12345678 l as BCD: 78563412, without 0F: TypeError, 0 l: AssertionError
#           mbus: 1234 l as an integer: 3523477504, 12345678 l as BCD: 12345678, without 0F: ValueError
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps aiombus==0.1.1 mbus==0.0.1.dev1
"$tmp/venv/bin/python" - <<'PY'
import sys

from aiombus.data import VariableData
from aiombus.data.block import BCDBlock
from mbus.mbus import MBus

HEADER = bytes.fromhex("78563412 2423 28 07 27 00 0000")  # of a water meter
LITRES = 0x13
INTEGER = bytes([0x04, LITRES]) + (1234).to_bytes(4, "little")
BCD = bytes([0x0C, LITRES]) + bytes.fromhex("78563412")
END = b"\x0f\x01\x02"  # and two octets of the maker


def of_aiombus(records):
    return VariableData.from_bytes(HEADER + records)._blocks[0].value


def of_mbus(records):
    body = b"\x08\x01\x72" + HEADER + records
    telegram = bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 0xFF, 0x16])
    return MBus().decode_telegram(telegram)[0]["Value"]


def or_error(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return type(error).__name__


seen = [[or_error(read, records) for records in (INTEGER + END, BCD + END, BCD)] for read in (of_aiombus, of_mbus)]
seen[0].append(or_error(lambda: bytes(BCDBlock(0, 4))))
WORDS = ("1234 l as an integer", "12345678 l as BCD", "without 0F", "0 l")
for name, values in zip(("aiombus", "mbus"), seen, strict=True):
    print(f"{name}: {', '.join(f'{words}: {value}' for words, value in zip(WORDS, values, strict=False))}")
if seen != [[1234, 78563412, "TypeError", "AssertionError"], [3523477504, 12345678, "ValueError"]]:
    sys.exit("changed: 78563412, 3523477504 and three errors were expected")
PY
