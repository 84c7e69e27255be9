#!/usr/bin/env bash
# jsmidgen breaks a MIDI file by a text of 128 letters, plays at 4 beats per minute for 916, and can't write a number
#
# Software: jsmidgen 0.1.8, read by midi-file 1.2.4 (npm)
# Guess:    MetaEvent takes a type of its list and data "string or array of byte values". In a Standard MIDI File the
#           length of a meta event is a variable length quantity, and a tempo three octets, the highest first. Its list
#           has SEQUENCE, 00h, whose data are two octets. A note may have velocity 0.
# Seen:     The length is one octet: 128 is 80h, which says that another octet of the length follows. A tempo above 915
#           beats per minute is less than 65536 us, and is filled up to three octets at the end in place of the
#           beginning. The type 0 is taken for a missing one, and the velocity 0 for none, which is 90.
# Output:   text of 127 letters: read back; of 128: another file
#           tempo 915: 915; 916: 3.6
#           SEQUENCE: Type for meta-event not specified.
#           velocity 0: 90
# Callbox:  plays sounds, no MIDI (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts jsmidgen@0.1.8 midi-file@1.2.4
cat > file.js <<'JS'
const { parseMidi } = require("midi-file");
const { File, MetaEvent, Track } = require("jsmidgen");

// The events of a file with one track, or none if it can't be read.
function events(track) {
  const octets = Buffer.from(new File({ tracks: [track] }).toBytes(), "binary");
  try {
    return parseMidi(octets).tracks[0];
  } catch {
    return [];
  }
}

const texts = [127, 128].map((length) => {
  const text = "x".repeat(length);
  const note = new MetaEvent({ type: MetaEvent.TEXT, data: text });
  const [event] = events(new Track().addEvent(note).addNote(0, "c4", 64));
  return event?.text === text ? "read back" : "another file";
});
console.log(`text of 127 letters: ${texts[0]}; of 128: ${texts[1]}`);
const tempos = [915, 916].map((tempo) => {
  const [event] = events(new Track().setTempo(tempo));
  return Number((60e6 / event.microsecondsPerBeat).toFixed(1));
});
console.log(`tempo 915: ${tempos[0]}; 916: ${tempos[1]}`);
let refusal;
try {
  new Track().addEvent(new MetaEvent({ type: MetaEvent.SEQUENCE, data: [0, 1] })).toBytes();
} catch (error) {
  refusal = error.message;
}
console.log(`SEQUENCE: ${refusal}`);
const [{ velocity }] = events(new Track().addNoteOn(0, "c4", 0, 0));
console.log(`velocity 0: ${velocity}`);
if (texts[1] !== "another file" || tempos[1] !== 3.6 || !refusal || velocity !== 90) {
  console.error("changed: another file, 3.6 beats per minute, a refusal and a velocity of 90 were expected");
  process.exitCode = 1;
}
JS
node file.js
