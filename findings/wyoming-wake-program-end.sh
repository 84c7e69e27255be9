#!/usr/bin/env bash
# wyoming takes the end of a wake word program for a detection, again and again
#
# Software: wyoming 1.10.2
# Guess:    WakeProcessAsyncClient.read_event() gives a Detection for each line, a wake word's name, that the program
#           prints; when the program has ended it gives None, as read_event() of the other clients does at the end of a
#           connection, or raises.
# Seen:     The end of its output is an empty line, and an empty line is a Detection without a name, at each call. When
#           the program ends, or can't open its model, the assistant wakes and listens without anybody speaking.
# Output:   the program prints one name: Detection(name='hey_box')
#           and ends: Detection(name=None)
#           the next call: Detection(name=None)
# Callbox:  its models run in the thread of the microphone, not in a program that may end (wake_word.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming==1.10.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from wyoming.wake import Detection, WakeProcessAsyncClient


async def main():
    """What three calls of read_event() give for a program that prints one name and ends."""
    client = WakeProcessAsyncClient(16000, 2, 1, sys.executable, ["-c", "print('hey_box')"])
    await client.connect()
    seen = []
    for _ in range(3):
        event = await asyncio.wait_for(client.read_event(), 20)
        detected = event is not None and Detection.is_type(event.type)
        seen.append(f"Detection(name={Detection.from_event(event).name!r})" if detected else repr(event))
    await client.disconnect()
    return seen


seen = asyncio.run(main())
for name, event in zip(("the program prints one name", "and ends", "the next call"), seen, strict=True):
    print(f"{name}: {event}")
if seen != ["Detection(name='hey_box')", "Detection(name=None)", "Detection(name=None)"]:
    sys.exit("changed: detections were expected after the program's end")
PY
