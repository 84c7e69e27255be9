#!/usr/bin/env bash
# xspf-lib writes the address of another file than it has read, and makes a title of the tracks of a playlist's part
#
# Software: xspf-lib 0.3.4 (PyPI)
# Guess:    A location of XSPF is a URI (section 4.1.1.2.14.1.1.1.1 of version 1): in it %20 is a blank, and %23 a # of
#           a file's name, while # begins a fragment (RFC 3986, sections 2.1 and 3.5). What was read is written as the
#           same URI. A playlist is a list of its tracks, collections.UserList: playlist[:1] is one with the first
#           track.
# Seen:     What is read is unescaped, and what is written isn't escaped: the track is a URI with a blank in it, and a
#           player that takes it looks for the file "Track ". The id a%2Fb becomes a/b. A slice, a sum and a copy of a
#           playlist are made by UserList, which gives the tracks to the first parameter, and that is the title: the
#           part has no tracks, and is called "[<Track NONAME at ...>]".
# Output:   read:    <location>file:///music/Track%20%231.ogg</location><identifier>https://box.local/a%2Fb</identifier>
#           written: <location>file:///music/Track #1.ogg</location><identifier>https://box.local/a/b</identifier>
#           the first of two tracks: 0 tracks, title [<Track NONAME at "1.ogg">]
#           two and one tracks: 0 tracks; a copy: 0 tracks
# Callbox:  plays no playlists.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps xspf-lib==0.3.4
cd "$tmp" && "$tmp/venv/bin/python" - <<'PY'
import pathlib
import re
import sys

from xspf_lib import Playlist, Track

ADDRESSES = "<location>file:///music/Track%20%231.ogg</location><identifier>https://box.local/a%2Fb</identifier>"
pathlib.Path("list.xspf").write_text(
    f'<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>{ADDRESSES}</track></trackList></playlist>'
)
print(f"read:    {ADDRESSES}")
written = re.search("<location>.*</identifier>", Playlist.parse("list.xspf").xml_string())[0]
print(f"written: {written}")
two = Playlist(title="two", trackList=[Track(location="1.ogg"), Track(location="2.ogg")])
first, three, copy = two[:1], two + [Track(location="3.ogg")], two.copy()
print(f"the first of two tracks: {len(first)} tracks, title {first.title}")
print(f"two and one tracks: {len(three)} tracks; a copy: {len(copy)} tracks")
if "Track #1.ogg</location>" not in written or "a/b" not in written or [len(first), len(three), len(copy)] != [0, 0, 0]:
    sys.exit("changed: unescaped addresses and three playlists without tracks were expected")
PY
