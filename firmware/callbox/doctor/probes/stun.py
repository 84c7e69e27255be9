"""Each STUN server, from each of this box's addresses, and each TURN server: a call waits for the slowest."""

import asyncio
import functools
import secrets
import socket
from collections.abc import Sequence

from callbox.config import SettingsError
from callbox.config.schema import IceServer
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import Report, Value, finding
from callbox.rtvi.protocol.ice_servers import IceUrl, TurnServer, parse_url
from callbox.transports.aiortc_patches import compat

WAIT_S = 2.0
AGAIN_S = 0.5
"""UDP may be lost; RFC 8489 begins with the same time."""
_REQUEST, _ANSWER, _COOKIE = b"\x00\x01\x00\x00", b"\x01\x01", b"\x21\x12\xa4\x42"
"""RFC 8489, 5: a binding request without attributes; what a success begins with; the magic cookie."""


async def stun(context: Context) -> Report:
    """Each STUN server, from each interface; an allocation at each TURN server, as a call makes it. All at the same
    time: one that is silent takes seconds.
    """
    loaded = context.require_settings()
    configured: dict[tuple[str | int, ...], IceServer] = {
        (*place, "ice_servers", number): server
        for place, bot in loaded.settings.all_bots.items()
        for number, server in enumerate(bot.ice_servers)
    }
    if not configured:
        return Report(skipped="ice_servers names none: on one network none is needed")
    servers: list[IceUrl | TurnServer] = []
    for place, server in configured.items():
        url = parse_url(server.urls)
        if url.scheme == "stun":
            servers.append(url)
            continue
        try:
            reference = server.credential
            password = loaded.fetch(reference, *place) if reference else None
        except SettingsError:  # found by the check of the settings
            continue
        servers.append(TurnServer(url, server.username, password))
    sources = await in_thread(lambda: interfaces(_ifaddr_pairs()))
    reports = await asyncio.gather(
        *(
            _turn(server) if isinstance(server, TurnServer) else _stun(server, sources)
            for server in dict.fromkeys(servers)
        )
    )
    measured = {name: value for report in reports for name, value in report.measured.items()}
    return Report(measured, tuple(found for report in reports for found in report.findings))


async def _turn(server: TurnServer) -> Report:
    if changed := compat.unsupported_reason():
        return Report({f"{server.url}": f"not checked: {changed}"})
    from callbox.transports.aiortc_patches import turn_check

    reason = await turn_check.failure(server)
    if reason:
        return Report({f"{server.url}": "no relayed candidate"}, (finding("TURN-FAILED", reason),))
    return Report({f"{server.url}": "gives a relayed candidate"})


async def _stun(url: IceUrl, sources: Sequence[tuple[str, str]]) -> Report:
    """`sources`: names and addresses of the interfaces."""
    server = f"{url.host}:{url.port}"
    resolve = functools.partial(socket.getaddrinfo, url.host, url.port, socket.AF_INET, socket.SOCK_DGRAM)
    try:
        async with asyncio.timeout(WAIT_S * 3):
            address = (await in_thread(resolve))[0][4]
    except (OSError, UnicodeError) as error:
        return Report(findings=(finding("STUN-NAME", f"{server}: {str(error) or 'no answer in time'}"),))
    answers = await asyncio.gather(*(ask(source, (str(address[0]), url.port)) for _, source in sources))
    answers_ms = {name: answer for (name, _), answer in zip(sources, answers, strict=True)}
    measured: dict[str, Value] = {
        f"{server}_ms": {name: None if ms is None else round(ms, 1) for name, ms in answers_ms.items()}
    }
    return Report(measured, tuple(evaluate.stun(server, answers_ms)))


def interfaces(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name and address of what a call would use: all but 127.0.0.1, which is there for want of any other. Pure."""
    return [pair for pair in pairs if not pair[1].startswith("127.")] or [("lo", "127.0.0.1")]


def _ifaddr_pairs() -> list[tuple[str, str]]:
    import ifaddr  # aioice's own: the same addresses as in a call

    return [
        (adapter.name, str(address.ip))
        for adapter in ifaddr.get_adapters()
        for address in adapter.ips
        if address.is_IPv4
    ]


async def ask(source: str, server: tuple[str, int]) -> float | None:
    """Milliseconds until `server` answered to `source`; None: not within `WAIT_S`, or there is no way."""
    loop = asyncio.get_running_loop()
    line = _Line()
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: line, local_addr=(source, 0))
    except OSError:
        return None
    began_s = loop.time()
    try:
        while (left_s := began_s + WAIT_S - loop.time()) > 0:
            transport.sendto(line.request, server)
            await asyncio.wait([line.answered], timeout=min(AGAIN_S, left_s))
            if line.answered.done():
                return (line.answered.result() - began_s) * 1000
        return None
    finally:
        transport.close()


class _Line(asyncio.DatagramProtocol):
    """One request. An ICMP refusal is not told here: the server may be starting."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._id = secrets.token_bytes(12)
        self.request = _REQUEST + _COOKIE + self._id
        self.answered: asyncio.Future[float] = self._loop.create_future()

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:  # noqa: ARG002 - asyncio's signature
        """The server's answer, if it is to us. As in a call, the id tells, and not the sender's address."""
        if data[:2] == _ANSWER and data[4:20] == _COOKIE + self._id and not self.answered.done():
            self.answered.set_result(self._loop.time())

    def error_received(self, exc: Exception) -> None:
        """Asked again; the deadline ends it."""
