"""Download of an announcement's sound file. Event loop only."""

from callbox.app.download import download
from callbox.rtvi.protocol.auth_bundle import origin

MAX_BYTES = 8 << 20
"""Of a file: more than a minute of WAV at 48 kHz in one channel."""


def is_allowed(url: str, origins: tuple[str, ...]) -> bool:
    """Whether scheme, host and port of `url` are those of one of `origins`.

    One that other parsers could read otherwise isn't: with a user name, blanks, control characters, backslashes, or
    what isn't ASCII.
    """
    if not (url.isascii() and url.isprintable()) or set(url) & {" ", "\\", "@"}:
        return False
    wanted = origin(url)
    return wanted is not None and wanted in [origin(one) for one in origins]


async def download_sound(url: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The file at `url`. A redirect is not followed: it would lead past the allowed origins. Raises `DownloadError`."""
    content, _ = await download(url, max_bytes, {"Accept": "audio/*"})
    return content or b""
