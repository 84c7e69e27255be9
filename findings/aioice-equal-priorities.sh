#!/usr/bin/env bash
# aioice gives the candidates of two addresses the same priority
#
# Software: aioice 0.13.0
# Guess:    Two host candidates of one component, one for each address of the machine, have different priorities: RFC
#           8445, section 5.1.2, wants each candidate of a data stream to have its own, and 5.1.2.1 gives each address
#           another local preference.
# Seen:     Both have 2130706431, the value for a machine with a single address. The order in which a peer tries Wi-Fi,
#           Ethernet, VPN and IPv6 is left to chance.
# Output:   127.0.0.1 priority 2130706431
#           127.0.0.2 priority 2130706431
# Callbox:  nothing yet; candidates are offered as aioice makes them.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

import aioice
import aioice.ice


async def main():
    # Loopback addresses in place of those of two interfaces: aioice asks only here what addresses there are.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1", "127.0.0.2"]
    connection = aioice.Connection(ice_controlling=True)
    await connection.gather_candidates()
    candidates = connection.local_candidates
    await connection.close()
    for candidate in candidates:
        print(candidate.host, "priority", candidate.priority)
    if [candidate.priority for candidate in candidates] != [2130706431, 2130706431]:
        sys.exit("changed: two equal priorities were expected")


asyncio.run(main())
PY
