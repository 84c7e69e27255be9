#!/usr/bin/env bash
# gsmmodem drops the @ at the end of a message of 8 characters, and shows *123 as the sender a123
#
# Software: python-gsmmodem-new 0.13.0
# Guess:    decodeSmsPdu gives back the text that encodeSmsSubmitPdu packed, as a message says how many characters it
#           has. A and B of an address are * and #, C to E are a to c (3GPP TS 23.040, 9.1.2.3); a data coding scheme
#           of e0 to ef, of a message that tells of others that wait, means UCS2 (3GPP TS 23.038, 4).
# Seen:     unpackSeptets takes the eighth character of the last seven octets only if it isn't 0, which is @. Digits of
#           an address are shown as hexadecimal ones. Other coding groups are ignored, says a comment.
# Output:   lose their @: 8, 16, 24, 32, 40, 48 characters
#           sender *123#: a123b
#           scheme e8: @P£H instead of hi
# Callbox:  receives no text messages.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps python-gsmmodem-new==0.13.0 \
  pyserial==3.5
"$tmp/venv/bin/python" - <<'PY'
import sys

from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu

LENGTHS = range(2, 50)
TIME = "11101131521400"
SEEN = ([8, 16, 24, 32, 40, 48], "a123b", "@P£H")


def again(text):
    return decodeSmsPdu(str(encodeSmsSubmitPdu("+15551234567", text)[0]))["text"]


texts = ["a" * (length - 1) + "@" for length in LENGTHS]
losing = [len(text) for text in texts if again(text) == text[:-1]]
print(f"lose their @: {', '.join(map(str, losing))} characters")
if any(again(text) != text for text in texts if len(text) not in losing):
    sys.exit("changed: other texts are lost too")

sender = decodeSmsPdu("0000" "0581" "1a32fb" "0000" + TIME + "0161")["number"]
print(f"sender *123#: {sender}")
text = "hi".encode("utf-16-be")
waiting = decodeSmsPdu("0000" "0481" "2143" "00e8" + TIME + f"{len(text):02x}{text.hex()}")["text"]
print(f"scheme e8: {waiting} instead of hi")
if (losing, sender, waiting) != SEEN:
    sys.exit(f"changed: {(losing, sender, waiting)}")
PY
