#!/usr/bin/env bash
# mutagen and tinytag count what a listener missed of an Opus stream as a part of its length
#
# Software: mutagen 1.48.1, tinytag 2.3.2, soundfile 0.14.0 (libsndfile 1.2.2)
# Guess:    A recording of a stream that somebody joined after ten seconds begins at the position of ten seconds: its
#           length is the last position less the first one (RFC 7845, sections 4.3 and 4.5).
# Seen:     Both take the last position alone: a second is eleven. Of a station that has sent for a day each recording
#           is a day long. libsndfile tells, and reads, one second.
# Output:   from the beginning: mutagen 1.0 s, tinytag 1.0 s, soundfile 1.0 s
#           joined after 10 s: mutagen 11.0 s, tinytag 11.0 s, soundfile 1.0 s
# Callbox:  takes no length from a file: it plays what FFmpeg decodes (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mutagen==1.48.1 tinytag==2.3.2 soundfile==0.14.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys
import tempfile

import soundfile
from mutagen.oggopus import OggOpus
from tinytag import TinyTag


def checksum(page):
    """CRC of an Ogg page whose field for it is 0 (RFC 3533, section 6)."""
    register = 0
    for octet in page:
        register ^= octet << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register >> 31 else 0)) & 0xFFFFFFFF
    return register


def page_of(sequence, position, packet, flags=0):
    sizes = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 1, sequence, 0, len(sizes)) + sizes
    page = head + packet
    return page[:22] + struct.pack("<I", checksum(page)) + page[26:]


def recording(first):
    """A second of silence whose first sample has this position: 50 packets of 20 ms, each in a page of its own."""
    pages = [
        page_of(0, 0, struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48000, 0, 0), 2),
        page_of(1, 0, struct.pack("<8sI4sI", b"OpusTags", 4, b"test", 0)),
    ]
    silence = b"\xf8\xff\xfe"
    pages += [page_of(2 + n, first + 960 * (n + 1), silence, 4 if n == 49 else 0) for n in range(50)]
    return b"".join(pages)


seen = []
for name, first in (("from the beginning", 0), ("joined after 10 s", 480_000)):
    with tempfile.NamedTemporaryFile(suffix=".opus") as file:
        file.write(recording(first))
        file.flush()
        samples, rate = soundfile.read(file.name)
        lengths = OggOpus(file.name).info.length, TinyTag.get(file.name).duration, len(samples) / rate
    lengths = [round(length, 2) for length in lengths]
    print(f"{name}: mutagen {lengths[0]} s, tinytag {lengths[1]} s, soundfile {lengths[2]} s")
    seen.append(lengths)
if seen != [[1.0, 1.0, 1.0], [11.0, 11.0, 1.0]]:
    sys.exit("changed: eleven seconds were expected of the two readers of tags")
PY
