"""Who may see the panel, and who may act by it. Pure.

A browser lets any page of the world send requests to 127.0.0.1: what tells ours from theirs are `Host` and `Origin`,
which no page can forge. A name that leads here only since a moment ago (DNS rebinding) is no name of ours.
"""

import hmac
import ipaddress
import re
from dataclasses import dataclass, field

_PORT = re.compile(r":\d+$")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

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


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine can reach `address`."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass(frozen=True, slots=True)
class Guard:
    """For a panel that listens at `address`, on a machine that is called `hostname`."""

    address: str
    hostname: str
    token: str | None = field(default=None, repr=False)
    """Who has it may act; None: nobody may."""

    def is_ours(self, host: str | None) -> bool:
        """Whether `host`, a `Host` header, is a name that this panel has."""
        name = _PORT.sub("", (host or "").lower())
        if is_loopback(self.address):
            return name in LOOPBACK
        return _is_address(name) or name in (*LOOPBACK, self.hostname.lower(), f"{self.hostname.lower()}.local")

    def is_our_page(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this panel asks, by its `Origin`."""
        return bool(host) and self.is_ours(host) and origin == f"http://{host}"

    def knows(self, token: str) -> bool:
        """Whether who says `token` may act."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())


def _is_address(name: str) -> bool:
    # Whoever has reached us by an address, wrote the address: no name was bent.
    try:
        return bool(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return False
