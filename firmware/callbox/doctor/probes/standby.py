"""A connection to the bot's server that was idle, as `standby: armed` keeps one for the next press."""

import asyncio
import contextlib
import os

from callbox.app.connection_config import ConnectionConfig, endpoints
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import Report, Value
from callbox.rtvi import http_client
from callbox.rtvi.http_pool import Exchange, HttpPool, SilentSpareError
from callbox.rtvi.proxies import proxy_for

IDLE_S = 20.0
"""Longer than the box's own TCP keep-alive is silent, so that a NAT has had its chance to forget."""
ANSWER_S = 5.0


async def standby(context: Context) -> Report:
    """One idle connection for each bot, at the same time. Its request is HEAD, which starts no bot."""
    connections = {
        name: connection
        for name, connection in context.require_plan().connections.items()
        if connection.preparation is not None
    }
    if not connections:
        return Report(skipped="`bot.standby: cold` keeps no connection")
    if context.quick:
        return Report(skipped=f"it waits {IDLE_S:g} s")
    states = dict(zip(connections, await asyncio.gather(*map(_state, connections.values())), strict=True))
    measured: dict[str, Value] = {"idle_s": IDLE_S, **states}
    return Report(measured, tuple(evaluate.standby(states, IDLE_S)))


async def _state(connection: ConnectionConfig) -> str:
    """State of a connection to the server after `IDLE_S`, as `evaluate.standby` takes it."""
    import httpx

    url = endpoints(connection.params)[0]
    if proxy_for(url, os.environ) is not None:
        return "by a proxy"  # whose connections are its own
    http = connection.keep_alive or HttpPool()
    await http_client.imported()
    try:
        try:
            async with asyncio.timeout(ANSWER_S):
                await http.preconnect(url)
        except OSError:
            return "not reached"  # the check of the bot says why
        await asyncio.sleep(IDLE_S)
        if not http.is_preconnected(url):
            return "closed"
        with contextlib.suppress(TimeoutError):  # it has received the request
            async with asyncio.timeout(ANSWER_S), http.stream("HEAD", url, b"", {}, Exchange(url)):
                pass
    except SilentSpareError:
        return evaluate.LOST
    except (httpx.HTTPError, OSError):
        return "closed"
    finally:
        await http.close()
    return "open"
