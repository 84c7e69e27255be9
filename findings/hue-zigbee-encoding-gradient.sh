#!/usr/bin/env bash
# hue-zigbee-encoding changes one colour in seven of a gradient that it has decoded, and reads none that ends an effect
#
# Software: hue-zigbee-encoding 1.0.0 (PyPI)
# Guess:    A message of a Hue light that is decoded and encoded again is the same. The effect may be 0, which is none
#           (NoEffect of bifrost, whose description of the format the README names); such a message ends an effect.
# Seen:     The colours of a gradient have 12 bits for x and for y. They are decoded to a fraction of 0.7347 and 0.8264,
#           and the fraction is cut when it is encoded, so 576 of 4096 pairs come back one lower. (A colour outside of a
#           gradient, with 16 bits, comes back as it was.) The effect 0 raises ValueError.
# Output:   gradient: 576 of 4096 colours are changed
#           one colour: 0 of 4096 are changed
#           effect 0: ValueError: 0 is not a valid HueLightEffect
# Callbox:  has its own lamp patterns, on LEDs of its own (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps hue-zigbee-encoding==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from hue_zigbee_encoding import HueLightUpdateMessage


def again(octets):
    """The message, decoded and encoded again."""
    return HueLightUpdateMessage.from_bytes(octets).to_bytes()


def gradient(number):
    """A message with a gradient of one colour, whose x and y are this."""
    colour = bytes([number & 0xFF, number >> 8 | (number & 0xF) << 4, number >> 4])
    return b"\x00\x01" + bytes([4 + len(colour), 1 << 4, 0, 0, 0]) + colour


def one_colour(number):
    return b"\x08\x00" + 2 * number.to_bytes(2, "little")


gradients = sum(again(gradient(number)) != gradient(number) for number in range(0x1000))
colours = sum(again(one_colour(number)) != one_colour(number) for number in range(0, 0x10000, 16))
try:
    effect = HueLightUpdateMessage.from_bytes(b"\x20\x00\x00").effect
except ValueError as error:
    effect = f"ValueError: {error}"
print(f"gradient: {gradients} of 4096 colours are changed")
print(f"one colour: {colours} of 4096 are changed")
print("effect 0:", effect)
if (gradients, colours) != (576, 0) or not str(effect).startswith("ValueError"):
    sys.exit("changed: 576 colours of a gradient, no others, and a ValueError were expected")
PY
