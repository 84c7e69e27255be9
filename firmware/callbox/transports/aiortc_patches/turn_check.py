"""Check why a TURN server gives no relayed candidate: aioice (0.13) ignores the reason."""

import asyncio
import socket
import ssl

from aioice import stun, turn

from callbox.rtvi.protocol.ice_servers import TurnServer
from callbox.text import one_line
from callbox.transports.aiortc_patches.fast_connect import MAX_GATHER_S

TIMEOUT_S = 3.0
_CREDENTIALS_REFUSED = (401, 403, 441)
"""RFC 8656, 19: unauthorized, forbidden, wrong credentials."""


async def failure(server: TurnServer) -> str | None:
    """Make an allocation, and end it: a sentence about what is wrong, or None. Takes `TIMEOUT_S` at most."""
    url, loop = server.url, asyncio.get_running_loop()
    began_s = loop.time()
    name = f"The TURN server {url}"
    try:
        async with asyncio.timeout(TIMEOUT_S):
            transport, _ = await turn.create_turn_endpoint(
                asyncio.DatagramProtocol,
                (url.host, url.port),
                server.username,
                server.password,
                ssl=url.scheme == "turns",
                transport=url.transport,
            )
    except Exception as error:
        return f"{name} {_reason(error)}"
    transport.close()
    took_s = loop.time() - began_s
    return f"{name} answers after {took_s:.1f} s; an offer waits {MAX_GATHER_S} s." if took_s > MAX_GATHER_S else None


def _reason(error: Exception) -> str:
    """The end of a sentence that begins with the server's name."""
    match error:
        case stun.TransactionFailed():
            code, text = error.response.attributes.get("ERROR-CODE", (0, "no reason"))
            if code in _CREDENTIALS_REFUSED:
                return f"refused username or credential ({code} {one_line(text, 60)})."
            return f"refused an allocation ({code} {one_line(text, 60)})."
        case ssl.SSLCertVerificationError():
            return f"has a certificate that can't be verified: {one_line(error.verify_message, 100)}."
        case ssl.SSLError():
            return f"gives no TLS connection: {one_line(error.reason or error, 100)}."
        case TimeoutError() | stun.TransactionTimeout():
            return f"did not answer within {TIMEOUT_S:g} s."
        case socket.gaierror():
            return "is unknown: host name not found."
        case ConnectionRefusedError():
            return "is not reachable: connection refused."
        case ConnectionError():
            return "closed the connection. Does it speak another protocol at this port?"
        case OSError():
            return f"is not reachable: {one_line(error.strerror or type(error).__name__, 100)}."
    return f"gave an answer that can't be used: {one_line(error, 100)}."
