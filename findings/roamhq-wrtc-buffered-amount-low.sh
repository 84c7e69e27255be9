#!/usr/bin/env bash
# @roamhq/wrtc never tells that a data channel can take more, and gives a reliable one 65535 retransmissions
#
# Software: @roamhq/wrtc 0.10.0 (WebRTC for Node.js), Node.js 20
# Guess:    A program that has sent enough waits for bufferedamountlow; maxRetransmits and maxPacketLifeTime of a
#           reliable channel are null (W3C WebRTC, section 6.2), which is how one tells it from others.
# Seen:     There is no such event, and no bufferedAmountLowThreshold (a program that sets it has a property of its
#           own): bufferedAmount is back at 0, and nothing comes. Both limits are 65535.
# Output:   reliable channel: maxRetransmits 65535, maxPacketLifeTime 65535
#           6000000 octets sent: bufferedAmount fell to 0, bufferedamountlow 0 times
# Callbox:  has aiortc's data channels, which have the event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" @roamhq/wrtc@0.10.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { RTCPeerConnection } = require('@roamhq/wrtc')

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function main () {
  const sender = new RTCPeerConnection()
  const receiver = new RTCPeerConnection()
  sender.onicecandidate = ({ candidate }) => candidate && receiver.addIceCandidate(candidate)
  receiver.onicecandidate = ({ candidate }) => candidate && sender.addIceCandidate(candidate)
  receiver.ondatachannel = ({ channel }) => { channel.onmessage = () => {} }
  const channel = sender.createDataChannel('rtvi-ai')
  const opened = new Promise((resolve) => { channel.onopen = resolve })
  await sender.setLocalDescription(await sender.createOffer())
  await receiver.setRemoteDescription(sender.localDescription)
  await receiver.setLocalDescription(await receiver.createAnswer())
  await sender.setRemoteDescription(receiver.localDescription)
  await opened
  const { maxRetransmits, maxPacketLifeTime } = channel
  console.log(`reliable channel: maxRetransmits ${maxRetransmits}, maxPacketLifeTime ${maxPacketLifeTime}`)
  let events = 0
  channel.bufferedAmountLowThreshold = 100000
  channel.onbufferedamountlow = () => events++
  channel.addEventListener('bufferedamountlow', () => events++)
  for (let n = 0; n < 100; n++) channel.send(new Uint8Array(60000))
  const most = channel.bufferedAmount
  for (let tries = 0; tries < 300 && channel.bufferedAmount > 0; tries++) await wait(100)
  await wait(500)
  const rest = channel.bufferedAmount
  console.log(`6000000 octets sent: bufferedAmount fell to ${rest}, bufferedamountlow ${events} times`)
  const changed = maxRetransmits === null || most < 100000 || rest || events
  if (changed) console.error('changed: no event, and limits of 65535, were expected')
  process.exit(changed ? 1 : 0)
}

main()
JS
node "$tmp/run.cjs"
