#!/usr/bin/env bash
# Pipecat takes "< 5 and wind >" for a tag, shows none of it as spoken, and ends the sentence before its last words are spoken
#
# Software: pipecat-ai 1.14.0, its WordCompletionTracker, which spoken_progress of RTVI's bot-output is made by
# Guess:    Each word that the speech synthesis reports moves on what is shown as spoken, and the sentence is "completed"
#           with its last word (RTVI 2.0, bot-output). A < that is no tag is text ("5 < 10", documentation of its markup).
# Seen:     A < with a > anywhere behind it is a tag. Within it nothing moves, then the rest is taken for spoken at once: at
#           the >, before "30, close it." is spoken. Until then the bot's context has none of the words either, so one who
#           interrupts it at "wind" has heard four that it doesn't remember.
# Output:   below: spoken "If rain is below", to come " 5 and wind above 30, close it."
#           <: spoken "If rain is", to come " < 5 and wind > 30, close it."
#           5: spoken "If rain is", to come " < 5 and wind > 30, close it."
#           and: spoken "If rain is", to come " < 5 and wind > 30, close it."
#           wind: spoken "If rain is < 5 and wind >", to come " 30, close it."
#           >: spoken "If rain is < 5 and wind > 30, close it.", to come "" (completed)
# Callbox:  its BotOutput is the message as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soxr==1.0.0 \
  wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from pipecat.utils.context.word_completion_tracker import WordCompletionTracker


def progress(text):
    """After each word: the word, what is shown as spoken, what as to come, and whether that is all."""
    tracker = WordCompletionTracker(text, llm_text=text, user_facing_text=text)  # as Pipecat's speech syntheses have it
    for word in text.split():
        complete = tracker.add_word_and_check_complete(word)
        spoken = tracker.get_accumulated_user_facing_text()
        yield word, spoken, tracker.get_remaining_user_facing_text(strip=False), complete
        if complete:
            return


in_words = list(progress("If rain is below 5 and wind above 30, close it."))
in_signs = list(progress("If rain is < 5 and wind > 30, close it."))
for word, spoken, to_come, complete in [in_words[3], *in_signs[3:]]:
    print(f'{word}: spoken "{spoken}", to come "{to_come}"{" (completed)" if complete else ""}')
if len(in_words) != 11 or in_words[3][1] != "If rain is below" or in_signs[4][1] != "If rain is" or len(in_signs) != 8:
    sys.exit("changed: nothing within the signs, and a completed sentence at the > were expected")
PY
