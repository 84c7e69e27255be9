"""The spoken cause of a fault: an Ogg Opus file of ours, or a WAV file of the user's."""

from pathlib import Path

from callbox.audio.opus import OpusDecoder, OpusError
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop
from callbox_device.wav import read_wav

MAX_S = 10
MAX_BYTES = MAX_S * pcm.RATE_HZ * pcm.BYTES_PER_FRAME + 4096
"""Of a file: the longest sound at 48 kHz, and the header."""
_PAGE_HEADER_BYTES = 27


def packets(ogg: bytes) -> list[bytes]:
    """The packets of an Ogg stream (RFC 3533), complete ones only. Raises `ValueError` for anything else."""
    found, packet, place = [], b"", 0
    while place < len(ogg):
        header = ogg[place : place + _PAGE_HEADER_BYTES]
        if len(header) < _PAGE_HEADER_BYTES or header[:4] != b"OggS":
            raise ValueError("no Ogg page where one should begin")
        place += _PAGE_HEADER_BYTES
        lacing = ogg[place : place + header[26]]
        place += header[26]
        for size in lacing:
            packet += ogg[place : place + size]
            place += size
            if size < 255:
                found.append(packet)
                packet = b""
    return found


def read(folder: Path, code: str) -> bytes | None:
    """The sound for the fault of this code in `folder`, s16le mono 48 kHz, `MAX_S` at most; None: there is no file.

    ``CODE.opus`` (ours, mono) or ``CODE.wav``. Raises `ValueError` and `OSError` for one that can't be used. May block
    for some 10 ms: for a thread.
    """
    opus = folder / f"{code}.opus"
    if opus.is_file():
        decoder = OpusDecoder()
        head, _, *spoken = packets(opus.read_bytes())
        try:
            sound = b"".join(decoder.decode(packet) for packet in spoken)
        except OpusError as error:
            raise ValueError(f"{opus}: {error}") from error
        return sound[int.from_bytes(head[10:12], "little") * pcm.BYTES_PER_FRAME :]
    return _read_wav(folder / f"{code}.wav")


def _read_wav(path: Path) -> bytes | None:
    if not path.exists():
        return None
    if not path.is_file():
        raise ValueError(f"{path} is no regular file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes, more than {MAX_BYTES}; at most {MAX_S} s are played")
    sound = read_wav(path)
    if len(sound) > MAX_S * pcm.RATE_HZ * pcm.BYTES_PER_FRAME:
        raise ValueError(f"{path} lasts {pcm.duration_ms(sound) / 1000:.1f} s, more than {MAX_S} s")
    return sound


def scaled(sound: bytes, volume_percent: int) -> bytes:
    """`sound` with `volume_percent` of its amplitude."""
    return audioop.mul(sound, pcm.BYTES_PER_FRAME, volume_percent / 100)
