#!/usr/bin/env bash
# pi-rc522 halts no card, tells 16 as the type of each one, and calls the last block of sector 1 S1.0B3
#
# Software: pi-rc522 2.3.0 (PyPI)
# Guess:    A card that has been halted answers no request but that for all cards, so a program reads it once: the
#           command is 50 00 with a CRC (ISO/IEC 14443-3, HLTA). request() gives back True and the type of the card, or
#           False; sector_string(7), the last block of the second sector, is S01B03 (both docstrings).
# Seen:     The CRC is computed and not sent, so the card goes back to the state in which it answers. request() gives
#           back False for a card, and the number of bits of its answer for the type; the name is S1.0B3.
# Output:   request(): False, 16
#           request() after halt(): False, 16
#           request() after 50 00 with a CRC: True, None
#           sector_string(7): S1.0B3
# Callbox:  reads no cards.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pi-rc522==2.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types
from unittest.mock import MagicMock

COMMAND, IRQ, DIV_IRQ, FIFO, FIFO_LEVEL, BIT_FRAMING, CRC_HIGH, CRC_LOW = 1, 4, 5, 9, 10, 13, 0x21, 0x22
CALCULATE_CRC, TRANSCEIVE = 3, 12
TIMER, RECEIVED, CRC_READY, START = 1, 0x20, 4, 0x80
UID = [0x12, 0x34, 0x56, 0x78]
BCC = UID[0] ^ UID[1] ^ UID[2] ^ UID[3]


def crc_a(octets):
    """CRC_A of ISO/IEC 14443-3, low octet first."""
    crc = 0x6363
    for octet in octets:
        octet ^= crc & 0xFF
        octet ^= octet << 4 & 0xFF
        crc = crc >> 8 ^ octet << 8 ^ octet << 3 ^ octet >> 4
    return [crc & 0xFF, crc >> 8 & 0xFF]


class Card:
    """A card with four octets of UID: what it answers, or nothing."""

    halted = False

    def answer(self, octets):
        if octets == [0x26]:
            return [] if self.halted else [0x04, 0x00]
        if octets == [0x93, 0x20]:
            return [*UID, BCC]
        select = [0x93, 0x70, *UID, BCC]
        if octets == [*select, *crc_a(select)]:
            return [0x08, *crc_a([0x08])]
        if octets == [0x50, 0x00, *crc_a([0x50, 0x00])]:
            self.halted = True
        return []


class SpiDev:
    """An MFRC522 on the bus, with a card before it (NXP, MFRC522 datasheet, chapters 9 and 10)."""

    def __init__(self):
        self.registers, self.fifo, self.card = bytearray(0x40), [], Card()

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
            self.fifo = self.card.answer(self.fifo)
            self.registers[IRQ] |= RECEIVED if self.fifo else TIMER


sys.modules["spidev"] = types.SimpleNamespace(SpiDev=SpiDev)
sys.modules["RPi"] = sys.modules["RPi.GPIO"] = MagicMock()  # The reset pin.

from pirc522 import RFID  # noqa: E402

reader = RFID(pin_irq=None)


def select():
    """Find the card and select it; what request() gave back."""
    found = reader.request()
    if not found[0]:
        error, uid = reader.anticoll()
        assert not error and not reader.select_tag(uid)
    return found


seen = [select()]
reader.halt()
seen.append(select())
command = [0x50, 0x00]
reader.card_write(reader.mode_transrec, command + reader.calculate_crc(command))
seen.append(reader.request())
for words, (error, kind) in zip(("", " after halt()", " after 50 00 with a CRC"), seen, strict=True):
    print(f"request(){words}: {error}, {kind}")
name = reader.util().sector_string(7)
print(f"sector_string(7): {name}")
if seen != [(False, 16), (False, 16), (True, None)] or name != "S1.0B3":
    sys.exit("changed: an answer was expected after halt(), and S1.0B3")
PY
