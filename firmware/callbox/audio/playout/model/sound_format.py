"""Formats of sound files, told by their first bytes. Pure."""


def sound_format(data: bytes) -> str | None:
    """FFmpeg's name of the format: ``wav``, ``ogg`` or ``mp3``; None: none of these."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"  # its tag, or the sync word, version and layer III of a frame (ISO/IEC 11172-3, 2.4.2.3)
    return None
