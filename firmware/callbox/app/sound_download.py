"""Download of an announcement's sound file. Event loop only."""

import asyncio

from callbox import __version__
from callbox.rtvi.http_client import imported, redact_url
from callbox.rtvi.http_pool import Exchange, HttpPool, ProxyError
from callbox.rtvi.protocol.auth_bundle import origin
from callbox.system.connect_causes import certificate_cause, network_cause
from callbox.text import one_line

MAX_BYTES = 8 << 20
"""Of a file: more than a minute of WAV at 48 kHz in one channel."""
LIMIT_S = 15.0


class DownloadError(Exception):
    """Error: the file can't be downloaded. The text says why."""

    def __init__(self, text: str, *, answered: bool = False) -> None:
        super().__init__(text)
        self.answered = answered
        """Whether a server was reached, and answered."""


def is_allowed(url: str, origins: tuple[str, ...]) -> bool:
    """Whether scheme, host and port of `url` are those of one of `origins`.

    One that other parsers could read otherwise isn't: with a user name, blanks, control characters, backslashes, or
    what isn't ASCII.
    """
    if not (url.isascii() and url.isprintable()) or set(url) & {" ", "\\", "@"}:
        return False
    wanted = origin(url)
    return wanted is not None and wanted in [origin(one) for one in origins]


async def download(url: str, max_bytes: int = MAX_BYTES) -> bytes:
    """The file at `url`. A redirect is not followed: it would lead past the allowed origins. Raises `DownloadError`."""
    await imported()
    import httpx

    place, pool, body = redact_url(url), HttpPool(), bytearray()
    headers = {"Accept": "audio/*", "Accept-Encoding": "identity", "User-Agent": f"callbox/{__version__}"}
    try:
        async with (
            asyncio.timeout(LIMIT_S),
            pool.stream("GET", url, b"", headers, Exchange(place, may_use_spare=False)) as answer,
        ):
            if answer.status_code != 200:
                text = f"{place} answered {answer.status_code} {one_line(answer.reason_phrase, 60)}"
                raise DownloadError(text, answered=True)
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > max_bytes:
                    raise DownloadError(f"{place} has more than {max_bytes} bytes", answered=True)
    except TimeoutError:
        raise DownloadError(f"{place} was not downloaded within {LIMIT_S:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ProxyError, OSError, ValueError) as error:
        cause, detail = _cause(error)
        raise DownloadError(f"{place} can't be downloaded: {cause}{f' ({detail})' if detail else ''}") from None
    finally:
        await pool.close()
    return bytes(body)


def _cause(error: BaseException) -> tuple[str, str]:
    reason: BaseException | None = error
    for _ in range(10):
        if reason is None:
            break
        if found := certificate_cause(reason) or network_cause(reason):
            return found
        reason = reason.__cause__ or reason.__context__
    return one_line(str(error) or type(error).__name__, 100), ""
