#!/usr/bin/env bash
# Pipecat's WebSocket transport for JavaScript plays a bot's voice at one rate, whatever the frame says
#
# Software: @pipecat-ai/websocket-transport 1.7.1, Node.js 20
# Guess:    A protobuf audio frame tells its sampleRate and numChannels, so a bot that speaks at 8 or 16 kHz is heard as
#           it speaks, or there is an error.
# Seen:     ProtobufFrameSerializer hands on the samples alone, and the player has playerSampleRate, 24 kHz by default:
#           a voice of 8 kHz is three times as fast, and high; two channels are played one sample after the other.
# Output:   1 s at 24000 Hz, 1 channel: {type, audio}, lasts 1.00 s at 24 kHz
#           1 s at 8000 Hz, 1 channel: {type, audio}, lasts 0.33 s at 24 kHz
#           1 s at 24000 Hz, 2 channels: {type, audio}, lasts 2.00 s at 24 kHz
# Callbox:  plays each frame at the rate that it tells (transports/websocket).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" \
  @pipecat-ai/websocket-transport@1.7.1 @pipecat-ai/client-js@1.13.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
globalThis.window = {} // as in a browser
const { ProtobufFrameSerializer } = require('@pipecat-ai/websocket-transport')

async function main () {
  const serializer = new ProtobufFrameSerializer()
  const seen = []
  for (const [rate, channels] of [[24000, 1], [8000, 1], [24000, 2]]) {
    const second = new Int16Array(rate * channels).buffer
    const frame = await serializer.deserialize(new Blob([serializer.serializeAudio(second, rate, channels)]))
    const lasts = (frame.audio.length / 24000).toFixed(2)
    seen.push(`${Object.keys(frame)} ${lasts}`)
    console.log(`1 s at ${rate} Hz, ${channels} channel${channels > 1 ? 's' : ''}: {${Object.keys(frame).join(', ')}},`,
      `lasts ${lasts} s at 24 kHz`)
  }
  if (seen.join('|') !== 'type,audio 1.00|type,audio 0.33|type,audio 2.00') {
    console.error('changed: samples without rate and channels were expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
