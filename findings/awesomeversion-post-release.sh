#!/usr/bin/env bash
# awesomeversion takes a post-release for older than the release, and some builds before it for newer
#
# Software: awesomeversion 25.8.0 (Home Assistant's comparison of versions)
# Guess:    It names the scheme of 1.2.0.post1 PEP440, in which 1.2.0.dev3, also with a local part, comes before 1.2.0
#           and 1.2.0.post1 after it (PEP 440, "Summary of permitted suffixes and relative ordering").
# Seen:     1.2.0.post1 is older than 1.2.0, so an update to it isn't offered, and 1.2.0.dev3+g1a2b, as a build from a
#           commit calls itself, is newer, so that the release isn't. Without the local part it is older. 1!1.0, of a
#           later epoch, is older than 2.0.
# Output:   1.2.0.post1 (PEP440): older than 1.2.0
#           1.2.0.dev3+g1a2b (PEP440): newer than 1.2.0
#           1.2.0.dev3 (PEP440): older than 1.2.0
#           1!1.0 (PEP440): older than 2.0
# Callbox:  tells its version as the device's software (docs/mqtt.md); it has no update entity, which would be compared.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check awesomeversion==25.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from awesomeversion import AwesomeVersion

PAIRS = (("1.2.0.post1", "1.2.0"), ("1.2.0.dev3+g1a2b", "1.2.0"), ("1.2.0.dev3", "1.2.0"), ("1!1.0", "2.0"))
seen = []
for first, second in PAIRS:
    version = AwesomeVersion(first)
    seen.append("newer" if version > second else "older" if version < second else "equal")
    print(f"{first} ({version.strategy.name}): {seen[-1]} than {second}")
if seen != ["older", "newer", "older", "older"]:
    sys.exit("changed: an older post-release and a newer development version were expected")
PY
