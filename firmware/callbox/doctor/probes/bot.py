"""The bot: the way to its server, the start request, a connection that is hung up at once."""

import asyncio
import os
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from callbox.app.connection_config import ConnectionConfig, endpoints, only
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import CannotMeasure, Finding, Report, Value
from callbox.doctor.probes import tcp
from callbox.rtvi import http_client
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol.policies import NO_RECONNECTION
from callbox.rtvi.proxies import proxy_for
from callbox.rtvi.transport import APIRequest, Participant

T = TypeVar("T")


async def bot(context: Context) -> Report:
    """As a press does, up to a connection; then hangs up. Nothing is said to the bot, nothing is captured.

    Each address of each bot, one after the other; of several, what was measured is below the bot's name, with which
    findings begin.
    """
    targets = _targets(context.require_plan().connections)
    if len(targets) == 1:
        return await _probe(*targets.values())
    measured: dict[str, Value] = {}
    findings: list[Finding] = []
    for name, connection in targets.items():
        try:
            report = await _probe(connection)
        except CannotMeasure as end:
            report = end.report
        measured[name] = report.measured
        findings += [replace(found, detail=f"{name}: {found.detail}") for found in report.findings]
    return Report(measured, tuple(findings))


def _targets(connections: Mapping[str, ConnectionConfig]) -> dict[str, ConnectionConfig]:
    """Each address of each bot as a connection of its own, by a name for people."""
    targets = {}
    for name, connection in connections.items():
        for number, url in enumerate(endpoints(connection.params)):
            label = f"{name} fallback {number}" if number else name
            targets[label] = replace(connection, params=only(connection.params, url))
    return targets


async def _probe(connection: ConnectionConfig) -> Report:
    request = connection.params if isinstance(connection.params, APIRequest) else None
    url = endpoints(connection.params)[0]
    measured: dict[str, Value] = {"server": http_client.redact_url(url)}
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    http = connection.keep_alive or HttpPool()
    try:
        if (proxy := proxy_for(url, os.environ)) is not None:
            measured["proxy"] = proxy.variable  # the way to the server is its own
        else:
            tls = http.tls if parts.scheme == "https" else None
            await tcp.probe_tcp("BOT", parts.hostname or "", port, tls, measured)
        params, deadlines = connection.params, connection.deadlines
        if isinstance(params, APIRequest):
            starting = http_client.post_json(params.endpoint, params.request_data, params.headers, http)
            params = await _step("start", starting, deadlines.start_s, measured)
        transport = connection.transport(None, _NullListener(http))
        try:
            await _step("connect", transport.connect(params, request), deadlines.connect_s, measured)
        finally:
            await asyncio.shield(transport.close())
    finally:
        await http.close()
    took_ms = {name: value for name, value in measured.items() if name.endswith("_ms") and isinstance(value, float)}
    return Report(measured, tuple(evaluate.bot(took_ms)))


async def _step(name: str, work: Awaitable[T], limit_s: float, measured: dict[str, Value]) -> T:
    clock = asyncio.get_running_loop()
    began_s = clock.time()
    try:
        async with asyncio.timeout(limit_s):
            done = await work
    except (http_client.HttpError, RTVIError, TimeoutError) as error:
        raise CannotMeasure(Report(measured, (evaluate.unreached(name, error, limit_s),))) from None
    measured[f"{name}_ms"] = round((clock.time() - began_s) * 1000, 1)
    return done


class _NullListener:
    """Fulfils `TransportListener`, and does nothing."""

    reconnection = NO_RECONNECTION
    in_haste = False

    def __init__(self, keep_alive: HttpPool) -> None:
        self.keep_alive = keep_alive

    def on_message(self, text: str) -> None:
        """Whatever the bot says."""

    def on_lost(self, error: RTVIError | None) -> None:
        """It hung up first."""

    def on_reconnecting(self, reason: str) -> None:
        """Never: it is switched off."""

    def on_reconnected(self, carried: Collection[str] | None = ()) -> None:
        """Never."""

    def on_track(self, participant: Participant, *, started: bool) -> None:
        """Ignored."""

    def on_participant(self, participant: Participant, *, joined: bool) -> None:
        """Ignored."""
