#!/usr/bin/env bash
# Pipecat's SoundfileMixer leaves out the end of its sound
#
# Software: pipecat-ai 1.14.0, soundfile 0.13.1
# Guess:    A sound of 90 ms, mixed into the output with loop=False, is heard whole, and with loop=True again and again
#           without a gap: "whether to loop audio files when they end".
# Seen:     What doesn't fill a whole chunk of the output (40 ms by default) is never heard: 80 of 90 ms, once or in
#           each round, with a click where it begins anew. A sound that is shorter than a chunk raises ValueError with
#           loop=True.
# Output:   loop=False: heard once, 80.0 of 90 ms
#           loop=True: of 20 rounds in 1800 ms heard 23
#           a sound of 30 ms: ValueError
# Callbox:  nothing to do; docs/client.md says how long a bot's background sound should be.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 soundfile==0.13.1 \
  soxr==1.0.0 wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - "$tmp/sound.wav" <<'PY'
import asyncio
import sys

import numpy as np
import soundfile
from pipecat.audio.mixers.soundfile_mixer import SoundfileMixer

CHUNK = bytes(2 * 640)  # 40 ms at 16 kHz


async def mixed(sound, loop, chunks=45):
    soundfile.write(sys.argv[1], sound, 16000)
    mixer = SoundfileMixer(sound_files={"sound": sys.argv[1]}, default_sound="sound", volume=1.0, loop=loop)
    await mixer.start(16000)
    return np.frombuffer(b"".join([await mixer.mix(CHUNK) for _ in range(chunks)]), np.int16)


sound = np.full(1440, 1000, np.int16)  # 90 ms
sound[0] = 2000
once = np.count_nonzero(asyncio.run(mixed(sound, False))) / 16
rounds = int((asyncio.run(mixed(sound, True)) == 2000).sum())
print(f"loop=False: heard once, {once} of 90 ms")
print(f"loop=True: of 20 rounds in 1800 ms heard {rounds}")
try:
    asyncio.run(mixed(sound[:480], True))
    short = "no error"
except ValueError:
    short = "ValueError"
print(f"a sound of 30 ms: {short}")
if (once, rounds, short) != (80.0, 23, "ValueError"):
    sys.exit("changed: 80 of 90 ms were expected, 23 rounds, and ValueError of the short sound")
PY
