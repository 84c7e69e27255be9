#!/usr/bin/env bash
# Adafruit's driver of the converter TLV320DAC3100 tells -45 dB of a volume knob at its end, where the chip has -63
#
# Software: adafruit-circuitpython-tlv320 1.4.0, -busdevice 5.2.17
# Guess:    vol_adc_db tells the volume that a knob at the pin VOL/MICDET sets, "+18 to -63 dB" (docstring). Register
#           117 has 18 dB as 0, 0.5 dB less for each step down to -27 dB, which is 90, and 1 dB less for each one behind
#           it, so 126 is -63 dB (datasheet).
# Seen:     Each step is taken for half a decibel, so nothing is ever told below -45 dB: at -40 dB it is -33.5.
# Output:   0: 18.0 dB, 36: 0.0 dB, 90: -27.0 dB, 103 (-40 dB): -33.5 dB, 126 (-63 dB): -45.0 dB
# Callbox:  sets the volume in the sound card's mixer, in dB by ALSA (docs/settings.md, audio).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-tlv320==1.4.0 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

VOL_MICDET = 117


class Bus:
    """An I2C bus with a TLV320DAC3100: the registers of its page 0."""

    def __init__(self):
        self.registers = bytearray(0x80)
        self.register = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        self.register = octets[0] if octets else 0
        if len(octets) == 2 and self.register != 1:  # register 1 resets, which is done at once
            self.registers[self.register] = octets[1]

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        buffer[start] = self.registers[self.register]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)

from adafruit_tlv320 import TLV320DAC3100  # noqa: E402

bus = Bus()
converter = TLV320DAC3100(bus)
seen = []
for step, right in ((0, 18), (36, 0), (90, -27), (103, -40), (126, -63)):
    bus.registers[VOL_MICDET] = step
    seen.append(abs(converter.vol_adc_db) and converter.vol_adc_db)
    print(f"{step}{'' if seen[-1] == right else f' ({right} dB)'}: {seen[-1]} dB", end="\n" if step == 126 else ", ")
if seen != [18.0, 0.0, -27.0, -33.5, -45.0]:
    sys.exit("changed: -33.5 and -45 dB were expected")
PY
