"""A request to the first endpoint of a bot that answers."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callbox.rtvi import http_client
from callbox.rtvi.http_client import HttpError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import failover
from callbox.rtvi.transport import APIRequest

log = logging.getLogger(__name__)


async def post_first(request: APIRequest, keep_alive: HttpPool) -> tuple[Mapping[str, Any], APIRequest]:
    """POST to `request.endpoint`, and to its fallbacks in turn while none answers.

    Returns the JSON object, and the request as it was answered: its endpoint is the one that did, it has no fallbacks.
    Raises `HttpError`, whose text names each endpoint that was tried. As `http_client.post_json`, it has no deadline of
    its own for the last endpoint; `keep_alive.unanswered` tells the caller's which ones had none before.
    """
    await http_client.imported()  # not a part of any endpoint's time
    keep_alive.unanswered = ()
    *others, last = (request.endpoint, *request.fallback_endpoints)
    for endpoint in others:
        try:
            async with asyncio.timeout(request.answer_s):
                answer = await _post(request, endpoint, keep_alive)
        except TimeoutError:
            log.warning("%s did not answer within %g s", http_client.redact_url(endpoint), request.answer_s)
        except HttpError as error:
            if not failover.is_unanswered(error.status, error.cause):
                raise _with_all(error, keep_alive) from None
            log.warning("%s", error.text)
        else:
            return answer, _answered(request, endpoint)
        keep_alive.unanswered += (http_client.redact_url(endpoint),)
    try:
        answer = await _post(request, last, keep_alive)
    except HttpError as error:
        raise _with_all(error, keep_alive) from None
    return answer, _answered(request, last)


async def _post(request: APIRequest, endpoint: str, keep_alive: HttpPool) -> Mapping[str, Any]:
    return await http_client.post_json(endpoint, request.request_data, request.headers, keep_alive)


def _answered(request: APIRequest, endpoint: str) -> APIRequest:
    if endpoint != request.endpoint:
        log.warning("The bot answers at its fallback %s", http_client.redact_url(endpoint))
    return replace(request, endpoint=endpoint, fallback_endpoints=())


def _with_all(error: HttpError, keep_alive: HttpPool) -> HttpError:
    text = failover.sentence(keep_alive.unanswered, error.text)
    return HttpError(text, error.status, cause=error.cause, unanswered=error.unanswered)
