#!/usr/bin/env bash
# Times a new user of the client: a bare Debian SUITE, README's lines to install it, and `callbox talk`, which says 1 s of speech,
# until the bot's first word. The bot runs outside. Fails above 30 s.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=$1 limit_s=30
work=$(mktemp -d)
trap 'kill "$bot" 2>/dev/null || true; rm -rf "$work"' EXIT
: >"$work/bot"
.venv/bin/python -m callbox.demo.bot --port 0 >>"$work/bot" &
bot=$!
for _ in {1..60}; do grep -q URL "$work/bot" && break || sleep 0.5; done
url=$(sed -n 's/^start URL: //p' "$work/bot")
# shellcheck disable=SC2016 # the shell in the root expands it
tests/bare_root.sh "$suite" bash -c '
    began=$(date +%s%N)
    now() { echo "$((($(date +%s%N) - began) / 1000000)) ms  $*"; }
    apt-get update -qq && apt-get install -qq --no-install-recommends python3-venv >/dev/null 2>&1
    now "python3-venv installed"
    python3 -m venv .venv && .venv/bin/pip install -q .
    now "callbox installed, $(.venv/bin/python --version)"
    .venv/bin/python -c "
import wave
with wave.open(\"firmware/callbox/assets/speech.wav\") as long, wave.open(\"hello.wav\", \"wb\") as short:
    short.setparams(long.getparams())
    short.writeframes(long.readframes(long.getframerate()))"
    .venv/bin/callbox talk "$0" --wav hello.wav --out answer.wav |
        while read -r line; do now "$line"; done' "$url" | tee "$work/log"
first_ms=$(sed -n 's/^\([0-9]*\) ms .* bot: .*/\1/p' "$work/log" | head -n 1)
echo "first word after ${first_ms:?none} ms"
[ "$first_ms" -le $((limit_s * 1000)) ]
