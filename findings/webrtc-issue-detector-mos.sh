#!/usr/bin/env bash
# webrtc-issue-detector gives the best mark to a call that loses most of its packets
#
# Software: webrtc-issue-detector 1.17.3, Node.js 20
# Guess:    A mean opinion score falls with the loss and with the round trip, down to 1 where nothing can be understood:
#           the E-model has 1 for each R below 0 (ITU-T G.107, annex B).
# Seen:     The polynomial of the standard, which is for R from 0 to 100, is used for negative R too, where it rises
#           again: from 60 % of lost packets, or a round trip of 2 s, on it is 5, "excellent". When nothing arrives at
#           all the loss is told as 0 %.
# Output:   5 % lost, round trip 50 ms: 4.0
#           40 % lost, round trip 50 ms: 1.1
#           60 % lost, round trip 50 ms: 5.0
#           90 % lost, round trip 50 ms: 5.0
#           100 % lost, round trip 50 ms: 4.4
#           0 % lost, round trip 2000 ms: 5.0
# Callbox:  tells what is lost and concealed, and no score (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" webrtc-issue-detector@1.17.3 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { NetworkScoresCalculator } = require('webrtc-issue-detector')

/** What the package's own parser makes of getStats(). */
function statistics (packetsReceived, packetsLost, currentRoundTripTime) {
  const nothing = { inbound: [], outbound: [] }
  return {
    connection: { id: 'call', packetsReceived, packetsSent: 0, currentRoundTripTime },
    audio: { inbound: [{ ssrc: 1, jitter: 0.005, packetsLost }], outbound: [] },
    video: nothing,
    remote: { audio: nothing, video: nothing }
  }
}

const seen = []
for (const [lost, roundTrip] of [[5, 0.05], [40, 0.05], [60, 0.05], [90, 0.05], [100, 0.05], [0, 2]]) {
  const calculator = new NetworkScoresCalculator()
  calculator.calculate(statistics(0, 0, roundTrip))
  seen.push(calculator.calculate(statistics(100 - lost, lost, roundTrip)).inbound)
  console.log(`${lost} % lost, round trip ${roundTrip * 1000} ms: ${seen.at(-1).toFixed(1)}`)
}
const [some, many, most, nearly, all, late] = seen
const changed = some < many || Math.min(most, nearly, late) < 5 || all < 4
if (changed) console.error('changed: 5 was expected of much loss and of a long round trip')
process.exit(changed ? 1 : 0)
JS
node "$tmp/run.cjs"
