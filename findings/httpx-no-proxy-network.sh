#!/usr/bin/env bash
# httpx doesn't know networks in no_proxy
#
# Software: httpx 0.28.1, beside it requests 2.32.5
# Guess:    no_proxy=192.168.0.0/16 keeps what goes to a bot at 192.168.1.5 off the proxy, as it does with requests.
# Seen:     With httpx it goes to the proxy. An address or a domain alone is obeyed; [::1], an IPv6 address as a URL has
#           it, raises InvalidURL before any request.
# Output:   no_proxy=192.168.1.5, http://192.168.1.5/: direct
#           no_proxy=.home.arpa, http://bot.home.arpa/: direct
#           no_proxy=::1, http://[::1]/: direct
#           no_proxy=192.168.0.0/16, http://192.168.1.5/: proxy
#           no_proxy=[::1], http://[::1]/: InvalidURL("Invalid port: ':1]'")
#           requests, no_proxy=192.168.0.0/16, http://192.168.1.5/: direct
# Callbox:  nothing yet; the start request and the offer of a call to the local network go to the proxy.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check httpx==0.28.1 requests==2.32.5
"$tmp/venv/bin/python" - <<'PY'
import os
import sys

import httpx
import requests.utils


def way(no_proxy, url):
    os.environ.update(http_proxy="http://127.0.0.1:9", no_proxy=no_proxy)
    try:
        with httpx.Client() as client:
            return "direct" if client._transport_for_url(httpx.URL(url)) is client._transport else "proxy"
    except httpx.InvalidURL as error:
        return repr(error)


for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]
CASES = {
    ("192.168.1.5", "http://192.168.1.5/"): "direct",
    (".home.arpa", "http://bot.home.arpa/"): "direct",
    ("::1", "http://[::1]/"): "direct",
    ("192.168.0.0/16", "http://192.168.1.5/"): "proxy",
    ("[::1]", "http://[::1]/"): "InvalidURL(\"Invalid port: ':1]'\")",
}
seen = {case: way(*case) for case in CASES}
for (no_proxy, url), result in seen.items():
    print(f"no_proxy={no_proxy}, {url}: {result}")
bypassed = requests.utils.should_bypass_proxies("http://192.168.1.5/", no_proxy="192.168.0.0/16")
print("requests, no_proxy=192.168.0.0/16, http://192.168.1.5/:", "direct" if bypassed else "proxy")
if seen != CASES or not bypassed:
    sys.exit("changed: networks were expected to be ignored, and [::1] to be refused")
PY
