import asyncio
import contextlib
import gc
import weakref
from typing import Any

import pytest
from tests.rig.fake_session import FakeSession, Transport

from callbox.rtvi import (
    APIRequest,
    BotAlreadyStartedError,
    BotNotReadyError,
    ConnectionTimeoutError,
    Deadlines,
    DeviceError,
    Message,
    MessageTooLargeError,
    ReconnectionPolicy,
    RTVIClient,
    RTVIError,
    RTVIEvent,
    SessionAbortedError,
    SessionLostError,
    StartBotError,
    TransportStartError,
    TransportState,
)
from callbox.rtvi.protocol.inbound import ROWS
from callbox.rtvi.protocol.messages import encode
from callbox.rtvi.protocol.values import ErrorData

S = TransportState


async def test_a_whole_call_tells_everything_in_the_documented_order():
    stage = FakeSession()
    await stage.until_ready()
    await stage.client.disconnect()
    assert stage.events == [
        "initializing",
        "initialized",
        "connecting",
        "connected",
        "on_connected",
        "on_bot_connected",
        "ready",
        "on_bot_ready",
        "disconnecting",
        "disconnected",
        "on_disconnected",
    ]
    assert not stage.media.is_open
    assert stage.transport.closed == 1


async def test_connect_returns_bot_ready():
    stage = FakeSession()
    call = await stage.until_connected()
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    assert stage.client.state is S.CONNECTED
    stage.transport.receive("bot-ready", {"version": "2.2.0", "about": {"library": "pipecat-ai"}})
    bot = await call
    assert (bot.version, bot.about["library"]) == ((2, 2, 0), "pipecat-ai")
    assert stage.client.bot_version == (2, 2, 0)
    await stage.client.disconnect()
    assert stage.client.bot_version is None


async def test_each_connect_constructs_a_transport_and_each_disconnect_destroys_it():
    stage = FakeSession()
    await stage.until_ready()
    gone = weakref.ref(stage.transports.pop(0))
    await stage.client.disconnect()
    gc.collect()
    assert gone() is None
    await stage.until_ready()
    assert stage.client.state is S.READY
    await stage.client.disconnect()


async def test_a_second_connect_is_refused_and_harms_nothing():
    stage = FakeSession()
    call = await stage.until_connecting()
    with pytest.raises(BotAlreadyStartedError):
        await stage.client.connect()
    stage.transport.outcome.set_result(None)
    while not stage.transport.sent:
        await asyncio.sleep(0)
    stage.transport.receive("bot-ready", {})
    await call
    assert len(stage.transports) == 1
    await stage.client.disconnect()


async def test_two_connects_in_one_tick_give_one_session():
    stage = FakeSession()
    first, second = asyncio.create_task(stage.client.connect()), asyncio.create_task(stage.client.connect())
    with pytest.raises(BotAlreadyStartedError):
        await second
    await stage.client.disconnect()
    with pytest.raises(SessionAbortedError):
        await first
    assert len(stage.transports) <= 1


@pytest.mark.parametrize("turns", range(12))
async def test_disconnect_at_any_turn_of_the_loop_ends_connect_and_stays_disconnected(turns):
    stage = FakeSession()
    call = asyncio.create_task(stage.client.connect())
    await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
        if stage.transports and not stage.transport.outcome.done():
            stage.transport.outcome.set_result(None)
    await stage.client.disconnect()
    with pytest.raises(SessionAbortedError):
        await call
    for _ in range(20):
        await asyncio.sleep(0)
    assert stage.client.state is S.DISCONNECTED
    assert stage.events[-2:] == ["disconnected", "on_disconnected"]
    assert "ready" not in stage.events
    assert not stage.media.is_open
    assert all(transport.closed for transport in stage.transports)


async def test_a_call_that_is_aborted_before_it_has_begun_does_not_block_the_next():
    stage = FakeSession()
    call = asyncio.create_task(stage.client.connect())
    await asyncio.sleep(0)
    await stage.client.disconnect()  # the attempt is scheduled, and has not run yet
    with pytest.raises(SessionAbortedError):
        await call
    await stage.until_ready()
    await stage.client.disconnect()


async def test_disconnect_inside_on_connected_is_honoured():
    stage = FakeSession()
    stage.client.on(RTVIEvent.Connected, stage.client.disconnect)
    call = await stage.until_connecting()
    stage.transport.outcome.set_result(None)
    with pytest.raises(SessionAbortedError):
        await call
    await stage.client.disconnect()
    assert "ready" not in stage.events
    assert stage.client.state is S.DISCONNECTED


@pytest.mark.parametrize("end", ["returns", "raises", "is cancelled"])
async def test_a_client_as_context_manager_disconnects_at_its_end(end):
    stage = FakeSession()
    inside = asyncio.Event()

    async def call():
        async with stage.client as client:
            assert client is stage.client
            await stage.until_ready()
            inside.set()
            if end == "raises":
                raise ValueError("the program's own")
            if end == "is cancelled":
                await asyncio.Event().wait()

    task = asyncio.create_task(call())
    await inside.wait()
    if end == "is cancelled":
        task.cancel()
    await asyncio.wait([task])
    assert stage.client.state is S.DISCONNECTED
    assert stage.transport.closed == 1
    assert end == "returns" or task.cancelled() or isinstance(task.exception(), ValueError)


async def test_disconnect_when_disconnected_tells_nothing():
    stage = FakeSession()
    await stage.client.disconnect()
    await stage.client.disconnect()
    assert stage.events == []


async def test_a_cancelled_connect_is_a_disconnect():
    stage = FakeSession()
    call = await stage.until_connecting()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await stage.client.disconnect()
    assert stage.client.state is S.DISCONNECTED
    assert not stage.media.is_open


async def test_a_cancelled_connect_ends_when_all_is_closed():
    stage = FakeSession()
    call = await stage.until_connecting()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert stage.client.state is S.DISCONNECTED
    assert stage.transport.closed
    assert not stage.media.is_open


def test_the_end_of_the_event_loop_disconnects_and_the_client_connects_in_the_next(caplog):
    async def leave():
        await stage.until_ready()

    async def leave_when_the_transport_notices_first():
        await stage.until_ready()
        lost = asyncio.create_task(forever())
        await asyncio.sleep(0)
        lost.add_done_callback(lambda _: transport.listener.on_lost(SessionLostError("The bot closed the connection.")))

    async def forever():
        await asyncio.get_running_loop().create_future()

    async def make():
        return FakeSession()

    stage = asyncio.run(make())
    for program in (leave, leave_when_the_transport_notices_first):
        transport: Any = None
        stage.events.clear()

        async def main(program=program):
            nonlocal transport
            running = asyncio.create_task(program())
            while not stage.transports or stage.transport is transport:
                await asyncio.sleep(0)
            transport = stage.transport
            await running

        asyncio.run(main())
        assert stage.client.state is S.DISCONNECTED
        assert stage.events[-3:] == ["disconnecting", "disconnected", "on_disconnected"]
        assert "on_error" not in stage.events
        assert stage.transport.closed == 1
        assert not stage.media.is_open
    assert caplog.records == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.send_text("x"),
        lambda client: asyncio.run(client.send_client_request("x")),
        lambda client: asyncio.run(client.disconnect()),
        lambda client: asyncio.run(client.connect()),
    ],
)
async def test_a_call_from_another_thread_is_refused_and_changes_nothing(call):
    stage = FakeSession()
    await stage.until_ready()
    with pytest.raises(RTVIError, match=r"belongs to the event loop .*run_coroutine_threadsafe"):
        await asyncio.to_thread(call, stage.client)
    assert stage.client.state is S.READY
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    await stage.client.disconnect()
    await asyncio.to_thread(asyncio.run, stage.client.disconnect())  # nothing is left that could be in the way


async def test_a_connect_that_is_cancelled_as_it_fails_leaves_no_task_with_an_error(caplog):
    stage = FakeSession()
    call = await stage.until_connecting()
    stage.transport.outcome.set_exception(TransportStartError("refused"))
    while stage.client.state is not S.ERROR:
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await stage.client.disconnect()
    del call
    gc.collect()
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []


async def test_an_aborted_connect_says_so_in_a_task_that_outlived_a_cancellation():
    stage = FakeSession()

    async def call():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await stage.client.connect()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()
    while not stage.transports:
        await asyncio.sleep(0)
    await stage.client.disconnect()
    with pytest.raises(SessionAbortedError):
        await task


async def cancelled():
    """Wait for something that is cancelled: what raises `CancelledError` here cancels none of the client's tasks."""
    other = asyncio.get_running_loop().create_future()
    other.cancel()
    return await other


@pytest.mark.parametrize("part", ["the connect handler", "the devices", "the transport"])
async def test_a_part_in_which_something_is_cancelled_has_failed(part):
    async def bundle(request):
        return await cancelled() if part == "the connect handler" else {}

    stage = FakeSession(params=APIRequest("http://x/"), connect_handler=bundle)
    if part == "the devices":
        setattr(stage.media, "open", cancelled)  # noqa: B010 - a method
    call = asyncio.create_task(stage.client.connect())
    if part == "the transport":
        while not stage.transports:
            await asyncio.sleep(0)
        stage.transport.outcome.cancel()
    with pytest.raises(RTVIError, match="CancelledError"):
        await call
    assert stage.client.state is S.ERROR
    await stage.client.disconnect()


async def test_a_listener_that_reads_a_cancelled_task_harms_nothing():
    stage = FakeSession()
    other = asyncio.get_running_loop().create_future()
    other.cancel()
    stage.client.on(RTVIEvent.TransportStateChanged, lambda state: other.result())
    await stage.until_ready()
    await stage.client.disconnect()
    assert stage.client.state is S.DISCONNECTED
    assert not stage.media.is_open


async def test_a_transport_that_fails_gives_error_and_the_next_connect_works():
    stage = FakeSession()
    call = await stage.until_connecting()
    stage.transport.outcome.set_exception(TransportStartError("refused", status=404))
    with pytest.raises(TransportStartError, match="refused"):
        await call
    assert stage.client.state is S.ERROR
    error = stage.client.error
    assert error is not None
    assert error.status == 404
    assert stage.events[-3:] == ["error", "on_error", "on_disconnected"]
    await stage.until_ready()
    assert stage.client.error is None
    assert len(stage.transports) == 2
    await stage.client.disconnect()


async def test_everything_is_closed_in_error():
    stage = FakeSession()
    call = await stage.until_connecting()
    stage.transport.outcome.set_exception(TransportStartError("refused"))
    with pytest.raises(TransportStartError):
        await call
    await stage.client.disconnect()
    assert stage.client.state is S.DISCONNECTED
    assert stage.events[-1] == "disconnected"
    assert not stage.media.is_open
    assert stage.transport.closed == 1


async def test_a_device_that_fails_gives_error():
    stage = FakeSession()
    stage.media.fails = DeviceError("no microphone", device="mic")
    with pytest.raises(DeviceError):
        await stage.client.connect()
    assert stage.events == ["initializing", "on_device_error", "error", "on_error"]
    stage.media.fails = None
    await stage.until_ready()
    await stage.client.disconnect()


async def test_devices_can_be_set_up_ahead():
    stage = FakeSession()
    await stage.client.init_devices()
    assert stage.client.state is S.INITIALIZED
    assert stage.media.is_open
    await stage.until_ready()
    assert stage.events.count("initializing") == 1
    await stage.client.disconnect()


@pytest.mark.parametrize(
    ("phase", "deadlines"),
    [
        ("devices", Deadlines(devices_s=0.01)),
        ("connecting", Deadlines(connect_s=0.01)),
        ("bot", Deadlines(bot_ready_s=0.01)),
    ],
)
async def test_every_phase_has_a_deadline(phase, deadlines):
    stage = FakeSession(deadlines=deadlines)
    if phase == "devices":
        stage.media.gate.clear()
        call = asyncio.create_task(stage.client.connect())
    elif phase == "connecting":
        call = await stage.until_connecting()
    else:
        call = await stage.until_connected()
    with pytest.raises(ConnectionTimeoutError, match=r"within 0.01 s"):
        await call
    assert stage.client.state is S.ERROR
    await stage.client.disconnect()


async def test_a_transport_that_does_not_close_is_abandoned():
    class Stuck(Transport):
        async def close(self):
            await asyncio.Event().wait()

    client = RTVIClient(Stuck, params={}, deadlines=Deadlines(close_s=0.01))
    call = asyncio.create_task(client.connect())
    await asyncio.sleep(0.01)
    await client.disconnect()
    assert client.state is S.DISCONNECTED
    with pytest.raises(SessionAbortedError):
        await call


async def test_the_bot_leaving_ends_the_session():
    stage = FakeSession()
    await stage.until_ready()
    stage.events.clear()
    stage.transport.listener.on_lost(None)
    while stage.client.state is not S.DISCONNECTED:
        await asyncio.sleep(0)
    assert stage.events == ["disconnecting", "on_bot_disconnected", "disconnected", "on_disconnected"]


async def test_what_connect_raises_is_not_logged_too(caplog):
    stage = FakeSession()
    call = await stage.until_connecting()
    stage.transport.outcome.set_exception(TransportStartError("refused"))
    with pytest.raises(TransportStartError):
        await call
    assert caplog.messages == []
    await stage.client.disconnect()


async def test_a_broken_connection_is_an_error(caplog):
    stage = FakeSession()
    await stage.until_ready()
    stage.transport.listener.on_lost(SessionLostError("it broke"))
    assert stage.client.state is S.ERROR
    assert caplog.messages == ["it broke"]
    await stage.client.disconnect()
    assert not stage.media.is_open


async def test_the_bot_leaving_before_it_was_ready_is_an_error():
    stage = FakeSession()
    call = await stage.until_connected()
    stage.transport.listener.on_lost(None)
    with pytest.raises(SessionLostError):
        await call
    assert stage.client.state is S.ERROR
    await stage.client.disconnect()


async def test_a_fatal_error_of_the_bot_ends_the_session_and_others_do_not():
    stage = FakeSession()
    await stage.until_ready()
    stage.transport.receive("error", {"error": "a hiccup", "fatal": False})
    before = stage.client.state
    assert before is S.READY
    stage.transport.receive("error", {"error": "gone", "fatal": True})
    assert stage.client.state is S.ERROR
    assert "gone" in str(stage.client.error)
    await stage.client.disconnect()


async def test_a_second_bot_ready_changes_nothing():
    stage = FakeSession()
    await stage.until_ready()
    stage.events.clear()
    stage.transport.receive("bot-ready", {"version": "1.0.0"})
    assert stage.events == []
    assert stage.client.bot_version == (2, 2, 0)
    await stage.client.disconnect()


async def test_an_error_response_to_client_ready_is_no_failure():
    stage = FakeSession()
    call = await stage.until_connected()
    stage.transport.receive("error-response", {"error": "Client version unknown."})
    stage.transport.receive("bot-ready", {"version": "2.2.0"})
    await call
    await stage.client.disconnect()


async def test_an_interruption_flushes_what_is_still_to_be_played():
    stage = FakeSession()
    await stage.until_ready()
    stage.transport.receive("bot-interrupted")
    assert stage.media.flushes == 1
    assert stage.events[-1] == "on_bot_interrupted"
    await stage.client.disconnect()


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '{"label":"rtvi-ai"}', '{"label":"rtvi-ai","type":7}', '{"label":"x","type":"bot-ready"}',
     '{"label":"rtvi-ai","type":"bot-ready","data":[]}', '{"label":"rtvi-ai","type":"error","data":"x"}',
     '{"label":"rtvi-ai","type":"user-transcription","data":{"text":5}}', "[" * 100_000, "\ud800"],
)  # fmt: skip
async def test_malformed_messages_harm_nothing(text):
    stage = FakeSession()
    call = await stage.until_connected()
    stage.transport.listener.on_message(text)
    stage.transport.receive("bot-ready", {"version": "2.2.0"})
    await call
    stage.transport.listener.on_message(text)
    assert stage.client.state is S.READY
    await stage.client.disconnect()


async def test_unknown_messages_pass_through_the_generic_callback():
    stage = FakeSession()
    received: list[Message] = []
    stage.client.on(RTVIEvent.GenericMessage, received.append)
    await stage.until_ready()
    stage.transport.receive("of-the-future", {"a": 1})
    assert received == [Message("of-the-future", {"a": 1})]
    await stage.client.disconnect()


async def test_callbacks_come_before_listeners_plain_or_async_and_one_that_raises_harms_nothing():
    order = []

    async def late(state):
        order.append(f"async {state}")

    def broken(state):
        raise ValueError("a listener's own problem")

    client = RTVIClient(
        Transport, params={}, callbacks={"on_transport_state_changed": lambda state: order.append(f"callback {state}")}
    )
    client.on(RTVIEvent.TransportStateChanged, broken)
    client.on(RTVIEvent.TransportStateChanged, lambda state: order.append(f"listener {state}"))
    client.on(RTVIEvent.TransportStateChanged, late)
    call = asyncio.create_task(client.connect())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == ["callback connecting", "listener connecting", "async connecting"]
    client.off(RTVIEvent.TransportStateChanged, late)
    await client.disconnect()
    assert "async disconnected" not in order
    with pytest.raises(SessionAbortedError):
        await call


async def test_a_listener_of_no_event_and_one_that_is_no_function_are_refused_in_words():
    client = RTVIClient(Transport, callbacks={"on_connected": None, "on_bot_ready": print})  # type: ignore[dict-item]
    typo: Any = "bot_ready"
    with pytest.raises(RTVIError, match=r"no event 'bot_ready'.*RTVIEvent\.BotReady"):
        client.on(typo, print)
    called: Any = None  # as of `event.set()`
    with pytest.raises(RTVIError, match=r"handler of Disconnected must be a function, not None"):
        client.on(RTVIEvent.Disconnected, called)
    with pytest.raises(RTVIError, match=r"handler of function volume must be a function, not None"):
        client.register_function_call_handler("volume", called)
    wrong: Any = "print"
    with pytest.raises(RTVIError, match=r"handler of onConnected must be a function, not a str"):
        RTVIClient(Transport, callbacks={"onConnected": wrong})


async def test_a_listener_may_be_added_and_removed_while_its_event_is_emitted():
    received = []
    stage = FakeSession(media=False)

    def first():
        received.append("first")
        stage.client.off(RTVIEvent.Connected, second)
        stage.client.on(RTVIEvent.Connected, third)

    def second():
        received.append("second")

    def third():
        received.append("third")

    stage.client.on(RTVIEvent.Connected, first)
    stage.client.on(RTVIEvent.Connected, second)
    await stage.until_ready()
    assert received == ["first", "second"]
    await stage.client.disconnect()
    await stage.until_ready()
    assert received == ["first", "second", "first", "third"]
    await stage.client.disconnect()


async def test_an_async_listener_in_which_something_is_cancelled_is_logged(caplog):
    stage = FakeSession(media=False)

    async def read(bot):
        await cancelled()

    stage.client.on(RTVIEvent.BotReady, read)
    await stage.until_ready()
    await stage.client.disconnect()
    assert "A handler of BotReady failed" in caplog.text


@pytest.mark.parametrize("name", ["onTransportStateChange", "onTransportStateChanged", "on_transport_state_change"])
async def test_the_seed_spelling_of_the_callback_is_accepted(name):
    states: list[S] = []
    client = RTVIClient(Transport, params={}, callbacks={name: states.append})
    call = asyncio.create_task(client.connect())
    await asyncio.sleep(0)
    await client.disconnect()
    assert states == [S.CONNECTING, S.DISCONNECTING, S.DISCONNECTED]
    with pytest.raises(SessionAbortedError):
        await call


async def test_an_unknown_callback_is_refused_with_the_list_of_known_ones():
    with pytest.raises(RTVIError, match="on_bot_ready"):
        RTVIClient(Transport, callbacks={"on_bot_redy": print})


async def test_messages_need_a_ready_bot_and_a_size():
    stage = FakeSession()
    with pytest.raises(BotNotReadyError):
        stage.client.send(Message("client-message", {}, "1"))
    await stage.until_ready()
    with pytest.raises(MessageTooLargeError, match="1000"):
        stage.client.send(Message("client-message", {"t": "x" * 1000}, "1"))
    await stage.client.disconnect()


async def test_the_microphone_can_be_disabled_before_and_in_a_session():
    stage = FakeSession()
    stage.client.enable_mic(False)
    assert not stage.client.is_mic_enabled
    await stage.until_ready()
    stage.client.enable_mic(True)
    assert stage.transport.mic_enabled is True
    await stage.client.disconnect()


async def test_connect_without_an_address_says_so():
    with pytest.raises(RTVIError, match="no address"):
        await RTVIClient(Transport).connect()


async def test_an_address_of_another_kind_is_refused_in_words():
    url: Any = "http://localhost:7860/start"
    client = RTVIClient(Transport)
    for call in (client.connect, client.stand_by):
        with pytest.raises(RTVIError, match=r"takes an APIRequest.* not a str"):
            await call(url)
    wrong: Any
    for wrong in (url, {"webrtc_url": url}):
        with pytest.raises(StartBotError, match=r"takes an APIRequest, not a (str|dict)"):
            await client.start_bot(wrong)
    assert client.state is S.DISCONNECTED


async def test_a_connect_handler_takes_the_place_of_the_start_request():
    stage = FakeSession(params=APIRequest("http://x/start"), connect_handler=lambda request: bundle(request))

    async def bundle(request):
        assert request.endpoint == "http://x/start"
        return {"webrtc_url": "http://bot/"}

    await stage.until_ready()
    assert stage.transport.params == {"webrtc_url": "http://bot/"}
    assert stage.events[2:6] == ["authenticating", "authenticated", "on_bot_started", "connecting"]
    await stage.client.disconnect()


@pytest.mark.parametrize("wrong", ["raises", "gives up", "returns nothing", "never returns", "says so itself"])
async def test_a_connect_handler_that_fails_is_a_failed_start(wrong):
    async def bundle(request):
        match wrong:
            case "raises":
                raise KeyError("token")
            case "gives up":
                raise TimeoutError
            case "never returns":
                await asyncio.Event().wait()
            case "says so itself":
                raise StartBotError("no credit left", status=402)

    stage = FakeSession(params=APIRequest("http://x/"), connect_handler=bundle, deadlines=Deadlines(start_s=0.01))
    expected = {
        "raises": (StartBotError, "KeyError"),
        "gives up": (StartBotError, "TimeoutError"),
        "returns nothing": (StartBotError, "returned None"),
        "never returns": (ConnectionTimeoutError, "0.01 s"),
        "says so itself": (StartBotError, "no credit"),
    }
    with pytest.raises(expected[wrong][0], match=expected[wrong][1]):
        await stage.client.connect()
    assert stage.client.state is S.ERROR
    await stage.client.disconnect()


@pytest.mark.parametrize("call", ["connect", "stand_by", "start_bot"])
async def test_a_connect_handler_may_disconnect(call):
    async def give_up(request):
        await stage.client.disconnect()
        return {}

    stage = FakeSession(media=False, params=APIRequest("http://x/"), connect_handler=give_up)
    with pytest.raises(SessionAbortedError):
        async with asyncio.timeout(30):
            await getattr(stage.client, call)()
    assert not stage.transports
    assert stage.events == ["authenticating", "disconnecting", "disconnected", "on_disconnected"]
    assert stage.client.error is None


async def test_disconnect_aborts_a_connect_handler():
    started = asyncio.Event()

    async def bundle(request):
        started.set()
        await asyncio.Event().wait()

    stage = FakeSession(params=APIRequest("http://x/"), connect_handler=bundle)
    call = asyncio.create_task(stage.client.connect())
    await started.wait()
    await stage.client.disconnect()
    with pytest.raises(SessionAbortedError):
        await call
    assert stage.client.state is S.DISCONNECTED


# -- the network goes and comes ------------------------------------------------------------------------


@pytest.mark.simulated_time
async def test_a_short_gap_emits_an_event_and_changes_no_state():
    stage = FakeSession()
    await stage.until_ready()
    stage.events.clear()
    stage.transport.listener.on_reconnecting("nothing arrives")
    assert stage.client.state is S.READY
    stage.transport.listener.on_reconnected()
    await asyncio.sleep(3600)
    assert stage.events == ["on_reconnecting", "on_reconnected"]
    await stage.client.disconnect()


@pytest.mark.simulated_time
async def test_a_long_gap_shows_as_connecting_and_the_session_goes_on():
    stage = FakeSession()
    await stage.until_ready()
    stage.events.clear()
    sent = len(stage.transport.sent)
    stage.transport.listener.on_reconnecting("nothing arrives")
    await asyncio.sleep(ReconnectionPolicy().quiet_s + 1)
    meanwhile = stage.client.state
    assert meanwhile is S.CONNECTING
    with pytest.raises(BotNotReadyError):
        stage.client.send_text("are you there?")
    with pytest.raises(BotAlreadyStartedError):
        await stage.client.connect()
    stage.transport.listener.on_reconnected()
    assert stage.client.state is S.READY
    assert stage.client.bot_version == (2, 2, 0)
    assert stage.events == ["on_reconnecting", "connecting", "ready", "on_reconnected"]
    assert len(stage.transport.sent) == sent  # no second handshake: the bot knows us
    await stage.client.disconnect()


@pytest.mark.simulated_time
@pytest.mark.parametrize("lost_after_s", [1, 26])
async def test_a_gap_that_does_not_end_is_an_error(lost_after_s):
    stage = FakeSession()
    await stage.until_ready()
    stage.transport.listener.on_reconnecting("nothing arrives")
    await asyncio.sleep(lost_after_s)
    stage.transport.listener.on_lost(SessionLostError(f"gone for {lost_after_s} s"))
    lost = stage.client.state
    assert lost is S.ERROR
    await stage.client.disconnect()
    await asyncio.sleep(3600)
    assert stage.client.state is S.DISCONNECTED


@pytest.mark.simulated_time
async def test_hanging_up_in_a_gap():
    stage = FakeSession()
    await stage.until_ready()
    stage.transport.listener.on_reconnecting("nothing arrives")
    await stage.client.disconnect()
    await asyncio.sleep(3600)
    assert stage.client.state is S.DISCONNECTED
    assert stage.events[-2:] == ["disconnected", "on_disconnected"]


def test_an_api_request_does_not_show_its_secrets():
    assert "pk_1" not in repr(APIRequest("http://x/start", {"Authorization": "Bearer pk_1"}, {"key": "pk_1"}))


async def test_a_client_ready_without_an_answer_is_sent_again_over_another_connection():
    stage = FakeSession()
    call = await stage.until_connected()
    stage.transport.listener.on_reconnecting("silence")
    stage.transport.listener.on_reconnected(None)  # the same connection: nothing is lost
    assert len(stage.transport.sent) == 1
    stage.transport.listener.on_reconnected([encode(stage.transport.sent[0])])  # the transport has done it
    assert len(stage.transport.sent) == 1
    stage.transport.listener.on_reconnected()
    assert stage.transport.sent[1] == stage.transport.sent[0]
    stage.transport.receive("bot-ready", {"version": "2.2.0"})
    await call
    stage.transport.listener.on_reconnected()  # answered
    assert len(stage.transport.sent) == 2
    await stage.client.disconnect()


async def test_a_bot_ready_that_comes_while_standing_by_is_kept():
    stage = FakeSession()
    waiting = asyncio.create_task(stage.client.stand_by())
    while not stage.transports:
        await asyncio.sleep(0)
    stage.transport.outcome.set_result(None)
    await waiting
    stage.transport.receive("bot-ready", {"version": "2.1.0"})
    assert stage.client.bot is None
    bot = await stage.client.connect()
    assert bot.version == (2, 1, 0)
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    await stage.client.disconnect()


async def joined(stage):
    """Two calls: one that made a session that stands by, one that waits for the devices, which hang."""
    making = asyncio.create_task(stage.client.stand_by())
    while not stage.transports:
        await asyncio.sleep(0)
    stage.media.gate.clear()
    call = asyncio.create_task(stage.client.connect())
    await asyncio.sleep(0)
    stage.transport.outcome.set_result(None)
    await making
    assert stage.client.stands_by
    return call


@pytest.mark.parametrize("end", ["disconnect", "bot leaves", "connection lost"])
async def test_a_session_that_ends_before_the_devices_are_open_leaves_the_microphone_closed(end):
    stage = FakeSession()
    call = await joined(stage)
    match end:
        case "disconnect":
            await stage.client.disconnect()
        case "bot leaves":
            stage.transport.listener.on_lost(None)
        case "connection lost":
            stage.transport.listener.on_lost(SessionLostError("gone"))
    stage.media.gate.set()
    with pytest.raises(SessionAbortedError):
        await call
    await stage.client.disconnect()
    assert not stage.media.is_open
    assert stage.client.state is S.DISCONNECTED


@pytest.mark.parametrize("turns", range(8))
async def test_disconnect_as_the_session_that_stood_by_is_lost_leaves_the_microphone_closed(turns):
    stage = FakeSession()
    standing_by = asyncio.create_task(stage.client.stand_by())
    while not stage.transports:
        await asyncio.sleep(0)
    stage.transport.outcome.set_result(None)
    await standing_by
    stage.media.gate.clear()
    call = asyncio.create_task(stage.client.connect())
    while not stage.transport.sent:
        await asyncio.sleep(0)
    stage.transport.listener.on_lost(SessionLostError("gone"))
    for _ in range(turns):
        await asyncio.sleep(0)
    disconnecting = asyncio.create_task(stage.client.disconnect())
    for _ in range(20):
        await asyncio.sleep(0)
    stage.media.gate.set()
    await disconnecting
    with pytest.raises(SessionAbortedError):
        await call
    assert not stage.media.is_open
    assert stage.client.state is S.DISCONNECTED


async def test_a_second_connect_while_the_first_waits_for_the_devices_is_refused_and_harms_nothing():
    stage = FakeSession()
    call = await joined(stage)
    with pytest.raises(BotAlreadyStartedError):
        await stage.client.connect()
    stage.media.gate.set()
    while not stage.transport.sent:
        await asyncio.sleep(0)
    stage.transport.receive("bot-ready", {"version": "2.2.0"})
    await call
    assert stage.client.state is S.READY
    await stage.client.disconnect()


HOSTILE = ["\\ud800", "x" * 100_000, "\\u0000\\u001b[31m\\n", "\\u202e"]


@pytest.mark.parametrize("text", HOSTILE, ids=["surrogate", "long", "control", "right to left"])
async def test_text_of_a_bot_is_encodable_and_errors_are_one_short_line(text):
    stage = FakeSession()
    emitted = []
    for event in RTVIEvent:
        stage.client.on(event, lambda *values: emitted.append(values))
    await stage.until_ready()
    errors: list[ErrorData] = []
    stage.client.on(RTVIEvent.Error, errors.append)
    for kind in [*ROWS, "error", "error-response", "server-response", "of-the-future", text]:
        for data in (
            f'"{text}"',
            f'{{"{text}": [{{"{text}": 1}}]}}',
            f'{{"text": "{text}", "error": "{text}", "ttfb": [{{"processor": "{text}", "value": 1e999, "{text}": 2}}]}}',
        ):
            stage.transport.listener.on_message(
                f'{{"label": "rtvi-ai", "type": "{kind}", "id": "{text}", "data": {data}}}'
            )
    assert stage.client.state is TransportState.READY
    assert str(emitted).encode()
    assert all(len(error.message) <= 500 and error.message.isprintable() for error in errors)
    stage.transport.listener.on_message(
        f'{{"label": "rtvi-ai", "type": "error", "data": {{"error": "{text}", "fatal": true}}}}'
    )
    assert len(str(stage.client.error)) < 600
    assert str(stage.client.error).isprintable()
    await stage.client.disconnect()
