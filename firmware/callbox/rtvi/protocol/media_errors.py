"""Causes of a media connection (ICE, DTLS, TURN) that fails or ends: one row a cause, with its sentence. Pure.

The table in ``docs/client.md`` is made of it. `callbox.transports.aiortc_patches.turn_check` finds a TURN server's
cause.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaCause:
    """One cause."""

    seen: str
    """How it is recognised, for the documentation."""
    sentence: str
    """What happened. Fields: ``{server}`` a URL, ``{code}``, ``{detail}`` in others' words, ``{limit_s}``."""
    advice: str = ""
    """What to do next."""


CONNECTION: Mapping[str, MediaCause] = {
    "no path": MediaCause(
        "ICE: failed, no candidate pair answers",
        "The bot answered, but no media connection came up.",
        "Is there a firewall between it and this box?",
    ),
    "no dtls": MediaCause(
        "DTLS: failed, closed in the handshake, or a certificate that does not match the answer's fingerprint",
        "The bot was reached, but DTLS failed: it hung up, or its certificate does not match its answer.",
    ),
    "closed": MediaCause("DTLS or data channel: closed by the bot", "The bot closed the connection."),
    "broken": MediaCause("ICE or DTLS: failed after it was connected", "The connection to the bot broke."),
    "gone": MediaCause(
        "no packet for {limit_s} s, and no new connection", "The network to the bot was gone for {limit_s} s."
    ),
    "session unknown": MediaCause(
        "PATCH: 400 or 404 while reconnecting",
        "The bot's server doesn't know this session any more.",
        "Was it restarted?",
    ),
    "server ended": MediaCause(
        "TCP: ECONNREFUSED while reconnecting",
        "The bot's server has ended: nothing listens at its address any more.",
    ),
}
"""Causes between box and bot, by name."""

TURN: Mapping[str, MediaCause] = {
    "credentials": MediaCause(
        "TURN: 401, 403, 441",
        "The TURN server {server} refused username or credential ({code} {detail}).",
    ),
    "mismatch": MediaCause(
        "TURN: 437",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It still has one for this port; it is tried again with another port.",
    ),
    "protocol": MediaCause(
        "TURN: 400, 420, 440, 442, 443",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It takes no UDP relay for this address family; does it speak TURN (RFC 8656)?",
    ),
    "quota": MediaCause(
        "TURN: 486",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "Too many calls with this username at the same time.",
    ),
    "capacity": MediaCause(
        "TURN: 500, 508",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It is out of ports, or has a problem of its own; its log says which.",
    ),
    "alternate": MediaCause(
        "TURN: 300",
        "The TURN server {server} refused an allocation ({code} {detail}).",
        "It names another server, which isn't followed: set that one.",
    ),
    "refused": MediaCause("TURN: any other code", "The TURN server {server} refused an allocation ({code} {detail})."),
    "certificate": MediaCause(
        "TURN over TLS: certificate not verified",
        "The TURN server {server} has a certificate that can't be verified: {detail}.",
    ),
    "tls failed": MediaCause(
        "TURN over TLS: any other alert or error", "The TURN server {server} gives no TLS connection: {detail}."
    ),
    "silent": MediaCause("TURN: no answer", "The TURN server {server} did not answer within {limit_s} s."),
    "name unknown": MediaCause("DNS: any error", "The TURN server {server} is unknown: host name not found."),
    "connection refused": MediaCause(
        "TCP: ECONNREFUSED", "The TURN server {server} is not reachable: connection refused."
    ),
    "connection closed": MediaCause(
        "TCP: closed or reset",
        "The TURN server {server} closed the connection.",
        "Does it speak another protocol at this port?",
    ),
    "not reachable": MediaCause("TCP, UDP: any other error", "The TURN server {server} is not reachable: {detail}."),
    "no turn": MediaCause(
        "an answer that is no TURN", "The TURN server {server} gave an answer that can't be used: {detail}."
    ),
}
"""Why a TURN server gives no relayed candidate, by name."""

_CODES = {
    300: "alternate", 400: "protocol", 401: "credentials", 403: "credentials", 420: "protocol", 437: "mismatch",
    440: "protocol", 441: "credentials", 442: "protocol", 443: "protocol", 486: "quota", 500: "capacity",
    508: "capacity",
}  # fmt: skip


def turn_cause(code: int) -> str:
    """The row of `TURN` for the error code of a TURN server (RFC 8656, 19)."""
    return _CODES.get(code, "refused")


def sentence(row: MediaCause, **fields: object) -> str:
    """The sentence and the advice."""
    return " ".join(part.format_map(fields) for part in (row.sentence, row.advice) if part)


def markdown() -> str:
    """Both tables as one, for the documentation."""
    rows = (*CONNECTION.values(), *TURN.values())
    lines = [f"| {_plain(row.seen)} | {_plain(row.sentence)} | {row.advice} |" for row in rows]
    return "\n".join(["| seen | told | to do |", "|---|---|---|", *lines]) + "\n"


def _plain(text: str) -> str:
    return re.sub(
        r"\{(\w+)\}", lambda found: {"server": "URL", "limit_s": "so many"}.get(found[1], found[1].upper()), text
    )
