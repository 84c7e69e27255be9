"""Check why a TURN server gives no relayed candidate: aioice (0.13) ignores the reason."""

import asyncio
import socket
import ssl

from aioice import stun, turn

from callbox.rtvi.protocol import media_errors
from callbox.rtvi.protocol.ice_servers import TurnServer
from callbox.text import one_line
from callbox.transports.aiortc_patches.fast_connect import MAX_GATHER_S

TIMEOUT_S = 3.0


async def failure(server: TurnServer) -> str | None:
    """Make an allocation, and end it: a sentence about what is wrong, or None. Takes `TIMEOUT_S` at most."""
    url, loop = server.url, asyncio.get_running_loop()
    began_s = loop.time()
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
        cause, code, detail = _cause(error)
        fields = {"server": url, "code": code, "detail": detail, "limit_s": f"{TIMEOUT_S:g}"}
        return media_errors.TURN[cause].text(**fields)
    transport.close()
    took_s = loop.time() - began_s
    if took_s > MAX_GATHER_S:
        return f"The TURN server {url} answers after {took_s:.1f} s; an offer waits {MAX_GATHER_S} s."
    return None


def _cause(error: Exception) -> tuple[str, int, str]:
    """The row of `media_errors.TURN` for `error`, the server's code (0: none), and the detail."""
    match error:
        case stun.TransactionFailed():
            code, text = error.response.attributes.get("ERROR-CODE", (0, "no reason"))
            return media_errors.turn_cause(code), code, one_line(text, 60)
        case ssl.SSLCertVerificationError():
            return "certificate", 0, one_line(error.verify_message, 100)
        case ssl.SSLError():
            return "tls failed", 0, one_line(error.reason or error, 100)
        case TimeoutError() | stun.TransactionTimeout():
            return "silent", 0, ""
        case socket.gaierror() | UnicodeError():
            return "name unknown", 0, ""
        case ConnectionRefusedError():
            return "connection refused", 0, ""
        case ConnectionError():
            return "connection closed", 0, ""
        case OSError():
            return "not reachable", 0, one_line(error.strerror or type(error).__name__, 100)
    return "no turn", 0, one_line(error, 100)
