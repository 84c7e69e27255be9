#!/usr/bin/env bash
# dmxnet goes on announcing a sender that was stopped, and swaps the two bytes of its port
#
# Software: dmxnet 0.9.0 (npm)
# Guess:    An ArtPollReply is sent for each sender there is; sender.stop() "stops the sender and destroys it" (lib.js).
#           The reply's port is 1936 (hexadecimal), its low byte first (Art-Net 4, ArtPollReply, field 4).
# Seen:     stop() filters the list by "value === this" in a function of its own, where this is undefined, so nothing is
#           taken out. The port is packed as the fields around it, its high byte first, as 13849.
# Output:   universes of the senders: 3, 5
#           announced: 3, 5, port 13849
#           announced after 3 and 5 were stopped: 3, 5, port 13849
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" dmxnet@0.9.0
node - <<'JS'
const { dmxnet } = require("dmxnet");

const PORT_AT = 14;
const PORT_TYPE_AT = 174; // Of the first port; 0x40 is an input of Art-Net, so a sender.
const UNIVERSE_AT = 186;
const SEEN = { before: "3, 5, port 13849", after: "3, 5, port 13849" };

const net = new dmxnet({ hosts: ["127.0.0.1"], log: { silent: true } });
let replies = [];
net.socket.send = (packet) => replies.push(packet); // Instead of broadcasting it

function announced() {
  replies = [];
  net.ArtPollReply();
  const universes = replies.filter((reply) => reply[PORT_TYPE_AT] === 0x40).map((reply) => reply[UNIVERSE_AT]);
  return `${universes.join(", ")}, port ${replies[0].readUInt16LE(PORT_AT)}`;
}

const senders = [3, 5].map((universe) => net.newSender({ ip: "127.0.0.1", universe }));
console.log(`universes of the senders: ${senders.map((sender) => sender.universe).join(", ")}`);
const before = announced();
console.log(`announced: ${before}`);
senders.forEach((sender) => sender.stop());
const after = announced();
console.log(`announced after 3 and 5 were stopped: ${after}`);
if (before !== SEEN.before || after !== SEEN.after) console.error("changed: see the output");
process.exit(before === SEEN.before && after === SEEN.after ? 0 : 1);
JS
