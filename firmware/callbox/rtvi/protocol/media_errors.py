"""Causes of a media connection (ICE, DTLS, TURN) that fails or ends: one row a cause, with its sentence. Pure.

The table in ``docs/client.md`` is made of it. `callbox.transports.aiortc_patches.turn_check` finds a TURN server's
cause.
"""

from collections.abc import Mapping

from callbox.causes import Cause, table

CONNECTION: Mapping[str, Cause] = {
    "no path": Cause(
        "ICE: failed, no candidate pair answers",
        "The bot answered, but no media connection came up.",
        "Is there a firewall in between?",
    ),
    "no dtls": Cause(
        "DTLS: failed, closed in the handshake, or a certificate that does not match the answer's fingerprint",
        "The bot was reached, but DTLS failed: it hung up, or its certificate does not match its answer.",
    ),
    "closed": Cause("DTLS or data channel: closed by the bot", "The bot closed the connection."),
    "broken": Cause(
        "TURN over TCP: closed, without reconnection; ICE or DTLS: failed after it was connected",
        "The connection to the bot broke.",
    ),
    "gone": Cause(
        "no packet for {limit_s} s, and no new connection; without reconnection: no answer to ICE's checks (RFC 7675), "
        "or to a WebSocket's ping",
        "The network to the bot was gone for {limit_s} s.",
    ),
    "session unknown": Cause(
        "PATCH: 400 or 404 while reconnecting",
        "The bot's server doesn't know this session any more.",
        "Was it restarted?",
    ),
    "server ended": Cause(
        "TCP: ECONNREFUSED while reconnecting",
        "The bot's server has ended: nothing listens at its address any more.",
    ),
}
"""Causes between box and bot, by name. Field: ``{limit_s}``."""

TURN: Mapping[str, Cause] = {
    "credentials": Cause(
        "TURN: 401, 403, 441",
        "The TURN server {server} refused username or credential ({code} {detail}).",
    ),
    "mismatch": Cause(
        "TURN: 437",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It still has one for this port; it is tried again with another port.",
    ),
    "protocol": Cause(
        "TURN: 400, 420, 440, 442, 443",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It takes no UDP relay for this address family; does it speak TURN (RFC 8656)?",
    ),
    "quota": Cause(
        "TURN: 486",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "Too many calls with this username at the same time.",
    ),
    "capacity": Cause(
        "TURN: 500, 508",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It is out of ports, or has a problem of its own; its log says which.",
    ),
    "alternate": Cause(
        "TURN: 300",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It names another server, which isn't followed: set that one.",
    ),
    "refused": Cause("TURN: any other code", "The TURN server {server} refused an allocation ({code} {detail})."),
    "certificate": Cause(
        "TURN over TLS: certificate not verified",
        "The TURN server {server} has a certificate that can't be verified: {detail}.",
    ),
    "tls failed": Cause(
        "TURN over TLS: any other alert or error", "The TURN server {server} gives no TLS connection: {detail}."
    ),
    "silent": Cause("TURN: no answer", "The TURN server {server} did not answer within {limit_s} s."),
    "name unknown": Cause("DNS: any error", "The TURN server {server} is unknown: host name not found."),
    "connection refused": Cause("TCP: ECONNREFUSED", "The TURN server {server} is not reachable: connection refused."),
    "connection closed": Cause(
        "TCP: closed or reset",
        "The TURN server {server} closed the connection.",
        "Does it speak another protocol at this port?",
    ),
    "not reachable": Cause("TCP, UDP: any other error", "The TURN server {server} is not reachable: {detail}."),
    "no turn": Cause(
        "an answer that is no TURN", "The TURN server {server} gave an answer that can't be used: {detail}."
    ),
}
"""Causes for which a TURN server gives no relayed candidate, by name. Fields: ``{server}`` a URL, ``{code}``,
``{limit_s}``, ``{detail}`` in others' words.
"""

_CODES = {
    300: "alternate", 400: "protocol", 401: "credentials", 403: "credentials", 420: "protocol", 437: "mismatch",
    440: "protocol", 441: "credentials", 442: "protocol", 443: "protocol", 486: "quota", 500: "capacity",
    508: "capacity",
}  # fmt: skip


def turn_cause(code: int) -> str:
    """The row of `TURN` for the error code of a TURN server (RFC 8656, 19)."""
    return _CODES.get(code, "refused")


def markdown() -> str:
    """Both tables as one, for the documentation."""
    return table(cause.row({"server": "URL", "limit_s": "so many"}) for cause in (*CONNECTION.values(), *TURN.values()))
