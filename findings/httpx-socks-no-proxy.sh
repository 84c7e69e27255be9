#!/usr/bin/env bash
# A SOCKS proxy in the environment ends httpx even for hosts that no_proxy names
#
# Software: httpx 0.28.1 without its extra "socks"
# Guess:    With all_proxy=socks5://… and no_proxy=127.0.0.1 a request to 127.0.0.1 goes straight; the missing SOCKS
#           support matters only for a request that needs the proxy.
# Seen:     httpx.Client() itself raises ImportError, and so does httpx.get("http://127.0.0.1/"): no request is possible.
# Output:
#OUT
# Callbox:  nothing yet; such an environment ends each call.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check httpx==0.28.1
"$tmp/venv/bin/python" - <<'PY'
import os
import sys

import httpx

for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]


def tried(action):
    try:
        action()
        return "works"
    except httpx.ConnectError:
        return "goes straight; nobody listens there"
    except ImportError as error:
        return f"ImportError: {error}"


before = tried(lambda: httpx.get("http://127.0.0.1:9/"))
os.environ.update(all_proxy="socks5://127.0.0.1:1080", no_proxy="127.0.0.1")
made, after = tried(httpx.Client), tried(lambda: httpx.get("http://127.0.0.1:9/"))
print("get() without a proxy:", before)
print("Client() with all_proxy and no_proxy:", made)
print("get() with all_proxy and no_proxy:", after)
if not before.startswith("goes straight") or not made.startswith("ImportError") or not after.startswith("ImportError"):
    sys.exit("changed: ImportError was expected as soon as all_proxy is set")
PY
