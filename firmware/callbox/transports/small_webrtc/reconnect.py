"""Liveness of a session: pings, notices that nothing arrives any more, reconnects. Its numbers: `ReconnectionPolicy`.

What Pipecat 1.14 does: a server that takes the old connection for alive mutes the bot when it is replaced (so pings
stop first, and it waits); one that has lost the session starts another bot (so the session is looked up first); when
a connection is closed by DTLS the bot leaves (so the old one is closed last).
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from callbox.rtvi.errors import RTVIError, SessionLostError
from callbox.rtvi.http_client import HttpError
from callbox.rtvi.protocol.media_errors import CONNECTION
from callbox.rtvi.protocol.policies import ReconnectionPolicy
from callbox.system.clock import boot_time_s

log = logging.getLogger(__name__)

PING_PERIOD_S = 1.0
"""Once it has seen a ping, a Pipecat server drops messages and sound after 3 s without one."""
WATCH_PERIOD_S = 0.4


class Reconnectable(Protocol):
    """The transport, as `LivenessMonitor` needs it."""

    async def packets_received(self) -> int:
        """Packets received; only grows while the connection is the same."""

    def ping(self) -> None:
        """Send a ping."""

    async def is_known(self) -> bool:
        """Whether the server still has the session. Raises `HttpError`."""

    async def restart(self) -> None:
        """Connect again, for the same session. Raises `RTVIError`."""

    def on_reconnecting(self, reason: str) -> None:
        """Take the beginning of an outage: nothing arrives any more."""

    def on_reconnected(self) -> None:
        """Packets arrive again."""

    def on_given_up(self, error: RTVIError) -> None:
        """Take the end of reconnecting without success."""


class LivenessMonitor:
    """Pings and reconnects: run `ping` and `watch` as tasks as long as the session lasts.

    `now_s`: clock of how long nothing has arrived; a suspension counts, in which the server has not waited.
    """

    def __init__(
        self, session: Reconnectable, policy: ReconnectionPolicy, now_s: Callable[[], float] = boot_time_s
    ) -> None:
        self._session = session
        self._policy = policy
        self._now_s = now_s
        self._received = -1
        self._received_s = self._pinged_s = self._now_s()
        self._path_lost = asyncio.Event()
        self.is_reconnecting = False

    def on_path_lost(self) -> None:
        """Reconnect at once: the socket of the connection has ended."""
        self._path_lost.set()

    async def ping(self) -> None:
        """Send a ping each second, as long as packets arrive."""
        while True:
            watched = self._received >= 0  # else packets are not counted: a session without sound
            if not watched or self._silent_s < self._policy.ping_pause_s:
                self._session.ping()
                self._pinged_s = self._now_s()
            await asyncio.sleep(PING_PERIOD_S)

    async def watch(self) -> None:
        """Reconnect when nothing has arrived for `silence_s`, or the path was lost."""
        while True:
            received = await self._receives_packets()
            if self._path_lost.is_set() or (not received and self._silent_s >= self._policy.silence_s):
                await self._reconnect()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH_PERIOD_S):
                    await self._path_lost.wait()

    @property
    def _silent_s(self) -> float:
        return self._now_s() - self._received_s

    async def _receives_packets(self) -> bool:
        """Whether packets have arrived since the last call."""
        received = await self._session.packets_received()
        if received == self._received:
            return False
        self._received, self._received_s = received, self._now_s()
        return True

    async def _reconnect(self) -> None:
        self.is_reconnecting = True
        if self._path_lost.is_set():
            reason = "The connection to the TURN server has ended."
        else:
            reason = f"Nothing has come from the bot for {self._silent_s:.1f} s. Is the network down?"
        self._session.on_reconnecting(reason)
        try:
            await self._restore()
        except RTVIError as error:
            self._session.on_given_up(error)
            await asyncio.Event().wait()  # until the transport is closed
        self._path_lost.clear()
        self.is_reconnecting = False
        self._session.on_reconnected()

    async def _restore(self) -> None:
        """Wait until packets arrive again, by themselves or over a new connection. Raises `SessionLostError`."""
        try:
            left_s = self._received_s + self._policy.give_up_s - self._now_s()
            async with asyncio.timeout(max(left_s, 0.0)):  # an attempt is cut short too
                while not await self._receives_packets():
                    if self._now_s() - self._pinged_s < self._policy.unheard_s:
                        await asyncio.sleep(WATCH_PERIOD_S)
                    elif await self._attempt():
                        self._received_s = self._now_s()
                        return
                    else:
                        await asyncio.sleep(self._policy.pause_s)
        except TimeoutError:
            raise SessionLostError(CONNECTION["gone"].text(limit_s=f"{self._policy.give_up_s:g}")) from None

    async def _attempt(self) -> bool:
        try:
            async with asyncio.timeout(self._policy.attempt_s):
                if not await self._session.is_known():
                    raise SessionLostError(CONNECTION["session unknown"].text())
                await self._session.restart()
        except (TimeoutError, RTVIError, HttpError) as error:
            if isinstance(error, SessionLostError):
                raise
            if isinstance(error, HttpError) and error.refused:
                raise SessionLostError(CONNECTION["server ended"].text()) from None
            log.info("The network is not back yet: %s", error or "no answer in time")
            return False
        return True
