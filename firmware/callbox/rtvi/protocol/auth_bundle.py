"""Reading an auth bundle: what every transport needs for it. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from callbox.rtvi.errors import InvalidTransportParamsError
from callbox.rtvi.transport import APIRequest
from callbox.text import encodable


def snake_keys(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` with ``camelCase`` keys as ``snake_case``: servers write either."""
    return {_snake(str(name)): value for name, value in params.items()}


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of `url`, as browsers compare them (RFC 6454); None: it is no http(s) URL."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
        return scheme, parts.hostname.lower(), parts.port or (443 if scheme == "https" else 80)
    except ValueError:  # a port beyond 65535, a bracket that isn't closed
        return None


def absolute(url: object, request: APIRequest | None, schemes: tuple[str, ...]) -> str:
    """`url` as one of `schemes`; one without a host is taken as on the start request's server.

    Raises `InvalidTransportParamsError`.
    """
    try:
        url = encodable(url).strip() if isinstance(url, str) else ""
        if url and request is not None and not urlsplit(url).scheme:
            url = urljoin(request.endpoint, url)
        parts = urlsplit(url)
        usable = parts.scheme.lower() in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, a bracket that isn't closed
        usable = False
    if not usable or not isinstance(url, str):
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise InvalidTransportParamsError(f"The bot's address is not a {wanted} URL.")
    return url


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
