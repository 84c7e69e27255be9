#!/usr/bin/env bash
# smspdudecoder loses the first letter of a message's part by its reference, and counts 0 minutes for 5
#
# Software: smspdudecoder 2.2.0, bitstring 4.3.1 (PyPI; bitstring 5.0.0 has no BitStream, so it fails with that one)
# Guess:    The text of a part starts after its header's octets, filled up to a whole septet; a relative validity of 0
#           is 5 minutes, of 144 it is 12.5 hours (3GPP TS 23.040, 9.2.3.24 and 9.2.3.12.1).
# Seen:     The header is decoded as text too and cut off by characters: where seven of its bits are 1b, the escape of
#           the alphabet, it is a character shorter. The period is vp * 5 minutes, from 144 on in whole hours.
# Output:   The first letter is lost:
#           8 bits, part 2 of 9: 16 of 256 references: b0 to bf
#           8 bits, part 2 of 2: 0 of 256 references
#           16 bits, part 2 of 4: 8 of 256 references: 42d8 to 42df
#           text with reference bb: ood evening, with reference cc: good evening
#           vp 0: 0 min, vp 11: 55 min, vp 144: 12 h, vp 145: 13 h
# Callbox:  receives no text messages.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps smspdudecoder==2.2.0 \
  bitstring==4.3.1 bitarray==3.12.3 pytz==2026.6
"$tmp/venv/bin/python" - <<'PY'
import io
import sys

from smspdudecoder.fields import SMSSubmit, UserData

SEPTET_BITS = 7
TEXT = "good evening"  # Its letters have the same codes in ASCII and in GSM's alphabet.
CONTEXT = {"header": {"udhi": True}, "dcs": {"encoding": "gsm"}}


def read(reference, reference_octets, parts):
    """The text that is read of a message's second part."""
    element = bytes([8 if reference_octets == 2 else 0, reference_octets + 2])
    header = element + reference.to_bytes(reference_octets, "big") + bytes([parts, 2])
    header = bytes([len(header)]) + header
    first = -(-len(header) * 8 // SEPTET_BITS)
    bits = int.from_bytes(header, "little")
    for index, letter in enumerate(TEXT, first):
        bits |= ord(letter) << index * SEPTET_BITS
    septets = first + len(TEXT)
    data = bytes([septets]) + bits.to_bytes(-(-septets * SEPTET_BITS // 8), "little")
    return UserData.decode(io.StringIO(data.hex()), CONTEXT)["data"]


def losing(reference_octets, parts, references):
    lost = [reference for reference in references if read(reference, reference_octets, parts) == TEXT[1:]]
    place = f": {lost[0]:x} to {lost[-1]:x}" if lost else ""
    print(f"{reference_octets * 8} bits, part 2 of {parts}: {len(lost)} of 256 references{place}")
    return lost


def validity(octet):
    """How long a message is to be kept, as read of an SMS-SUBMIT."""
    message = SMSSubmit.decode(io.StringIO(f"0011000B915155214365F70000{octet:02x}0161"))
    if "validity-minutes" in message:
        return f"{message['validity-minutes']} min"
    return f"{message['validity-hours']} h"


print("The first letter is lost:")
lost = [losing(1, 9, range(0x100)), losing(1, 2, range(0x100)), losing(2, 4, range(0x4200, 0x4300))]
texts = read(0xBB, 1, 9), read(0xCC, 1, 9)
print(f"text with reference bb: {texts[0]}, with reference cc: {texts[1]}")
periods = {octet: validity(octet) for octet in (0, 11, 144, 145)}
print(", ".join(f"vp {octet}: {period}" for octet, period in periods.items()))
if lost != [list(range(0xB0, 0xC0)), [], list(range(0x42D8, 0x42E0))] or texts != (TEXT[1:], TEXT):
    sys.exit("changed: the references")
if periods != {0: "0 min", 11: "55 min", 144: "12 h", 145: "13 h"}:
    sys.exit("changed: the periods")
PY
