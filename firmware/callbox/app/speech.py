"""Words spoken by espeak-ng, where it is installed, in a process of its own with a limit of time and size."""

import asyncio
import contextlib
import itertools
import logging
import shutil
from collections.abc import Sequence

from callbox.audio.playout.sound_file import decode
from callbox_device.model import pcm

log = logging.getLogger(__name__)

PROGRAM = "espeak-ng"
NOT_INSTALLED = "espeak-ng, which speaks words, is not installed: sudo apt install espeak-ng"
LIMIT_S = 20.0
"""How long it may take; a Pi Zero 2 W needs about a second for a minute of speech."""
PAUSE_MS = 1000
"""After words that are repeated."""
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


class SpokenText:
    """A text that is spoken once, and kept for as long as it is the same. Event loop only. `max_s`: of it."""

    def __init__(self, max_s: float) -> None:
        self._max_s = max_s
        self._wanted: tuple[str, str, int] | None = None
        self._speaking: asyncio.Task[Sequence[bytes]] | None = None

    def periods(self, text: str, voice: str, volume_percent: int) -> Sequence[bytes]:
        """The loudspeaker's periods of `text`, and a pause of `PAUSE_MS`. Empty while it isn't spoken yet, or can't be,
        which the log tells.
        """
        wanted = text, voice, volume_percent
        if wanted != self._wanted:
            if self._speaking:
                self._speaking.cancel()
            self._wanted = wanted
            self._speaking = asyncio.create_task(self._speak(*wanted), name="spoken text")
        is_spoken = self._speaking is not None and self._speaking.done() and not self._speaking.cancelled()
        return self._speaking.result() if self._speaking and is_spoken else ()

    async def _speak(self, text: str, voice: str, volume_percent: int) -> Sequence[bytes]:
        try:
            sound = await speak(text, voice, self._max_s)
            periods = await asyncio.to_thread(lambda: list(decode(sound, volume_percent, self._max_s)))
        except (SpeechError, ValueError) as error:
            log.warning("Words are not spoken: %s", error)
            return ()
        pause = [bytes(pcm.PLAYBACK_PERIOD_BYTES)] * (PAUSE_MS // pcm.PLAYBACK_PERIOD_MS)
        return [*itertools.chain.from_iterable(periods), *pause]
