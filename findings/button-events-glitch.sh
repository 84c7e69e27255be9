#!/usr/bin/env bash
# button-events tells "pressed" twice of one press when the pin glitches for 1 ms, and a release without a press
#
# Software: button-events 1.1.0 (npm), Node.js 20
# Guess:    With a debounce of 30 ms, a pin that is back at its level after a millisecond hasn't changed: the value that
#           counts is the one when the time is over (its documentation, "Debounce"). A held button is told once as
#           pressed.
# Seen:     The value is processed again though it is the same: the state of a held button, which waits for the release,
#           begins anew, and "pressed" comes a second time. A glitch of a button that isn't pressed is a
#           "button_release".
# Output:   held for 0.8 s: button_press pressed button_release released
#           held for 0.8 s, glitch at 0.4 s: button_press pressed button_press pressed button_release released
#           a glitch alone: button_release
# Callbox:  tells a gesture only of a change that lasts (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" button-events@1.1.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const ButtonEvents = require('button-events')

const NAMES = ['button_press', 'button_release', 'pressed', 'released', 'clicked', 'double_clicked', 'clicked_pressed']
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** The events of a pin, which is low while the button is pressed, that has these levels at these times. */
async function told (changes) {
  const button = new ButtonEvents()
  const events = []
  for (const name of NAMES) button.on(name, () => events.push(name))
  let now = 0
  for (const [at, level] of changes) {
    await pause(at - now)
    now = at
    button.gpioChange(level)
  }
  await pause(600)
  button.cleanup()
  return events.join(' ')
}

async function main () {
  const seen = [
    await told([[0, 0], [800, 1]]),
    await told([[0, 0], [400, 1], [401, 0], [800, 1]]),
    await told([[0, 0], [1, 1]])
  ]
  console.log('held for 0.8 s:', seen[0])
  console.log('held for 0.8 s, glitch at 0.4 s:', seen[1])
  console.log('a glitch alone:', seen[2])
  if (seen[1].split(' ').filter((name) => name === 'pressed').length !== 2 || seen[2] !== 'button_release') {
    console.error('changed: a second press, and a release alone, were expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
