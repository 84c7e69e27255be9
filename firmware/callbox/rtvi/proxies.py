"""The proxy that the environment names for a URL: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, and NO_PROXY's exceptions. Pure.

As curl reads them: lower case wins; HTTP_PROXY in upper case is read too, except in CGI. NO_PROXY is a list of host
names (with their subdomains), IP addresses, networks (CIDR), each with a port if it is for that port only; ``*``: all.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class EnvironmentProxy:
    """A proxy and the variable that names it."""

    variable: str
    url: str
    """May hold a password: never shown."""

    @property
    def scheme(self) -> str:
        """``http``, ``socks5`` …"""
        return urlsplit(self.url).scheme.lower()


def proxy_for(url: str, environment: Mapping[str, str]) -> EnvironmentProxy | None:
    """The proxy for `url`; None: it is asked directly."""
    parts = urlsplit(url)
    if is_exception(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), environment):
        return None
    for name in (f"{parts.scheme.lower()}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if variable == "HTTP_PROXY" and "REQUEST_METHOD" in environment:
                continue  # a header of the request that started this program (httpoxy)
            if value := environment.get(variable, "").strip():
                return EnvironmentProxy(variable, value if "://" in value else f"http://{value}")
    return None


def is_exception(host: str, port: int, environment: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names `host`. Loopback has to be named too, as for curl."""
    address = _address(host)
    entries = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    return any(_names(entry.strip(), host.lower().rstrip("."), address, port) for entry in entries.split(","))


def _names(entry: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int) -> bool:
    if entry == "*":
        return True
    entry, wanted_port = _split_port(entry)
    if not entry or (wanted_port is not None and wanted_port != port):
        return False
    if address is not None:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name = entry.lower().removeprefix("*").strip(".")
    return host == name or host.endswith(f".{name}")


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):  # [IPv6], [IPv6]:port
        host, _, port = entry[1:].partition("]")
        return host, _number(port.removeprefix(":"))
    if entry.count(":") == 1:
        host, _, port = entry.partition(":")
        return host, _number(port)
    return entry, None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return (getattr(found, "ipv4_mapped", None) or found) if found.version == 6 else found
