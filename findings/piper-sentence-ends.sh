#!/usr/bin/env bash
# Piper ends a sentence after Dr. and No., and speaks "Wait... What?" as one word
#
# Software: piper-tts 1.8.0 with its espeak-ng (a voice of Home Assistant)
# Guess:    Text is spoken sentence by sentence, with a pause between them: "Dr. Smith" and "No. 5" are within one,
#           "Wait... What?" is two.
# Seen:     Each point is an end, so there is a pause within "Dr. Smith", "No. 5" and German's "3. Mai", whose number is
#           spoken as "drei". At three points there is neither an end nor a blank.
# Output:   Dr. Smith is here.: dˈɑːktɚ. / smˈɪθ ɪz hˈɪɹ.
#           No. 5 is alive.: nˈoʊ. / fˈaɪv ɪz ɐlˈaɪv.
#           Am 3. Mai.: am drˈaɪ. / mˈaɪ.
#           Wait... What?: wˈeɪtwˌʌt?
# Callbox:  has no voice; the bot speaks.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check piper-tts==1.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from piper.phonemize_espeak import EspeakPhonemizer

phonemizer, seen = EspeakPhonemizer(), []
for voice, text in (
    ("en-us", "Dr. Smith is here."),
    ("en-us", "No. 5 is alive."),
    ("de", "Am 3. Mai."),
    ("en-us", "Wait... What?"),
):
    seen.append(["".join(phonemes) for phonemes in phonemizer.phonemize(voice, text)])
    print(f"{text}: {' / '.join(seen[-1])}")
if [len(sentences) for sentences in seen] != [2, 2, 2, 1]:
    sys.exit("changed: ends after Dr., No. and 3., and none after three points, were expected")
PY
