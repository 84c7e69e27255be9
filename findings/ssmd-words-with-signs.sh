#!/usr/bin/env bash
# ssmd, Markdown for speech, leaves out the signs of 2 * 3 * 4 and wlan_wifi_off, also when they come from SSML
#
# Software: ssmd 0.9.3
# Guess:    A sign between blanks or within a word emphasises nothing, as in Markdown (CommonMark 0.31, section 6.2),
#           and from_ssml() and to_ssml(), which its documentation calls a "bidirectional conversion", leave SSML's text
#           as it is.
# Seen:     Both are emphasis, and a voice says "2 3 4". An asterisk that is text in SSML isn't escaped, and is emphasis
#           when it comes back.
# Output:   '2 * 3 * 4' is '2  3  4'
#           'wlan_wifi_off' is 'wlan wifi off'
#           <speak>Say *not* here</speak> is <speak><p>Say<emphasis> not</emphasis> here</p></speak>
# Callbox:  sends no SSML; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ssmd==0.9.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from ssmd import from_ssml, to_ssml, to_text

seen = []
for text in ("2 * 3 * 4", "wlan_wifi_off"):
    seen.append(to_text(text))
    print(f"{text!r} is {seen[-1]!r}")
source = "<speak>Say *not* here</speak>"
seen.append(to_ssml(from_ssml(source)))
print(f"{source} is {seen[-1]}")
if seen[:2] != ["2  3  4", "wlan wifi off"] or "<emphasis>" not in seen[2]:
    sys.exit("changed: no signs were expected, and emphasis")
PY
