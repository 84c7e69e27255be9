#!/usr/bin/env bash
# Two drivers of the card reader MFRC522 give back what a card has refused as written, and another number than its UID
#
# Software: mfrc522-python 0.0.9; joyit-rc522 1.0.2 (PyPI)
# Guess:    write_no_block() gives back None and None "if the operation fails" (docstring of mfrc522-python), as when
#           the card has another key: then it doesn't answer, and the bit MFCrypto1On stays 0 (NXP, MFRC522 datasheet,
#           10.3.1). Else it gives back the card's UID, 12345678, and the text.
# Seen:     Both write an error into the log, and give back a number and the text as if the text was on the card. The
#           number has a fifth octet, the check octet of the UID (BCC; ISO/IEC 14443-3).
# Output:   mfrc522-python: 0x1234567808, "open the door"
#           joyit-rc522: 0x1234567808, "open the door"
# Callbox:  reads no cards.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for name in mfrc522-python==0.0.9 joyit-rc522==1.0.2; do
  python3 -m venv "$tmp/${name%%==*}"
  "$tmp/${name%%==*}/bin/pip" install -q --disable-pip-version-check --no-deps "$name"
done
cat > "$tmp/run.py" <<'PY'
import logging
import sys
import types
from unittest.mock import MagicMock

COMMAND, IRQ, DIV_IRQ, FIFO, FIFO_LEVEL, BIT_FRAMING, CRC_HIGH, CRC_LOW = 1, 4, 5, 9, 10, 13, 0x21, 0x22
CALCULATE_CRC, TRANSCEIVE, AUTHENTICATE = 3, 12, 14
TIMER, RECEIVED, CRC_READY, START = 1, 0x20, 4, 0x80
UID = [0x12, 0x34, 0x56, 0x78]
BCC = UID[0] ^ UID[1] ^ UID[2] ^ UID[3]
logging.disable()


def crc_a(octets):
    """CRC_A of ISO/IEC 14443-3, low octet first."""
    crc = 0x6363
    for octet in octets:
        octet ^= crc & 0xFF
        octet ^= octet << 4 & 0xFF
        crc = crc >> 8 ^ octet << 8 ^ octet << 3 ^ octet >> 4
    return [crc & 0xFF, crc >> 8 & 0xFF]


def answer(octets):
    """What a card with another key answers: it can be found and selected, and neither read nor written."""
    select = [0x93, 0x70, *UID, BCC]
    if octets == [0x26]:
        return [0x04, 0x00]
    if octets == [0x93, 0x20]:
        return [*UID, BCC]
    return [0x08, *crc_a([0x08])] if octets == [*select, *crc_a(select)] else []


class SpiDev:
    """An MFRC522 on the bus, with a card before it (NXP, MFRC522 datasheet, chapters 9 and 10)."""

    def __init__(self):
        self.registers, self.fifo = bytearray(0x40), []

    def open(self, _bus, _device):
        pass

    def xfer2(self, octets):
        register = octets[0] >> 1 & 0x3F
        if octets[0] & 0x80:
            return [0, self.read(register)]
        self.write(register, octets[1])
        return [0, 0]

    def read(self, register):
        if register == FIFO:
            return self.fifo.pop(0) if self.fifo else 0
        return len(self.fifo) if register == FIFO_LEVEL else self.registers[register]

    def write(self, register, octet):
        if register == FIFO:
            self.fifo.append(octet)
        elif register == FIFO_LEVEL:
            self.fifo = []
        elif register in (IRQ, DIV_IRQ):
            self.registers[register] &= ~octet & 0xFF
        else:
            self.registers[register] = octet
        if (register, octet) == (COMMAND, CALCULATE_CRC):
            self.registers[CRC_LOW], self.registers[CRC_HIGH] = crc_a(self.fifo)
            self.registers[DIV_IRQ] |= CRC_READY
        if register == BIT_FRAMING and octet & START and self.registers[COMMAND] == TRANSCEIVE:
            self.fifo = answer(self.fifo)
            self.registers[IRQ] |= RECEIVED if self.fifo else TIMER
        if (register, octet) == (COMMAND, AUTHENTICATE):
            self.registers[IRQ] |= TIMER  # The key is another one: the card doesn't answer.


sys.modules["spidev"] = types.SimpleNamespace(SpiDev=SpiDev)
sys.modules["RPi"] = sys.modules["RPi.GPIO"] = sys.modules["gpiozero"] = MagicMock()  # The reset pin.

if sys.argv[1] == "mfrc522-python":
    from mfrc522 import BasicMFRC522

    number, text = BasicMFRC522().write_no_block("open the door", 11)
else:
    from JoyIT_RC522 import SimpleMFRC522

    number, text = SimpleMFRC522().write_no_block("open the door")
print(f'{sys.argv[1]}: {number:#x}, "{text}"')
if (number, text) != (0x1234567808, "open the door"):
    sys.exit("changed: the text was expected as if it was written, and a number of five octets")
PY
for name in mfrc522-python joyit-rc522; do
  "$tmp/$name/bin/python" -W ignore "$tmp/run.py" "$name"
done
