"""Download of a file by HTTP or HTTPS, with limits of size and time. Event loop only."""

import asyncio
from collections.abc import Mapping

from callbox import __version__
from callbox.rtvi.http_client import imported, redact_url
from callbox.rtvi.http_pool import Exchange, HttpPool, ProxyError
from callbox.system.connect_causes import certificate_cause, network_cause
from callbox.text import one_line

LIMIT_S = 15.0


class DownloadError(Exception):
    """Error: the file can't be downloaded. The text says why."""

    def __init__(self, text: str, *, answered: bool = False) -> None:
        super().__init__(text)
        self.answered = answered
        """Whether a server was reached, and answered."""


async def download(url: str, max_bytes: int, headers: Mapping[str, str]) -> tuple[bytes | None, str | None]:
    """The file at `url`, and its ETag if it has one; None in place of the file: it is that of ``If-None-Match``.

    A redirect is not followed. Raises `DownloadError`.
    """
    await imported()
    import httpx

    place, pool, body = redact_url(url), HttpPool(), bytearray()
    sent = {"Accept-Encoding": "identity", "User-Agent": f"callbox/{__version__}", **headers}
    try:
        async with (
            asyncio.timeout(LIMIT_S),
            pool.stream("GET", url, b"", sent, Exchange(place, may_use_spare=False)) as answer,
        ):
            etag = answer.headers.get("ETag")
            if answer.status_code == 304 and "If-None-Match" in headers:
                return None, etag
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
    return bytes(body), etag


def _cause(error: BaseException) -> tuple[str, str]:
    reason: BaseException | None = error
    for _ in range(10):
        if reason is None:
            break
        if found := certificate_cause(reason) or network_cause(reason):
            return found
        reason = reason.__cause__ or reason.__context__
    return one_line(str(error) or type(error).__name__, 100), ""
