#!/usr/bin/env bash
# osc-js gives a message to /* to the handler of /mixer/1/volume, and one to /volume/+ to none
#
# Software: osc-js 2.4.1 (npm)
# Guess:    It has "OSC address pattern matching". By OSC 1.0 a pattern matches an address with the same number of
#           parts, in each of which * and ? stand for characters of that part. An address may have each printable
#           character but the blank and # * , / ? [ ] { }: so /volume/+ and /a|b are addresses like others. An integer
#           has 32 bits with a sign, up to 2147483647; what is larger needs another type.
# Seen:     The pattern is made a regular expression in which * and ? match the slash as well, and +, |, ^ and $ keep
#           their meaning there: a message to /volume/+ isn't given to its handler, and one to /a|b to that of /a. Any
#           number without a fraction is sent as 32 bits of it.
# Output:   /* to /mixer/1/volume: true; /mixer/1?volume to /mixer/1/volume: true
#           /volume/+ to /volume/+: false; /a|b to /a|b: false; /a|b to /a: true
#           2147483648: -2147483648
# Callbox:  speaks no OSC.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts osc-js@2.4.1
cat > patterns.js <<'JS'
const OSC = require("osc-js");

// Is a message to the pattern, sent and received, given to the handler of the address?
function matches(pattern, address) {
  const osc = new OSC();
  let called = false;
  osc.on(address, () => { called = true; });
  osc.eventHandler.notify(new OSC.Message(pattern, 1));
  return called;
}

const seen = [
  [["/*", "/mixer/1/volume"], ["/mixer/1?volume", "/mixer/1/volume"]],
  [["/volume/+", "/volume/+"], ["/a|b", "/a|b"], ["/a|b", "/a"]],
].map((line) => {
  const results = line.map(([pattern, address]) => [pattern, address, matches(pattern, address)]);
  console.log(results.map(([pattern, address, called]) => `${pattern} to ${address}: ${called}`).join("; "));
  return results.map(([, , called]) => called);
});
const octets = new OSC.Message("/number", 2147483648).pack();
const message = new OSC.Message();
message.unpack(new DataView(octets.buffer, octets.byteOffset, octets.byteLength));
console.log(`2147483648: ${message.args[0]}`);
if (`${seen}` !== "true,true,false,false,true" || message.args[0] !== -2147483648) {
  console.error("changed: true, true, false, false, true and -2147483648 were expected");
  process.exitCode = 1;
}
JS
node patterns.js
