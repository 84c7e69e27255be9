#!/usr/bin/env bash
# pyjsgf refuses Dr., 7.5, "New York" and a question mark in a grammar of what can be said
#
# Software: pyjsgf 1.9.0 (pyparsing 3.3.3)
# Guess:    A token of a JSpeech grammar ends at a blank or at one of its own signs, such as ; | * + ( [ { and <; in
#           quotation marks it may have blanks; a closing brace in a tag is written with a backslash (JSGF 1.0, Tokens
#           and Tags). So a full stop, a comma and a question mark are parts of a token.
# Seen:     A token may have letters, digits, hyphens and apostrophes only. Everything else is a ParseException, though
#           the quotation marks and the backslash are in the specification.
# Output:   e-mail: matches e-mail
#           don't stop: matches don't stop
#           Dr. Who: ParseException
#           7.5: ParseException
#           what time is it?: ParseException
#           "New York": ParseException
#           yes {set \{a\}}: ParseException
# Callbox:  listens for wake words, not for a grammar (docs/wake.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pyjsgf==1.9.0 pyparsing==3.3.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from jsgf import parse_grammar_string

TEXTS = ("e-mail", "don't stop", "Dr. Who", "7.5", "what time is it?", '"New York"', r"yes {set \{a\}}")


def told(text):
    """What a rule of this text matches."""
    try:
        grammar = parse_grammar_string(f"#JSGF V1.0;\ngrammar words;\npublic <rule> = {text};\n")
    except Exception as error:
        return type(error).__name__
    return f"matches {text}" if grammar.find_matching_rules(text) else "matches something else"


seen = [told(text) for text in TEXTS]
for text, answer in zip(TEXTS, seen):
    print(f"{text}: {answer}")
if seen != ["matches e-mail", "matches don't stop", *["ParseException"] * 5]:
    sys.exit("changed: ParseException was expected of the last five")
PY
