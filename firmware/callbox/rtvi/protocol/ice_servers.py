"""STUN and TURN servers of a call, from settings or from the bot's server. Pure.

Sources: RFC 7064 and 7065 (URLs); W3C WebRTC, RTCIceServer. aioice uses one STUN and one TURN server, and STUN servers
over IPv4 only.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callbox.rtvi.arguments import check_type
from callbox.text import one_line

MAX_URLS = 32
"""URLs that are read of one list of servers."""
_URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_.-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:\?transport=(?P<transport>[A-Za-z]+))?",
    re.IGNORECASE,
)
_PORTS = {"stun": 3478, "turn": 3478, "turns": 5349}


@dataclass(frozen=True, slots=True)
class IceUrl:
    """One STUN or TURN URL."""

    scheme: str
    """stun, turn or turns."""
    host: str
    """Name or address; IPv6 without brackets."""
    port: int
    transport: str
    """To the server: udp or tcp; with turns, TLS over tcp."""

    @property
    def is_ipv6(self) -> bool:
        """Whether `host` is an IPv6 address."""
        return ":" in self.host

    def __str__(self) -> str:
        host = f"[{self.host}]" if self.is_ipv6 else self.host
        return f"{self.scheme}:{host}:{self.port}" + ("" if self.scheme == "stun" else f"?transport={self.transport}")


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A TURN server with the credentials of this box."""

    url: IceUrl
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class IceServers:
    """Servers that are used, and sentences about those that are not."""

    stun: IceUrl | None = None
    turn: TurnServer | None = None
    skipped: tuple[str, ...] = ()


def parse_url(url: object) -> IceUrl:
    """Read one URL. ValueError, with a sentence for people: malformed, or a kind that is not supported."""
    if "@" in str(url):  # may hold a password: not repeated
        raise ValueError("a STUN or TURN URL holds no user and password; they stand in username and credential")
    match = _URL.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        raise ValueError(f"{one_line(url, 100)!r} is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT")
    scheme, transport = match["scheme"].lower(), (match["transport"] or "").lower()
    port = int(match["port"]) if match["port"] else _PORTS.get(scheme, 0)
    text = match[0][:100]
    if match["ipv6"]:
        try:
            ipaddress.IPv6Address(match["ipv6"])
        except ValueError:
            raise ValueError(f"{text!r}: {match['ipv6'][:60]} is no IPv6 address") from None
    if scheme == "stuns":
        raise ValueError(f"{text!r}: STUN over TLS is not supported; use stun:")
    if not 1 <= port <= 65535:
        raise ValueError(f"{text!r}: port {port}, 1 to 65535 are possible")
    if scheme == "stun" and transport:
        raise ValueError(f"{text!r}: a STUN URL has no ?transport= (RFC 7064)")
    if transport not in (("", "tcp") if scheme == "turns" else ("", "udp", "tcp")):
        raise ValueError(f"{text!r}: transport={transport[:20]} is not supported; {scheme}: takes " + (
            "tcp" if scheme == "turns" else "udp or tcp"
        ))  # fmt: skip
    return IceUrl(scheme, match["ipv6"] or match["name"], port, transport or ("tcp" if scheme == "turns" else "udp"))


_EXPECTED = "ice_servers takes a list: ['stun:HOST:PORT'] or [{'urls': …, 'username': …, 'credential': …}]"


def as_servers(given: Sequence[Mapping[str, Any] | str] | None) -> tuple[Mapping[str, Any], ...]:
    """Servers that a program gives, in W3C's form; a URL may stand alone. None: none. Raises `RTVIError`."""
    check_type(given, list | tuple | None, _EXPECTED)
    for server in given or ():
        check_type(server, str | Mapping, _EXPECTED)
    return tuple({"urls": server} if isinstance(server, str) else server for server in given or ())


def select(servers: Sequence[Mapping[str, Any]]) -> IceServers:
    """The servers that a call uses: the first usable STUN and TURN server of a list in W3C's form."""
    stun: IceUrl | None = None
    turn: TurnServer | None = None
    skipped: list[str] = []
    for server, value in [(each, url) for each in servers for url in _urls(each)][:MAX_URLS]:
        try:
            url = parse_url(value)
        except ValueError as error:
            skipped.append(str(error))
            continue
        username, password = server.get("username"), server.get("credential")
        if url.scheme == "stun":
            if url.is_ipv6:
                skipped.append(f"{str(url)!r}: STUN servers are used over IPv4 only")
            else:
                stun = stun or url
        elif not isinstance(username, str | None) or not isinstance(password, str | None):
            skipped.append(f"{str(url)!r}: username and credential must be text")
        else:
            turn = turn or TurnServer(url, username, password)
    return IceServers(stun, turn, tuple(skipped))


def _urls(server: Mapping[str, Any]) -> list[object]:
    urls = server.get("urls")
    return list(urls) if isinstance(urls, list | tuple) else [urls]
