#!/usr/bin/env bash
# phone-modem, by which Home Assistant tells who calls, never tells the number of a caller whose name isn't sent
#
# Software: phone-modem 0.1.2, aioserial 1.3.0, pyserial 3.5 (PyPI)
# Guess:    The state "callerid" comes when the modem has written who calls. That is DATE, TIME, NMBR and NAME, or no
#           NAME: the single data message format has date, time and number only (Telcordia GR-30-CORE), and a name is
#           optional where it can be sent (ETSI EN 300 659-3).
# Seen:     "callerid" comes with the line NAME. Without it there is "ring" alone, and the number waits in an attribute.
# Output:   with a name: ring, callerid, ring
#           without: ring, ring, the number is 5550123
# Callbox:  is no analog telephone; its ring tells which bot rings (docs/rings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps phone-modem==0.1.2 aioserial==1.3.0 pyserial==3.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import os
import pty
import sys
import tty

from phone_modem import PhoneModem

CALLER = ["DATE = 1130", "TIME = 1830", "NMBR = 5550123"]


class Modem:
    """A modem on a pseudo terminal, which answers OK to each command."""

    def __init__(self):
        self.end, terminal = pty.openpty()
        tty.setraw(terminal)
        self.port = os.ttyname(terminal)
        asyncio.get_running_loop().add_reader(self.end, self.answer)

    def answer(self):
        for _ in range(os.read(self.end, 1024).count(b"\r\n")):
            self.write("OK")

    def write(self, *lines):
        os.write(self.end, "".join(f"\r\n{line}\r\n" for line in lines).encode())


async def call(*caller):
    """The states that are told when the modem writes this between two rings, and the number."""
    modem, states, rung_twice = Modem(), [], asyncio.Event()

    def tell(state):
        states.append(state)
        if states.count("ring") == 2:
            rung_twice.set()

    phone = PhoneModem(modem.port, tell)
    await phone.initialize(modem.port)
    modem.write("RING", *caller, "RING")
    await rung_twice.wait()
    number = phone.cid_number
    await phone.close()
    return states, number


async def main():
    named, _ = await call(*CALLER, "NAME = SMITH JOHN")
    unnamed, number = await call(*CALLER)
    print(f"with a name: {', '.join(named)}")
    print(f"without: {', '.join(unnamed)}, the number is {number}")
    if "callerid" not in named or "callerid" in unnamed or number != "5550123":
        sys.exit("changed: callerid was expected with a name only")


asyncio.run(asyncio.wait_for(main(), 60))
PY
