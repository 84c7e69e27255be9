#!/usr/bin/env bash
# Adafruit's driver of the sound processor BD3491FS resets and mutes nothing, and refuses the 10 dB of its own list
#
# Software: adafruit-circuitpython-bd3491fs 1.1.24, -register 1.13.0
# Guess:    reset(), which the constructor calls as well, mutes the input and both channels, as its documentation says,
#           and what it tells then is so; input_gain takes each of the levels in Level, of which 10 dB is the example.
# Seen:     reset() sets an attribute of the object that nothing reads: nothing is written to the bus, and the sound
#           goes on as it was, while the object tells "muted". Of ten levels, 10 and 14 dB raise ValueError.
# Output:   reset(): 0 octets written; told: input 7, attenuation 255
#           active_input = Input.A: 2 octets written
#           refused: 10DB, 14DB
# Callbox:  sets the volume in ALSA's mixer or on its own samples, and no sound processor (docs/sound/README.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-bd3491fs==1.1.24 \
  adafruit-circuitpython-register==1.13.0 adafruit-circuitpython-busdevice==5.2.17 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Bus:
    """An I2C bus that counts the octets that are written."""

    written = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        self.written += len(bytes(buffer[start:end]))


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_bd3491fs import BD3491FS, Input, Level  # noqa: E402

bus = Bus()
processor = BD3491FS(bus)
processor.reset()
reset, told = bus.written, (processor.active_input, processor.channel_1_attenuation)
processor.active_input = Input.A
chosen = bus.written - reset
refused = []
for name in (name for name in vars(Level) if name.startswith("LEVEL_")):
    try:
        processor.input_gain = getattr(Level, name)
    except ValueError:
        refused.append(name.removeprefix("LEVEL_"))
print(f"reset(): {reset} octets written; told: input {told[0]}, attenuation {told[1]}")
print(f"active_input = Input.A: {chosen} octets written")
print("refused:", ", ".join(refused))
if reset or not chosen or refused != ["10DB", "14DB"]:
    sys.exit("changed: no octet of a reset, and two refused levels, were expected")
PY
