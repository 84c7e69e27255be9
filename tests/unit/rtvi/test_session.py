"""Any order of calls, replies, losses and silences, on a client with a transport and devices that a script plays.

Whatever happens: every call settles, nothing is told after the end, no microphone is open outside a session, no task is
left behind, and the next connect() works.
"""

import asyncio
import os

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig.fake_session import FakeSession
from tests.rig.simulated_time import SimulatedTimeLoop

from callbox.rtvi import (
    APIRequest,
    Deadlines,
    DeviceError,
    ReconnectionPolicy,
    RTVIError,
    RTVIEvent,
    SessionLostError,
    TransportStartError,
    TransportState,
)
from callbox.rtvi.protocol.messages import Message, encode

S = TransportState
OPEN = {S.INITIALIZED, S.AUTHENTICATING, S.AUTHENTICATED, S.CONNECTING, S.CONNECTED, S.READY}
"""States in which the microphone may be open; while initializing it is being opened."""

MANY = int(os.environ.get("CALLBOX_EXAMPLES", "150"))
"""Set CALLBOX_EXAMPLES to walk for longer."""

ACTS = (
    "connect", "init_devices", "start_bot", "disconnect", "cancel a call", "request", "turn", "turns",
    "transport connects", "transport fails", "bot-ready", "fatal error", "bot leaves", "connection lost",
    "network goes", "network comes", "garbage", "interrupted", "devices refuse", "devices work", "devices hang",
    "a while", "up", "up", "up", "stand_by", "wait", "join", "bot vanishes",
)  # fmt: skip


class Walk:
    def __init__(self, *, listener=None):
        self.stage = FakeSession(
            connect_handler=self.fetch,
            deadlines=Deadlines(0.05, 0.05, 0.05, 0.05, 0.05),
            reconnection=ReconnectionPolicy(quiet_s=0.005),
        )
        self.client = self.stage.client
        self.calls = []
        self.listener = listener

    async def fetch(self, request):
        return {"webrtc_url": "http://bot/"}

    @property
    def transport(self):
        return self.stage.transports[-1] if self.stage.transports else None

    @property
    def alive(self):
        """A transport tells nothing after close(): that is its side of the wall."""
        return self.transport is not None and not self.transport.closed

    @property
    def connected(self):
        outcome = self.transport.outcome if self.alive else None
        return outcome is not None and outcome.done() and not outcome.cancelled() and not outcome.exception()

    def call(self, work):
        self.calls.append(asyncio.ensure_future(work))

    async def act(self, act):
        client, stage = self.client, self.stage
        match act:
            case "up":  # what random acts seldom get to
                for step in ("connect", "turns", "transport connects", "turns", "bot-ready"):
                    await self.act(step)
            case "wait":
                for step in ("stand_by", "turns", "transport connects", "turns"):
                    await self.act(step)
            case "join":
                for step in ("devices hang", "stand_by", "turns", "connect", "turns", "transport connects", "turns"):
                    await self.act(step)
            case "connect" | "init_devices" | "disconnect" | "stand_by":
                self.call(getattr(client, act)())
            case "start_bot":
                self.call(client.start_bot(APIRequest("http://bot/start")))
            case "request":
                self.call(client.send_client_request("echo", timeout_s=0.02))
            case "cancel a call" if self.calls:
                self.calls[-1].cancel()
            case "turn":
                await asyncio.sleep(0)
            case "turns":
                for _ in range(7):
                    await asyncio.sleep(0)
            case "a while":
                await asyncio.sleep(0.03)
            case "devices refuse":
                stage.media.fails = DeviceError("none", device="mic")
            case "devices work":
                stage.media.fails = None
                stage.media.gate.set()
            case "devices hang":
                stage.media.gate.clear()
            case "transport connects" | "transport fails" if self.alive and not self.transport.outcome.done():
                failed = act == "transport fails"
                error = TransportStartError("refused")
                self.transport.outcome.set_exception(error) if failed else self.transport.outcome.set_result(None)
            case "bot-ready" | "garbage" | "interrupted" | "fatal error" if self.connected:
                self.receive(act)
            case "bot leaves" if self.connected:
                self.transport.listener.on_lost(None)
            case "connection lost" if self.connected:
                self.transport.listener.on_lost(SessionLostError("gone"))
            case "network goes" if self.connected:
                self.transport.listener.on_reconnecting("silence")
            case "network comes" if self.connected:
                self.transport.listener.on_reconnected()
            case "bot vanishes" if self.connected:
                self.transport.alive = False
        self.check()

    def receive(self, what):
        text = {
            "bot-ready": encode(Message("bot-ready", {"version": "2.2.0"})),
            "fatal error": encode(Message("error", {"error": "x", "fatal": True})),
            "interrupted": encode(Message("bot-interrupted")),
            "garbage": '{"label":"rtvi-ai","type":"bot-ready","data":[',
        }[what]
        self.transport.listener.on_message(text)

    def check(self):
        state = self.client.state
        assert (self.client.error is not None) == (state is S.ERROR)
        assert self.client.connected == (state in (S.CONNECTED, S.READY))
        if state is S.READY:
            assert self.client.bot
        if state is S.DISCONNECTED and not self.closing:
            assert not self.stage.media.is_open
            assert all(transport.closed for transport in self.stage.transports)
        if self.stage.media.is_open and not self.closing:
            assert state in OPEN | {S.INITIALIZING}

    @property
    def closing(self):
        return self.client._session._closing is not None

    async def end(self):
        await asyncio.sleep(0)  # a task begins in the next turn
        self.stage.media.gate.set()
        self.stage.media.fails = None
        await self.client.disconnect()
        await asyncio.wait_for(asyncio.gather(*self.calls, return_exceptions=True), 1)
        for call in self.calls:
            if not call.cancelled():
                assert isinstance(call.exception(), RTVIError | None), call.exception()
        assert self.client.state is S.DISCONNECTED
        events = list(self.stage.events)
        await asyncio.sleep(0.01)
        assert self.stage.events == events  # nothing after the end
        assert not self.stage.media.is_open
        assert all(transport.closed for transport in self.stage.transports)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def next_call_works(self):
        await asyncio.wait_for(self.stage.until_ready(), 1)
        assert self.client.state is S.READY
        await self.client.disconnect()


def in_simulated_time(walk):
    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        runner.run(walk())


def judge(events):
    """What the documentation promises about the order."""
    connected = 0
    for before, now in zip(["", *events], events, strict=False):
        if now == "on_connected":
            assert before == "connected"
            connected += 1
        elif now == "on_bot_ready":
            assert before == "ready"
        elif now == "on_disconnected":
            assert before in ("disconnected", "on_error", "initialized")
        elif now == "ready":
            assert connected or before == "connecting"
        elif now == "disconnected":
            assert before not in ("disconnected", "")


@given(st.lists(st.sampled_from(ACTS), max_size=40))
@settings(max_examples=MANY, deadline=None)
def test_any_order_of_events_leaves_nothing_behind(acts):
    async def walk():
        walker = Walk()
        for act in acts:
            await walker.act(act)
        await walker.end()
        judge(walker.stage.events)
        await walker.next_call_works()

    in_simulated_time(walk)


@given(
    st.lists(st.sampled_from(ACTS), max_size=25),
    st.sampled_from(["initializing", "authenticating", "connecting", "connected", "ready", "error", "disconnecting"]),
    st.sampled_from(["disconnect", "connect", "raise"]),
)
@settings(max_examples=MANY, deadline=None)
def test_listeners_that_call_back_into_the_client_change_nothing_of_that(acts, state, deed):
    async def walk():
        walker = Walk()
        client = walker.client

        def meddle(now):
            # Not without end: while each error makes a call that fails at once, simulated time stands still.
            if now == state and len(walker.calls) < 100:
                if deed == "raise":
                    raise ValueError("a listener's own trouble")
                walker.call(getattr(client, deed)())

        client.on(RTVIEvent.TransportStateChanged, meddle)
        for act in ["connect", "turns", "transport connects", "turns", "bot-ready", *acts]:
            await walker.act(act)
        client.off(RTVIEvent.TransportStateChanged, meddle)
        await walker.end()
        await walker.next_call_works()

    in_simulated_time(walk)
