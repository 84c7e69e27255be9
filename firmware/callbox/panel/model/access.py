"""Access to the panel: who may see it, and who may act by it. Pure.

A browser lets any page of the world send requests to 127.0.0.1: `Host` and `Origin`, which no page can forge, tell the
panel's own page from others. A name that another site's DNS leads here (DNS rebinding) is refused.
"""

import hmac
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from callbox.text import one_line

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MIN_TOKEN_CHARS = 8
"""One guess a second is taken (`panel.WRONG_TOKEN_S`): eight digits take 1.6 years on average."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}
"""With each answer: nothing from elsewhere, nowhere inside of another page."""

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@\s]+)")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Refusal(NamedTuple):
    """Reason why a request is refused."""

    status: HTTPStatus
    text: str


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach `address`."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Checks of a panel that listens at `address`, on a machine whose host name is `hostname`."""

    address: str
    hostname: str
    token: str | None = field(default=None, repr=False)
    """A page that sends it may act; None: no page may."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names of the panel, behind a proxy or in a router's domain. A leading dot: all names below."""

    def refuse(
        self, hosts: Sequence[str], origins: Sequence[str], forwarded: Sequence[str] = (), *, is_websocket: bool
    ) -> Refusal | None:
        """Reason why a request with these `Host`, `Origin` and `X-Forwarded-Host` headers is refused; None: it isn't.

        Other than one `Host` is a bad request (RFC 9112 section 3.2), as is more than one `Origin`.
        """
        if len(hosts) != 1:
            return Refusal(HTTPStatus.BAD_REQUEST, f"A request has one Host header, not {len(hosts)}.")
        if len(origins) > 1:
            return Refusal(HTTPStatus.BAD_REQUEST, f"A request has one Origin header, not {len(origins)}.")
        host, origin = hosts[0], origins[0] if origins else None
        if not self.allows_host(host):
            text = (
                f"This panel has no name {_quoted(host)}. Open it by a name or an address of its own, or add the name "
                "to panel.allowed_hosts in the settings."
            )
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, text)
        # A proxy that sends a Host of its own may tell the browser's; no page of a browser can set this header.
        names = (host, *(name.strip() for header in forwarded for name in header.split(",")))
        if is_websocket and not any(self.allows_origin(origin, name) for name in names):
            text = (
                f"Only the panel's own page may connect, not one of {_quoted(origin)}. Behind a proxy: let it pass on "
                "the Host header, or add the proxy's name to panel.allowed_hosts in the settings."
            )
            return Refusal(HTTPStatus.FORBIDDEN, text)
        return None

    def allows_host(self, host: str | None) -> bool:
        """Whether `host`, a `Host` header, is a name or an address of this panel."""
        found = _HOST.fullmatch((host or "").lower())
        if not found:
            return False
        name = found["name"].removesuffix(".")
        if name in LOOPBACK or self._is_allowed(name):
            return True
        if is_loopback(self.address):
            return False
        return _is_address(name) or name in (self.hostname.lower(), f"{self.hostname.lower()}.local")

    def allows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether the panel's page asks, by its `Origin`: that of `host`, over http or https.

        Also https at one of `allowed_hosts`: a proxy with TLS may send a `Host` of its own.
        """
        found = _ORIGIN.fullmatch((origin or "").lower())
        if not found or not host or not self.allows_host(host):
            return False
        port = f":{_DEFAULT_PORTS[found['scheme']]}"
        if found["host"].removesuffix(port) == host.lower().removesuffix(port):
            return True
        other = _HOST.fullmatch(found["host"])
        return found["scheme"] == "https" and other is not None and self._is_allowed(other["name"].removesuffix("."))

    def is_token(self, token: str) -> bool:
        """Whether a page that sends `token` may act."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def _is_allowed(self, name: str) -> bool:
        return any(
            name.endswith(allowed) if allowed.startswith(".") else name == allowed
            for allowed in map(str.lower, self.allowed_hosts)
        )


def _is_address(name: str) -> bool:
    # Whoever has reached the panel by an address has typed the address: no DNS was involved.
    try:
        return bool(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return False


def _quoted(header: str | None) -> str:
    return one_line(header, 100) if header else "none"
