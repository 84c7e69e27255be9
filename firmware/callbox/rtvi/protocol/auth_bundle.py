"""Reading an auth bundle: what every transport needs for it. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from callbox.rtvi.errors import InvalidTransportParamsError
from callbox.rtvi.transport import APIRequest


def snake_keys(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` with ``camelCase`` keys as ``snake_case``: servers write either."""
    return {_snake(name): value for name, value in params.items()}


def absolute(url: object, request: APIRequest | None, schemes: tuple[str, ...]) -> str:
    """`url` as one of `schemes`; one without a host is taken as on the start request's server.

    Raises `InvalidTransportParamsError`.
    """
    if isinstance(url, str) and request is not None and not urlsplit(url).scheme:
        url = urljoin(request.endpoint, url)
    if not isinstance(url, str) or urlsplit(url).scheme.lower() not in schemes or not urlsplit(url).hostname:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise InvalidTransportParamsError(f"The bot's address is not a {wanted} URL.")
    return url


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
