#!/usr/bin/env bash
# aioslimproto tells a player that FLAC is MP3 when its type has a parameter, and plays no PCM of 22.05 kHz
#
# Software: aioslimproto 3.3.0 (Music Assistant's Squeezebox players)
# Guess:    The player is told the codec by the stream's Content-Type, whose parameters come behind a semicolon (RFC
#           9110, section 8.3): audio/flac; charset=binary is FLAC (f). PCM may have each rate that the protocol has a
#           code for, 22.05 kHz among them, which many voices have.
# Seen:     With a parameter nothing is recognised, and the player is told MP3 (m), which it hears as noise. The table
#           has 22000 in place of 22050: KeyError, so the player is told nothing and stays silent.
# Output:   audio/flac: f????
#           audio/flac; charset=binary: m????
#           audio/pcm;rate=16000;bitrate=16;channels=1: p1711
#           audio/pcm;rate=22050;bitrate=16;channels=1: nothing
# Callbox:  has no Squeezebox.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioslimproto==3.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import logging
import struct
import sys

from aioslimproto.client import SlimClient

logging.disable(logging.CRITICAL)
HELO = struct.pack("BB6s", 12, 0, bytes(6)) + bytes(28) + b"Model=squeezelite,pcm,flc,mp3"


async def codecs(content_types):
    """What the player is told of a stream with each content type."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    server = await asyncio.start_server(lambda *streams: SlimClient(*streams, lambda *_: None), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())

    async def told():
        try:
            while True:
                size = struct.unpack("!H", await asyncio.wait_for(reader.readexactly(2), 1))[0]
                frame = await reader.readexactly(size)
                if frame.startswith(b"codc"):
                    return frame[4:].decode()
        except TimeoutError:
            return "nothing"

    def send(operation, data):
        writer.write(operation + struct.pack("!I", len(data)) + data)

    send(b"HELO", HELO)
    await told()
    seen = []
    for content_type in content_types:
        send(b"RESP", f"HTTP/1.0 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode())
        seen.append(await told())
        print(f"{content_type}: {seen[-1]}")
    writer.close()
    server.close()
    return seen


PCM = "audio/pcm;rate={};bitrate=16;channels=1"
seen = asyncio.run(codecs(["audio/flac", "audio/flac; charset=binary", PCM.format(16000), PCM.format(22050)]))
if seen != ["f????", "m????", "p1711", "nothing"]:
    sys.exit("changed: m of FLAC with a parameter, and nothing of 22050, were expected")
PY
