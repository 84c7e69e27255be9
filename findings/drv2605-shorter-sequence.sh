#!/usr/bin/env bash
# drv2605 goes on with the end of the last pattern when the next one is shorter, and has one library for any motor
#
# Software: drv2605 1.0.0 (PyPI, Pimoroni), i2cdevice 1.0.0
# Guess:    set_sequence() sets the sequence to be played, of up to eight waveforms and pauses (docstring). The chip
#           plays its eight registers up to the first 0, so what is behind a shorter sequence must be 0 (datasheet of
#           the DRV2605, waveform sequencer). set_library("TS2200 A") selects the library of that name, 1, for a motor
#           with an eccentric mass; a pause is told in milliseconds, and longest 1270.
# Seen:     The registers behind the sequence keep what they had: a short click after a pattern of three is the click
#           and the rest of the pattern. set_library() writes 6, LRA, whatever it is told. A pause of 1300 ms is 20 ms.
# Output:   waveforms 1, 2, 3: 1 2 3; then 10 alone: 10 2 3
#           library TS2200 A: 6
#           1300 ms: 20 ms
# Callbox:  has no motor: what it has to tell it tells by sounds and lamps.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps drv2605==1.0.0 i2cdevice==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import itertools
import sys

from drv2605 import DRV2605, PlayWaveform, WaitMillis
from i2cdevice import MockSMBus

LIBRARY, SEQUENCE = 0x03, 0x04

bus = MockSMBus(1)
motor = DRV2605(i2c_dev=bus)


def played():
    """The waveforms of the sequencer up to the first 0."""
    return " ".join(map(str, itertools.takewhile(bool, bus.regs[SEQUENCE:SEQUENCE + 8])))


motor.set_sequence(PlayWaveform(1), PlayWaveform(2), PlayWaveform(3))
seen = [played()]
motor.set_sequence(PlayWaveform(10))
seen.append(played())
print(f"waveforms 1, 2, 3: {seen[0]}; then 10 alone: {seen[1]}")
motor.set_library("TS2200 A")
library = bus.regs[LIBRARY] & 0b111
print(f"library TS2200 A: {library}")
motor.set_sequence(WaitMillis(1300))
wait = (bus.regs[SEQUENCE] & 0x7F) * 10
print(f"1300 ms: {wait} ms")
if seen != ["1 2 3", "10 2 3"] or (library, wait) != (6, 20):
    sys.exit("changed: 10 2 3, 6 and 20 ms were expected")
PY
