"""Causes of a failed HTTP request to the bot's server: one row a cause, with its sentence. Pure.

The table in ``docs/client.md`` is made of it. `http_client` finds the cause; nothing else words an HTTP error.
Its ``headers``, ``request_data`` and ``ca_file`` are parameters of the client, and settings of a box by the same name.
"""

from collections.abc import Mapping
from typing import Any

from callbox.causes import Cause, table
from callbox.text import one_line

MAX_DETAIL_CHARS = 200
"""Of what the server itself says in an error."""


NO_ANSWER: Mapping[str, Cause] = {
    "name unknown": Cause(
        "DNS: NXDOMAIN or no address",
        "Host name not found: {host}.",
        "Is the name in the bot's address spelled right, and known in this network?",
    ),
    "dns silent": Cause(
        "DNS: no server answers, or SERVFAIL",
        "DNS does not answer for {host}: the bot's server was never asked.",
        "Is the network up, is the DNS server reachable?",
    ),
    "refused": Cause(
        "TCP: ECONNREFUSED",
        "Nobody answers at {place} (connection refused: no program listens there).",
        "Is the bot running, is the address right? On another machine it must listen on the network: --host 0.0.0.0.",
    ),
    "unreachable": Cause(
        "TCP: EHOSTUNREACH, ENETUNREACH",
        "Nobody answers at {place} (no route to {host}).",
        "Is the network up, is the machine switched on, is the address right?",
    ),
    "no connection": Cause(
        "TCP: any other error of connect()",
        "Nobody answers at {place} ({detail}).",
        "Is the bot running, is the address right?",
    ),
    "timed out": Cause(
        "TCP: ETIMEDOUT, in connecting or while data waits for its acknowledgement",
        "The request to {place} failed: the network to it is gone (connection timed out).",
        "Is a firewall in between, is the machine switched on?",
    ),
    "connection closed": Cause(
        "TCP: closed or reset before the answer was complete",
        "The request to {place} failed: {detail}.",
        "The bot's server, or a proxy before it, closed the connection; its log may say why. Does this port want https://?",
    ),
    "no http": Cause(
        "the answer is not HTTP/1.1",
        "The request to {place} failed: it speaks no HTTP ({detail}).",
        "Is the port right? A port for TLS wants https://.",
    ),
    "certificate expired": Cause(
        "TLS: certificate has expired",
        "{place}: the certificate has expired ({detail}).",
        "Renew it on the server; or is this machine's clock wrong? It says {now}.",
    ),
    "certificate not yet valid": Cause(
        "TLS: certificate is not yet valid",
        "{place}: the certificate is not valid yet ({detail}).",
        "Is this machine's clock wrong? It says {now}.",
    ),
    "certificate of another name": Cause(
        "TLS: host name or IP address mismatch",
        "{place}: the certificate is for another name ({detail}).",
        "Use the name that the certificate holds in the bot's address.",
    ),
    "certificate authority unknown": Cause(
        "TLS: self-signed, or the issuer is not in the trust store",
        "{place}: the certificate's authority is unknown to this machine ({detail}).",
        "A private authority: give its certificate as ca_file, or add it to the system's store "
        "(update-ca-certificates).",
    ),
    "unusable ca_file": Cause(
        "ca_file is not there, or holds no certificate",
        "The request to {place} can't be sent: ca_file can't be used ({detail}).",
        "It takes the authority's certificate as a PEM file.",
    ),
    "no tls": Cause(
        "TLS: the port speaks plain text",
        "{place}: the port speaks no TLS ({detail}).",
        "Use http:// in the bot's address, or the server's TLS port.",
    ),
    "tls failed": Cause(
        "TLS: any other alert or error",
        "{place}: the TLS handshake failed ({detail}).",
        "The server's log may say why.",
    ),
    "proxy unreachable": Cause(
        "the proxy of the environment gives no connection",
        "No connection to {place} through the proxy that the environment variable {variable} names ({detail}).",
        "Is the proxy right? NO_PROXY={host} asks the bot's server directly.",
    ),
    "proxy unsupported": Cause(
        "the proxy of the environment is no http:// or https:// one",
        "The environment variable {variable} names a proxy of a kind that isn't supported ({detail}), which {place} "
        "would be asked through.",
        "Unset {variable}, name an http:// proxy, or set NO_PROXY={host}.",
    ),
    "proxy refuses": Cause(
        "the proxy answers CONNECT with an error (403, 407, 502 …)",
        "The proxy that the environment variable {variable} names refuses the way to {place} ({detail}).",
        "Are user and password of the proxy right? NO_PROXY={host} asks the bot's server directly.",
    ),
    "bad header": Cause(
        "a header that can't be sent",
        "The request to {place} can't be sent: a header is not text, or holds a character that HTTP forbids.",
        "Look at headers.",
    ),
    "bad body": Cause(
        "data of a request that is not JSON",
        "The request to {place} can't be sent: its data is not JSON ({detail}).",
        "Look at request_data.",
    ),
    "bad address": Cause(
        "an address that is given, or that of a redirect, is no URL",
        "{place} is not the address of a server: it needs http(s)://host[:port]/path.",
    ),
    "too large": Cause(
        "more than 1 MiB, also after decoding", "{place} answered with more than 1 MiB: this is no bot's server."
    ),
    "other encoding": Cause(
        "Content-Encoding that was not asked for and is not gzip or deflate, or a body that isn't",
        "{place} answered in an encoding that was not asked for ({detail}).",
        "Is a proxy in between?",
    ),
    "web page": Cause("2xx with HTML", "{place} answered with a web page: this is not the address of a bot."),
    "no object": Cause(
        "2xx without a JSON object",
        "{place} answered with something that is not a JSON object: this is not the address of a bot.",
    ),
    "error in 200": Cause(
        '2xx with {"error": …} and nothing else', "{place} answered 200, but with an error: {detail}."
    ),
    "redirect to http": Cause(
        "3xx from https:// to http://",
        "{place} redirects to {detail}, without TLS: not followed.",
        "Is a proxy before the bot's server set up wrongly?",
    ),
    "redirect": Cause(
        "301, 302, 303, or 307 and 308 without a usable target",
        "{place} redirects to {detail}: a POST is not followed there.",
        "Give that address, if it is the bot's.",
    ),
    "redirect loop": Cause("more than 5 times 307 or 308", "{place} redirects in a circle, to {detail}."),
}
"""Causes without a usable answer, by name. Fields: ``{place}`` a URL, ``{host}``, ``{variable}``, ``{now}``,
``{detail}`` in others' words.
"""

ADVICE: Mapping[int, str] = {
    400: "",
    401: "Is the key in the headers right?",
    403: "Is the key in the headers right?",
    404: "Is the path of the address right?",
    405: "Is the path of the address right? It takes no POST.",
    407: "A proxy wants user and password.",
    413: "Is request_data too large?",
    422: "The bot's server wants other fields: see request_data.",
    429: "Too many requests; wait a minute.",
    502: "A proxy before the bot's server answered: the bot's server itself does not. Is the bot running behind it?",
    503: "The bot's server is overloaded, or still starting; its log may say which.",
    504: "A proxy before the bot's server answered: the bot's server itself does not. Is the bot running behind it?",
}
"""What to do, by HTTP status; 5xx otherwise: `SERVER_ERROR`."""
SERVER_ERROR = "The bot's server has a problem of its own; its log says which."


def sentence(cause: str, **fields: str) -> str:
    """The sentence and the advice for `cause` (a key of `NO_ANSWER`)."""
    return NO_ANSWER[cause].text(**fields)


def status_sentence(place: str, status: int, phrase: str, document: Any) -> str:
    """The sentence for an answer other than 2xx. `document`: its JSON body, None: it had none."""
    detail = server_detail(document)
    answer = f"{place} answered {status} {one_line(phrase, 60)}".rstrip() + (f" ({detail})" if detail else "") + "."
    advice = ADVICE.get(status, SERVER_ERROR if status >= 500 else "")
    return f"{answer} {advice}".rstrip()


def server_detail(document: Any) -> str:
    """Error that a server tells in its JSON body, as one line; empty: none.

    Pipecat Cloud says ``{error, code}``, older servers ``{info}``, FastAPI ``{detail}``: for 422 a list of
    ``{loc, msg}``.
    """
    if not isinstance(document, Mapping):
        return ""
    for name in ("info", "error", "detail", "message"):
        if text := _words(document.get(name)):
            return one_line(text, MAX_DETAIL_CHARS)
    return ""


def is_only_an_error(document: Mapping[str, Any]) -> bool:
    """Whether the body of a 2xx answer is an error report: an ``error``, and no field that a bot's answer has."""
    return bool(_words(document.get("error"))) and document.keys() <= _ERROR_KEYS


_ERROR_KEYS = {"error", "code", "status", "statusCode", "detail", "details", "info", "message", "success", "ok", "type"}


def _words(value: Any) -> str:
    match value:
        case str():
            return value.strip()
        case Mapping():
            return _words(value.get("message")) or _words(value.get("msg")) or _words(value.get("error"))
        case list():
            return "; ".join(text for text in map(_validation_error, value[:5]) if text)
        case _:
            return ""


def _validation_error(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return _words(entry)
    where = entry.get("loc")
    path = ".".join(str(part) for part in where) if isinstance(where, list) else ""
    return ": ".join(part for part in (path, _words(entry.get("msg"))) if part)


def markdown() -> str:
    """Both tables as one, for the documentation."""
    rows = [cause.row({"place": "URL", "now": "time"}) for cause in NO_ANSWER.values()]
    rows += [
        f"| HTTP {status} | … answered {status} (what the server says). | {text} |"
        for status, text in ADVICE.items()
        if text
    ]
    rows.append(f"| HTTP 5xx | … answered 500 (what the server says). | {SERVER_ERROR} |")
    return table(rows)
