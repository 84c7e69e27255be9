"""Exporter of a table of boxes for Prometheus. Needs prometheus_client (extra `metrics`).

While the broker is away no box has a series. Each connection begins with an empty table: what was removed from the
broker meanwhile doesn't come again.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from prometheus_client import ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.member import hold_share
from callbox.fleet.monitor.model import metrics
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.fleet.monitor.model.render import BoxRow
from callbox.fleet.monitor.model.shard import Membership, Shard
from callbox.fleet.monitor.subscriber import subscribe
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import OnServed, reconnect_forever
from callbox.system.event_loop import run_until_stopped

SETTLE_S = 1.0
"""After the subscription, until what is retained has come: half a fleet is not told."""
SCRAPE_TIMEOUT_S = 5.0
"""How long a scrape may wait for the event loop, which messages keep busy. Prometheus itself waits for 10 s."""


class ListenAddress(NamedTuple):
    """Address at which Prometheus scrapes."""

    host: str
    port: int
    """0: a free one."""

    @property
    def url(self) -> str:
        """For people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/metrics"


class _Snapshot(NamedTuple):
    connected: bool
    rows: list[BoxRow]
    ignored: int
    members: int | None
    """Living members of the group of exporters, this one among them; None: it is in none, or doesn't know yet."""


class _FleetCollector(Collector):
    """The boxes of the present connection: all, or the share of the member `name`."""

    def __init__(self, target: BrokerTarget, name: str | None) -> None:
        self._target = target
        self._name = name
        self._membership: Membership | None = None
        self._loop = asyncio.get_running_loop()
        self._table: FleetState | None = None
        self._statuses: dict[str, bool] = {}
        """As `Shard` has them. A cluster hands out no `status` again, so they outlive the connection."""
        self._ignored_before = 0

    def collect(self) -> Iterator[Metric]:
        """A scrape; on one of the server's threads. Raises `TimeoutError`: the event loop has been busy."""
        pending = asyncio.run_coroutine_threadsafe(self._snapshot(), self._loop)
        try:
            snapshot = pending.result(SCRAPE_TIMEOUT_S)
        finally:
            pending.cancel()  # unneeded rows would keep the loop busy
        yield GaugeMetricFamily("callbox_broker_connected", "1: the broker is heard", float(snapshot.connected))
        yield CounterMetricFamily("callbox_messages_ignored", "messages that no box could be made of", snapshot.ignored)
        if snapshot.members is not None:
            about = "living members of the group of exporters, as this one knows them"
            yield GaugeMetricFamily("callbox_shard_members", about, float(snapshot.members))
        for metric, samples in metrics.families(snapshot.rows):
            family = (CounterMetricFamily if metric.counter else GaugeMetricFamily)(
                metric.name, metric.about, labels=("box", *metric.labels)
            )
            for labels, number in samples:
                family.add_metric(labels, number)
            yield family

    async def run(self, note: Callable[[str], None], on_served: OnServed) -> None:
        """One connection. Raises `BrokerError` at its end."""
        shard = Shard(self._target.prefix, self._name, self._statuses) if self._name else None
        table = shard.table if shard else FleetState(self._target.prefix)
        showing: asyncio.Task[None] | None = None

        async def show() -> None:
            await asyncio.sleep(SETTLE_S)
            if shard:
                await _until_settled(shard)
                self._membership = shard.membership
            self._table = table

        def connected() -> None:
            nonlocal showing
            on_served()
            showing = asyncio.create_task(show())
            note(f"connected with the broker at {self._target.broker.address}")

        try:
            if shard:
                await hold_share(self._target, shard, connected)
            else:
                await subscribe(
                    self._target.broker,
                    table.subscriptions,
                    table.apply,
                    lambda _: connected(),
                    ask_topic=self._target.ask_topic,
                )
        except BrokerError as error:
            note(str(error))
            raise
        finally:
            if showing:
                showing.cancel()
            self._table = self._membership = None
            self._ignored_before += table.ignored

    async def _snapshot(self) -> _Snapshot:
        table = self._table
        if table is None:
            return _Snapshot(False, [], self._ignored_before, None)
        members = len(self._membership.living) if self._membership else None
        return _Snapshot(True, table.rows(datetime.now(UTC)), self._ignored_before + table.ignored, members)


async def _until_settled(shard: Shard) -> None:
    """Until `shard` has been settled for `SETTLE_S`."""
    settled = False
    while not (settled and shard.settled):
        settled = shard.settled
        await asyncio.sleep(SETTLE_S)


def _with_503(app: Any) -> Any:
    """The WSGI application `app`; a scrape for which the event loop has no time is answered by 503."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            answered: Iterable[bytes] = app(environ, start_response)
        except TimeoutError:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
            return [
                f"callbox watch is busy: messages of boxes have left no time for a scrape for {SCRAPE_TIMEOUT_S:g} s. "
                "If it is often so, divide the boxes among several exporters (--shard).\n".encode()
            ]
        return answered

    return answer


async def serve(
    target: BrokerTarget,
    address: ListenAddress,
    stop: asyncio.Event,
    note: Callable[[str], None],
    shard: str | None = None,
) -> None:
    """Let Prometheus scrape at `address` until `stop`; `note` gets sentences.

    `shard`: this exporter's name in a group that divides the boxes; None: it tells all. Raises `OSError`: not at this
    address.
    """
    fleet, registry = _FleetCollector(target, shard), CollectorRegistry()
    registry.register(fleet)
    ProcessCollector(registry=registry)
    server, _ = start_http_server(address.port, address.host, registry)
    server.set_app(_with_503(server.get_app()))
    try:
        note(f"metrics at {address._replace(port=server.server_port).url}")
        connections = reconnect_forever(lambda on_served: fleet.run(note, on_served), target.broker.retry_s)
        await run_until_stopped(stop, connections)
    finally:
        # The server's loop may be waiting for ours.
        await asyncio.to_thread(server.shutdown)
        server.server_close()
