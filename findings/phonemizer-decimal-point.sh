#!/usr/bin/env bash
# phonemizer says "twenty one. Five degrees" of 21.5 degrees when the sentence ends with a point that it shall keep
#
# Software: phonemizer 3.4.0, espeakng-loader 0.2.4 (espeak-ng 1.52)
# Guess:    preserve_punctuation=True keeps the marks of a text between its sounds. A point between two digits is none of them,
#           "so that a decimal number reaches the backend intact" (comment in its source).
# Seen:     The text is cut at the first place where the found mark stands, not where it was found: the point at the end cuts
#           21.5 apart, which becomes two numbers and two lines, and the point itself comes behind 21. With an exclamation
#           mark, or without the option, it is one number.
# Output:   It is 21.5 degrees!  ['It is 21.5 degrees'] 'ɪɾ ɪz twɛnti wʌn pɔɪnt faɪv dᵻɡɹiːz!'
#           It is 21.5 degrees.  ['It is 21', '5 degrees.'] 'ɪɾ ɪz twɛnti wʌn.\nfaɪv dᵻɡɹiːz'
#           It costs 19,99,  ['It costs 19', '99,'] 'ɪt kɔsts naɪntiːn,\nnaɪnti naɪn'
# Callbox:  its announcements are spoken by espeak-ng itself, or by the bot (docs/announcements.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check phonemizer==3.4.0 espeakng-loader==0.2.4
PYTHONUTF8=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import os
import sys

import espeakng_loader

os.environ["PHONEMIZER_ESPEAK_LIBRARY"] = espeakng_loader.get_library_path()
os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
from phonemizer import phonemize  # noqa: E402
from phonemizer.punctuation import Punctuation  # noqa: E402

seen = []
for text in ("It is 21.5 degrees!", "It is 21.5 degrees.", "It costs 19,99,"):
    parts, _ = Punctuation().preserve(text)
    sounds = phonemize(text, language="en-us", backend="espeak", preserve_punctuation=True, strip=True)
    print(f"{text}  {parts} {sounds!r}")
    seen.append(parts)
if seen != [["It is 21.5 degrees"], ["It is 21", "5 degrees."], ["It costs 19", "99,"]]:
    sys.exit("changed: two parts of a number were expected in front of its own mark")
PY
