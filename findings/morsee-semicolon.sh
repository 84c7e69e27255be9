#!/usr/bin/env bash
# morsee, the npm package for Morse code, reads no semicolon, and writes it without a dot or a dash
#
# Software: morsee 1.0.10 (npm)
# Guess:    encode() writes dots and dashes, and decode() reads them, as in its example: a semicolon is -.-.-. and an
#           underline ..--.-, by custom, and é ..-.. by ITU-R M.1677-1. Its example shows what encode() makes of "hello
#           world", with five blanks between the words.
# Seen:     For 33 of its 87 signs, ; _ $ and letters with accents, the table has middle dots and minus signs in place
#           of the full stops and hyphens of the others. A lamp that blinks . and - stays dark for them, and decode()
#           leaves out what any other program has written. Where letters share a code, the last one of the table is
#           read. Between the words encode() writes " / ", and decode() loses the blanks of the example.
# Output:   ; is U+2212 U+00B7 U+2212 U+00B7 U+2212 U+00B7
#           -.-.-. is read as ""; ..-.. as ""; é comes back as ę
#           33 of 87 signs
#           the example of encode() is read as helloworld
# Callbox:  has no Morse code; its lamps have patterns of their own (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts morsee@1.0.10
cat > code.js <<'JS'
const { decode, encode } = require("morsee");
const { toMorse } = require("morsee/src/dictionary");

const codes = [...encode(";")].map((sign) => `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
console.log(`; is ${codes.join(" ")}`);
const [semicolon, accent, back] = [decode("-.-.-."), decode("..-.."), decode(encode("é"))];
console.log(`-.-.-. is read as "${semicolon}"; ..-.. as "${accent}"; é comes back as ${back}`);
const others = Object.values(toMorse).filter((code) => /[^./-]/.test(code)).length;
console.log(`${others} of ${Object.keys(toMorse).length} signs`);
const example = decode(".... . .-.. .-.. ---     .-- --- .-. .-.. -..");
console.log(`the example of encode() is read as ${example}`);
if (codes[0] !== "U+2212" || semicolon || accent || back !== "ę" || others !== 33 || example !== "helloworld") {
  console.error("changed: U+2212, nothing twice, ę, 33 signs and helloworld were expected");
  process.exitCode = 1;
}
JS
node code.js
