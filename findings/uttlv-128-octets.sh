#!/usr/bin/env bash
# uttlv reads a value of 128 octets, which it has written itself, together with all that follows
#
# Software: uttlv 0.7.1 (PyPI)
# Guess:    parse_array() reads what to_byte_array() has written, whatever the lengths: those are "automatically
#           determined" (README). It writes a length from 128 on as BER does, 81 80: an octet that counts the next ones,
#           and those (ITU-T X.690, 8.1.3.5).
# Seen:     The octet that counts is read as a part of the length, 0x8180, so the value takes all the rest. An empty
#           value at the end is dropped.
# Output:   127 octets and 1: {1: 127, 2: 1}
#           128 octets and 1: {1: 131}
#           1 octet and none: {1: 1}
# Callbox:  reads and writes no TLV: its messages are JSON (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps uttlv==0.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from uttlv import TLV


def read_again(*lengths):
    """The lengths of the values, by tag, after writing and reading."""
    written, read = TLV(), TLV()
    for tag, length in enumerate(lengths, start=1):
        written[tag] = bytes(length)
    read.parse_array(written.to_byte_array())
    return {tag: len(read[tag]) for tag in read._items}


seen = [read_again(127, 1), read_again(128, 1), read_again(1, 0)]
for name, lengths in zip(("127 octets and 1", "128 octets and 1", "1 octet and none"), seen, strict=True):
    print(f"{name}: {lengths}")
if seen[0] != {1: 127, 2: 1} or seen[1].keys() != {1} or seen[2] != {1: 1}:
    sys.exit("changed: one value of two was expected behind 128 octets, and none that is empty")
PY
