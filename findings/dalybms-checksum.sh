#!/usr/bin/env bash
# dalybms tells what a damaged answer says, and -6273.6 A of 280, and raises ValueError when the fourth output is on
#
# Software: dalybms 0.5.0 (PyPI)
# Guess:    An answer of the battery whose check sum is wrong isn't told: the request is repeated, three times in all
#           (docstring, request_retries). The current is two octets without sign, from -3000 to 3553.5 A in steps of 0.1
#           A (Daly's protocol, offset 30000). The states of inputs and outputs are eight bits, DO4 the highest.
# Seen:     The check sum is compared, a difference goes into the log alone, at level debug. The current is read with a
#           sign, so one of more than 276.7 A is far on the other side. So are the states: -128 has a minus in the text
#           of its bits, and connect() raises ValueError while DO4 is on.
# Output:   65.3 % with one bit wrong: 90.9 %, after 1 request
#           280 A: -6273.6 A
#           DO4 on: ValueError
# Callbox:  has no battery; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps dalybms==0.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

STATUS, SOC = 0x94, 0x90
requests = []
data = {STATUS: bytearray.fromhex("0401000001000500")}  # four cells, one sensor, DI1, five cycles
damage = 0


class Serial:
    """A serial line with a battery by Daly, which answers with thirteen octets."""

    is_open = True

    def __init__(self, **_options):
        pass

    def reset_input_buffer(self):
        pass

    def reset_output_buffer(self):
        pass

    def write(self, octets):
        requests.append(octets[2])
        return len(octets)

    def read(self, _number):
        answer = bytearray([0xA5, 0x01, requests[-1], 8]) + data[requests[-1]]
        answer.append(sum(answer) & 0xFF)
        answer[10] ^= damage
        return bytes(answer)


sys.modules["serial"] = types.SimpleNamespace(Serial=Serial, EIGHTBITS=8, PARITY_NONE="N", STOPBITS_ONE=1)

from dalybms import DalyBMS  # noqa: E402


def soc(percent, amperes):
    words = (132, 0, round(amperes * 10) + 30000, round(percent * 10))
    return bytearray(b"".join(word.to_bytes(2, "big") for word in words))


battery = DalyBMS()
battery.connect("/dev/null")
requests.clear()
data[SOC], damage = soc(65.3, 0), 0x01
told, number = battery.get_soc()["soc_percent"], len(requests)
print(f"65.3 % with one bit wrong: {told} %, after {number} request")
data[SOC], damage = soc(65.3, 280), 0
current = battery.get_soc()["current"]
print(f"280 A: {current} A")
data[STATUS][4] = 0x80
try:
    DalyBMS().connect("/dev/null")
    state = "told"
except ValueError:
    state = "ValueError"
print(f"DO4 on: {state}")
if (told, number, current, state) != (90.9, 1, -6273.6, "ValueError"):
    sys.exit("changed: 90.9 %, -6273.6 A and ValueError were expected")
PY
