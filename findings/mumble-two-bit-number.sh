#!/usr/bin/env bash
# Two libraries of Mumble, the voice chat, disagree about -1: one writes it as -2, the other reads -17
#
# Software: pymumble 1.6.1 (PyPI), @tf2pickup-org/mumble-client 0.13.0 (npm), Node.js 20
# Guess:    A variable length number that begins with 111111xx is an inverted negative of two bits (Mumble's protocol
#           documentation, table of varints: ~xx): 0xfc is -1, 0xfd -2, 0xfe -3, 0xff -4. Both write and read it so.
# Seen:     pymumble takes the bits for the number itself: 0xfc is 0, and -1 is written as 0xfd, which is -2 for others.
#           mumble-client masks with hexadecimal digits in place of binary ones: -17 and -18. Other numbers agree.
# Output:   fc is -1: pymumble 0, mumble-client -17
#           fd is -2: pymumble -1, mumble-client -18
#           fe is -3: pymumble -2, mumble-client -17
#           ff is -4: pymumble -3, mumble-client -18
#           dfffff is 2097151: pymumble 2097151, mumble-client 2097151
#           -1 is written by pymumble as fd
# Callbox:  doesn't speak Mumble.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pymumble==1.6.1
npm install --silent --no-audit --no-fund --prefix "$tmp" @tf2pickup-org/mumble-client@0.13.0 > "$tmp/npm.log"
cd "$tmp"
cat > read.mjs <<'JS'
import { readVarint } from './node_modules/@tf2pickup-org/mumble-client/dist/read-varint.js'

console.log(process.argv.slice(2).map((octets) => readVarint(Buffer.from(octets, 'hex')).value).join(' '))
JS
venv/bin/python - <<'PY'
import importlib.util
import subprocess
import sys

place = importlib.util.find_spec("pymumble_py3").submodule_search_locations[0]
spec = importlib.util.spec_from_file_location("tools", f"{place}/tools.py")  # needs neither libopus nor protobuf
tools = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tools)
NUMBERS = {"fc": -1, "fd": -2, "fe": -3, "ff": -4, "dfffff": 2097151}
node = subprocess.check_output(["node", "read.mjs", *NUMBERS], text=True).split()
seen = []
for (octets, number), theirs in zip(NUMBERS.items(), node, strict=True):
    value = tools.VarInt()
    value.decode(bytes.fromhex(octets))
    seen.append((value.value, int(theirs)))
    print(f"{octets} is {number}: pymumble {value.value}, mumble-client {theirs}")
written = tools.VarInt(-1).encode().hex()
print(f"-1 is written by pymumble as {written}")
if seen != [(0, -17), (-1, -18), (-2, -17), (-3, -18), (2097151, 2097151)] or written != "fd":
    sys.exit("changed: 0 to -3, -17 and -18 were expected, and fd for -1")
PY
