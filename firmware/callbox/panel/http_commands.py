"""Commands over HTTP with the panel's token: ring and announce, for programs that speak no MQTT. Event loop only."""

import asyncio
import http
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from callbox.control.remote_commands import CommandHandler, CommandResult, Denied
from callbox.mqtt.model.commands import BY_NAME
from callbox.text import parse_json

PATHS: Mapping[str, str] = {"/request/ring": "ring", "/request/announce": "announce"}
"""Commands, by their paths."""
MAX_QUERY_CHARS = 4096
LIMIT_S = 4.0
"""For the answer of the box: a ring is on the disk then."""
_STATUS = {
    "bad_argument": http.HTTPStatus.BAD_REQUEST,
    "not_allowed": http.HTTPStatus.FORBIDDEN,
    "too_often": http.HTTPStatus.TOO_MANY_REQUESTS,
    "too_large": http.HTTPStatus.REQUEST_URI_TOO_LONG,
    "failed": http.HTTPStatus.SERVICE_UNAVAILABLE,
}

Answer = tuple[http.HTTPStatus, dict[str, Any]]


async def execute(name: str, query: str, handler: CommandHandler | None) -> Answer:
    """Let the box carry out the command `name` with the fields in `query`; the answer is that of MQTT."""
    fields = _fields(query)
    order = fields if isinstance(fields, Denied) else BY_NAME[name].order({"id": uuid.uuid4().hex, **fields})
    if order is None:
        order = Denied("bad_argument", f"{name} takes {BY_NAME[name].takes}.")
    if isinstance(order, Denied) or handler is None:
        return _answer(order if isinstance(order, Denied) else Denied("failed", "There is no box yet."))
    result = handler(order)
    if not callable(result):
        return _answer(result)
    answered: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
    result(lambda outcome: None if answered.done() else answered.set_result(outcome))
    try:
        async with asyncio.timeout(LIMIT_S):
            return _answer(await answered)
    except TimeoutError:
        return _answer(Denied("failed", f"There was no answer within {LIMIT_S:g} s: send it again with the same id."))


def _fields(query: str) -> dict[str, Any] | Denied:
    if len(query) > MAX_QUERY_CHARS:
        return Denied("too_large", f"The query is longer than {MAX_QUERY_CHARS} characters.")
    fields: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    try:
        fields |= {name: parse_json(fields[name]) for name in ("request_data", "volume") if name in fields}
    except ValueError as error:
        return Denied("bad_argument", str(error))
    return fields


def _answer(result: CommandResult) -> Answer:
    if isinstance(result, Denied):
        status = _STATUS.get(result.code, http.HTTPStatus.CONFLICT)
        return status, {"status": "error", "error": {"code": result.code, "text": result.text}}
    return http.HTTPStatus.OK, {"status": "ok", "data": result}
