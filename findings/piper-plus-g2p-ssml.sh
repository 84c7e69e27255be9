#!/usr/bin/env bash
# piper-plus-g2p speaks ten times slower for 10 % faster, half as fast for twice as fast, and SSML's own first line as text
#
# Software: piper-plus-g2p 0.3.1, the text part of piper-plus
# Guess:    It takes "a subset of SSML W3C spec", with prosody's rate: +10% is a tenth faster than before, and a number
#           multiplies the speed, 2 is "twice the default rate" (SSML 1.0, 3.2.4). A document begins with an XML declaration,
#           as each example of SSML does.
# Seen:     +10% is taken for 10 %, and -10% for no change. A number is taken for the length of the sounds, so each is
#           upside down. SSML is what begins with <speak, so a document with a declaration is spoken with all its tags.
# Output:   rate="110%": 0.91 of the length
#           rate="+10%": 10.00 of the length
#           rate="-10%": 1.00 of the length
#           rate="2": 2.00 of the length
#           rate="0.5": 0.50 of the length
#           with an XML declaration: '<?xml version="1.0"?><speak>Good morning</speak>'
# Callbox:  its announcements are spoken by espeak-ng, or by the bot (docs/announcements.md); text has no tags there.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check piper-plus-g2p==0.3.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import logging
import sys

logging.disable()  # languages that aren't installed
from piper_plus_g2p.ssml import SSMLParser  # noqa: E402

lengths = []
for rate in ("110%", "+10%", "-10%", "2", "0.5"):
    (segment,) = SSMLParser.parse(f'<speak><prosody rate="{rate}">Good morning</prosody></speak>')
    lengths.append(round(segment.rate, 2))
    print(f'rate="{rate}": {segment.rate:.2f} of the length')
(segment,) = SSMLParser.parse('<?xml version="1.0"?><speak>Good morning</speak>')
print(f"with an XML declaration: {segment.text!r}")
if lengths != [0.91, 10, 1, 2, 0.5] or "<speak>" not in segment.text:
    sys.exit("changed: other rates and the tags were expected")
PY
