#!/usr/bin/env bash
# playlist-parser finds nothing in a list of files below #EXTM3U, and takes the length for a part of a station's name
#
# Software: playlist-parser 0.0.12 (npm)
# Guess:    It parses M3U, "simple" and "extended", and returns "a possibly empty array of objects" with the file in
#           each, which its own example plays one by one. Below #EXTM3U a line with #EXTINF before a file is optional,
#           its text is a name, with a hyphen or without, and other lines with # are comments (RFC 8216 for the format's
#           lines).
# Seen:     Files without #EXTINF are dropped, and undefined stands in the array for them. Without a hyphen the length
#           is 0, and "-1," a part of the title. Any hyphen divides artist and title, the last one at that, and the
#           artist keeps the blank before it. A comment between #EXTINF and the file becomes the title, and what #EXTINF
#           said undefined.
# Output:   two files: [null]
#           a station: [{"length":0,"artist":"","title":"-1,Radio One","file":"http://radio.local/1.mp3"}]
#           a song: [{"length":"200","artist":"Jarre - Rendez","title":"Vous","file":"a.mp3"}]
#           an option: [null,{"length":0,"artist":"","title":"network-caching=1000","file":"a.mp3"}]
# Callbox:  plays no playlists.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts playlist-parser@0.0.12
cat > lists.js <<'JS'
const { M3U } = require("playlist-parser");

const lists = {
  "two files": ["a.mp3", "b.mp3"],
  "a station": ["#EXTINF:-1,Radio One", "http://radio.local/1.mp3"],
  "a song": ["#EXTINF:200,Jarre - Rendez-Vous", "a.mp3"],
  "an option": ["#EXTINF:200,Jarre - Oxygene", "#EXTVLCOPT:network-caching=1000", "a.mp3"],
};
const seen = Object.entries(lists).map(([name, lines]) => {
  const tracks = M3U.parse(["#EXTM3U", ...lines, ""].join("\n"));
  console.log(`${name}: ${JSON.stringify(tracks)}`); // null is undefined
  return tracks;
});
const [[file], [station], [song], [comment, option]] = seen;
if (file || station.title !== "-1,Radio One" || song.title !== "Vous" || comment || !/caching/.test(option.title)) {
  console.error("changed: undefined, -1,Radio One, Vous, and undefined with an option's title were expected");
  process.exitCode = 1;
}
JS
node lists.js
