#!/usr/bin/env bash
# pyCEC, by which Home Assistant speaks HDMI CEC, tells "Play" of a remote's volume key, and that all is on at first
#
# Software: pyCEC 0.5.2 (PyPI)
# Guess:    Its network tells each key of a television's remote as a command. In CEC a key is "User Control Pressed",
#           44h, with the key's code, 41h for louder; 41h as a command is "Play" (HDMI's supplement on CEC, user control
#           codes and messages). A device whose power status isn't known yet is neither on nor off. A command of a
#           device without an address, 15, is one like others.
# Seen:     libcec's commands begin with ">> ", and three letters are cut off each. A key comes by another callback,
#           which pyCEC makes "ff:44:41" of, without them: so the command 41h of player 4 is told. The status begins
#           with 0, which is on. A command from 15 is given to all 15 devices that there could be: AttributeError for
#           each that isn't there.
# Output:   key 41h: source 4, destination 4, command 41h, operands []
#           a television before its first answer: on True, off False
#           command of a device without an address: AttributeError
# Callbox:  has no HDMI CEC.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pyCEC==0.5.2
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys
import types


class Configuration:
    """libcec's configuration: keeps the callbacks, of which libcec calls the one for keys with code and duration."""

    def __init__(self):
        self.deviceTypes = types.SimpleNamespace(Add=lambda _kind: None)

    def SetKeyPressCallback(self, callback):
        self.key = callback

    def SetCommandCallback(self, callback):
        self.command = callback


libcec = Configuration()
sys.modules["cec"] = types.SimpleNamespace(libcec_configuration=lambda: libcec)

from pycec.cec import CecAdapter  # noqa: E402
from pycec.network import HDMIDevice, HDMINetwork  # noqa: E402


async def main():
    loop = asyncio.get_running_loop()
    adapter = CecAdapter("box")
    network = HDMINetwork(adapter, loop=loop)
    adapter.set_command_callback(network.command_callback)
    commands, errors = asyncio.Queue(), asyncio.Queue()
    network.set_command_callback(commands.put_nowait)
    loop.set_exception_handler(lambda _loop, context: errors.put_nowait(context["exception"]))
    libcec.key(0x41, 0)
    command = await asyncio.wait_for(commands.get(), 10)
    key = [command.src, command.dst, command.cmd, command.att]
    print(f"key 41h: source {key[0]}, destination {key[1]}, command {key[2]:02x}h, operands {key[3]}")
    television = HDMIDevice(0, network, loop=loop)
    print(f"a television before its first answer: on {television.is_on}, off {television.is_off}")
    libcec.command(">> ff:87:00:00:f0")
    error = type(await asyncio.wait_for(errors.get(), 10)).__name__
    print(f"command of a device without an address: {error}")
    if (key, television.is_on, error) != ([4, 4, 0x41, []], True, "AttributeError"):
        sys.exit("changed: the command 41h, a television that is on, and AttributeError were expected")


asyncio.run(main())
PY
