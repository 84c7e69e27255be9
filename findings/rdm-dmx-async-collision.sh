#!/usr/bin/env bash
# rdm-dmx-async reads a lamp that isn't there when two answer at once, and none that answers without a preamble
#
# Software: rdm-dmx-async 1.0.1 (PyPI)
# Guess:    When two lamps answer a discovery at once, the checksum of their UIDs is wrong, which tells the controller
#           that they collided (ANSI E1.20, 7.5): decode() gives None, "if collision or invalid" (docstring). An answer
#           begins with "0-7 bytes" of FE, as it says there too.
# Seen:     The checksum isn't looked at: of two answers that the wire joins by AND there is a third lamp. The discovery
#           takes that for a collision only after five attempts of half a second to mute it. An answer without FE is
#           none, so the lamp that sends it isn't found.
# Output:   one lamp: 454e00000013, another one: 454e00000026
#           both at once: 454e00000002
#           the first one without FE: None
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps rdm-dmx-async==1.0.1 pyserial==3.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import logging
import sys

from rdm_dmx_async.protocols.manchester_codec import ManchesterDiscoveryDecoder

FIRST, SECOND = 0x454E_00000013, 0x454E_00000026
logging.disable()


def encoded(octets):
    return bytes(half for octet in octets for half in (octet | 0xAA, octet | 0x55))


def answer(uid, preamble=7):
    """The answer of a lamp to DISC_UNIQUE_BRANCH."""
    body = encoded(uid.to_bytes(6, "big"))
    return b"\xfe" * preamble + b"\xaa" + body + encoded(sum(body).to_bytes(2, "big"))


def found(octets):
    uid = ManchesterDiscoveryDecoder().decode(octets)
    return uid and uid.hex()


one, another = found(answer(FIRST)), found(answer(SECOND))
print(f"one lamp: {one}, another one: {another}")
both = found(bytes(a & b for a, b in zip(answer(FIRST), answer(SECOND), strict=True)))
print(f"both at once: {both}")
bare = found(answer(FIRST, preamble=0))
print(f"the first one without FE: {bare}")
if both != "454e00000002" or bare is not None:
    sys.exit("changed: a third lamp was expected, and none without FE")
PY
