#!/usr/bin/env bash
# pyee calls a listener once that was added twice, and keeps it after once()
#
# Software: pyee 13.0.1; Node.js 20 beside it
# Guess:    pyee calls itself a port of Node.js's EventEmitter, aiortc's events are its: a function added twice is
#           called twice for each event, and one added by once() and then by on() is called twice for the first event
#           and once for the next.
# Seen:     The second on() replaces the first, so it is called once. on() after once() replaces that one, too. A
#           remove_listener() for one of two users removes it for both.
# Output:   calls for a first and a second event
#           pyee: on, on: [1, 1]; Node.js: [2, 2]
#           pyee: once, on: [1, 1]; Node.js: [2, 1]
# Callbox:  adds each listener once.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pyee==13.0.1
"$tmp/venv/bin/python" - > "$tmp/pyee.txt" <<'PY'
from pyee import EventEmitter


def calls(*registrations):
    """How often a listener is called for two events."""
    emitter, counts = EventEmitter(), [0, 0]
    number = 0

    def listener():
        counts[number] += 1

    for registration in registrations:
        getattr(emitter, registration)("track", listener)
    for number in (0, 1):
        emitter.emit("track")
    return counts


print("on, on:", calls("on", "on"))
print("once, on:", calls("once", "on"))
PY
cat > "$tmp/run.cjs" <<'JS'
const { EventEmitter } = require('node:events')

function calls (...registrations) {
  const emitter = new EventEmitter()
  const counts = [0, 0]
  let number = 0
  const listener = () => { counts[number]++ }
  for (const registration of registrations) emitter[registration]('track', listener)
  for (number of [0, 1]) emitter.emit('track')
  return `[${counts.join(', ')}]`
}

console.log('on, on:', calls('on', 'on'))
console.log('once, on:', calls('once', 'on'))
JS
node "$tmp/run.cjs" > "$tmp/node.txt"
echo "calls for a first and a second event"
paste -d';' <(sed 's/^/pyee: /' "$tmp/pyee.txt") <(sed 's/^.*: / Node.js: /' "$tmp/node.txt")
if [ "$(cat "$tmp/pyee.txt")" != "$(printf 'on, on: [1, 1]\nonce, on: [1, 1]')" ]; then
  echo "changed: one call for each event was expected" >&2
  exit 1
fi
