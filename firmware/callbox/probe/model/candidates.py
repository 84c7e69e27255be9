"""ICE candidates in an SDP: which there are, and one in the place of all. Pure."""

import re

_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp \d+ ([0-9.]+) (\d+) typ (\w+).*\r?\n", re.MULTILINE | re.IGNORECASE)
_ANY = re.compile(r"^a=candidate:.*\r?\n", re.MULTILINE)


def addresses(sdp: str) -> list[tuple[str, int]]:
    """UDP candidates over IPv4 in `sdp`, (address, port), host candidates first."""
    found = [(kind != "host", (address, int(port))) for address, port, kind in _CANDIDATE.findall(sdp)]
    return list(dict.fromkeys(address for _, address in sorted(found, key=lambda one: one[0])))


def with_candidate(sdp: str, address: str, port: int) -> str:
    """`sdp` with one host candidate in the place of each section's candidates."""
    line = f"a=candidate:1 1 udp 2130706431 {address} {port} typ host\r\n"
    sections = re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)
    return "".join(_replaced(section, line) for section in sections)


def _replaced(section: str, line: str) -> str:
    first = _ANY.search(section)
    return section if first is None else section[: first.start()] + line + _ANY.sub("", section[first.start() :])
