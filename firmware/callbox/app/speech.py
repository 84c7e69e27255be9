"""Words spoken by espeak-ng, where it is installed, in a process of its own with a limit of time and size."""

import asyncio
import contextlib
import shutil

from callbox_device.model import pcm

PROGRAM = "espeak-ng"
NOT_INSTALLED = "espeak-ng, which speaks words, is not installed: sudo apt install espeak-ng"
LIMIT_S = 20.0
"""How long it may take; a Pi Zero 2 W needs about a second for a minute of speech."""
_WAV_HEADER_BYTES = 44


class SpeechError(Exception):
    """Error: the words can't be spoken. The text says why."""


def is_installed() -> bool:
    """Whether words can be spoken. Reads some directories."""
    return shutil.which(PROGRAM) is not None


async def speak(text: str, voice: str, max_s: float) -> bytes:
    """WAV file of `text` spoken by `voice`, a name that ``espeak-ng --voices`` has; at most about `max_s` of it.

    Raises `SpeechError`. Event loop only.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise SpeechError(NOT_INSTALLED)
    # The words by stdin: a line that begins with - is no option there.
    command = (program, "--stdin", "--stdout", "-b", "1", "-v", voice)
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)
    # It speaks with 22,050 Hz, some voices with 16,000.
    limit = int(max_s * pcm.RATE_HZ / 2 * pcm.BYTES_PER_FRAME) + _WAV_HEADER_BYTES
    try:
        async with asyncio.timeout(LIMIT_S):
            sound = await _exchanged(process, text.encode(), limit)
    except TimeoutError:
        raise SpeechError(f"espeak-ng came to no end within {LIMIT_S:g} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())
    if len(sound) <= _WAV_HEADER_BYTES:
        raise SpeechError(f"espeak-ng has no voice {voice}, or nothing to say: `espeak-ng --voices` lists them")
    return sound


async def _exchanged(process: asyncio.subprocess.Process, text: bytes, limit: int) -> bytes:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:  # they are pipes
        return b""
    with contextlib.suppress(ConnectionError):
        stdin.write(text)
        await stdin.drain()
        stdin.close()
    sound = bytearray()
    while len(sound) < limit and (piece := await stdout.read(limit - len(sound))):
        sound += piece
    if len(sound) < limit:
        await process.wait()
    return bytes(sound)
