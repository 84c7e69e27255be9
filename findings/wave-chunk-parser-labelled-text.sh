#!/usr/bin/env bash
# wave-chunk-parser can't write a WAV file with a labelled section that it has read
#
# Software: wave-chunk-parser 1.5.0 (PyPI)
# Guess:    It reads and writes chunks of WAV files, those of cue points and their names in an "adtl" list among them
#           (README). What from_file() has read, to_bytes() gives back.
# Seen:     So it is with labels ("labl") and notes ("note"). A labelled section ("ltxt": a cue point with a length, as editors
#           mark a region) is read with its purpose as bytes, which to_bytes() then encodes as text: a TypeError.
# Output:   label: as it was read
#           note: as it was read
#           labelled section: TypeError
# Callbox:  reads WAV files with Python's wave, and no cue points (device/callbox_device/wav.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check wave-chunk-parser==1.5.0 numpy==2.3.5
cat > "$tmp/chunks.py" <<'PY'
import io
import struct
import sys

from wave_chunk_parser.chunks import RiffChunk


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content


def file_with(about_the_cue_point):
    format_ = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
    sound = chunk(b"data", struct.pack("<100h", *range(100)))
    cue = chunk(b"cue ", struct.pack("<III4sIII", 1, 1, 10, b"data", 0, 0, 10))
    content = b"WAVE" + format_ + sound + cue + chunk(b"LIST", b"adtl" + about_the_cue_point)
    return chunk(b"RIFF", content)


KINDS = {
    "label": chunk(b"labl", struct.pack("<I4s", 1, b"one")),
    "note": chunk(b"note", struct.pack("<I4s", 1, b"one")),
    "labelled section": chunk(b"ltxt", struct.pack("<II4sHHHH", 1, 25, b"rgn ", 0, 0, 0, 0)),
}
seen = {}
for kind, content in KINDS.items():
    whole = file_with(content)
    try:
        written = RiffChunk.from_file(io.BytesIO(whole)).to_bytes()
        seen[kind] = "as it was read" if written == whole else "other octets"
    except TypeError:
        seen[kind] = "TypeError"
    print(f"{kind}: {seen[kind]}")
if list(seen.values()) != ["as it was read", "as it was read", "TypeError"]:
    sys.exit("changed: the lines of the header were expected")
PY
"$tmp/venv/bin/python" "$tmp/chunks.py"
