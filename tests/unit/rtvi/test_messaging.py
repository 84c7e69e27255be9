"""Requests and function calls."""

import asyncio

import pytest
from tests.rig.fake_session import FakeSession

from callbox.rtvi import (
    BotNotReadyError,
    BotResponseError,
    File,
    InvalidMessageError,
    MessageTooLargeError,
    ResponseTimeoutError,
    RTVIEvent,
    SessionAbortedError,
    SessionLostError,
    TransportState,
    UnsupportedFeatureError,
)
from callbox.rtvi.protocol.values import ErrorData, FunctionCall
from callbox.rtvi.protocol.versions import FEATURES


async def pending_request(stage, **options):
    """A request under way, and its id."""
    task = asyncio.create_task(stage.client.send_client_request("time", **options))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task, stage.transport.sent[-1].id


async def test_a_request_is_answered_by_id():
    stage = FakeSession()
    await stage.until_ready()
    first, one = await pending_request(stage)
    second, two = await pending_request(stage)
    stage.transport.receive("server-response", {"t": "time", "d": "late"}, two)
    stage.transport.receive("server-response", {"t": "time", "d": {"h": 1}}, one)
    assert await first == {"h": 1}
    assert await second == "late"
    await stage.client.disconnect()


async def test_an_error_response_ends_its_request_and_is_emitted():
    stage = FakeSession()
    await stage.until_ready()
    events: list[ErrorData] = []
    stage.client.on(RTVIEvent.MessageError, events.append)
    task, identity = await pending_request(stage)
    stage.transport.receive("error-response", {"error": "no clock"}, identity)
    with pytest.raises(BotResponseError, match="no clock"):
        await task
    assert [(error.message, error.message_id) for error in events] == [("no clock", identity)]
    assert stage.client.state is TransportState.READY
    await stage.client.disconnect()


async def test_a_request_has_a_real_timeout_and_a_late_answer_harms_nothing():
    stage = FakeSession()
    await stage.until_ready()
    task, identity = await pending_request(stage, timeout_s=0.01)
    with pytest.raises(ResponseTimeoutError, match=r"'time' within 0.01 s"):
        await task
    stage.transport.receive("server-response", {"t": "time", "d": 1}, identity)
    assert stage.events[-1] == "on_server_response"
    await stage.client.disconnect()


@pytest.mark.simulated_time
async def test_what_can_not_be_answered_any_more_is_rejected_at_once():
    stage = FakeSession()
    await stage.until_ready()
    task, _ = await pending_request(stage)
    closing = asyncio.create_task(stage.client.disconnect())
    with pytest.raises(SessionAbortedError):
        await asyncio.wait_for(task, 0.1)
    await closing
    await stage.until_ready()
    task, _ = await pending_request(stage)
    stage.transport.listener.on_lost(SessionLostError("the network has gone"))
    with pytest.raises(SessionLostError, match="gone"):
        await asyncio.wait_for(task, 0.1)
    await stage.client.disconnect()


@pytest.mark.simulated_time
async def test_the_bot_leaving_rejects_too():
    stage = FakeSession()
    await stage.until_ready()
    task, _ = await pending_request(stage)
    stage.transport.listener.on_lost(None)
    with pytest.raises(SessionAbortedError):
        await asyncio.wait_for(task, 0.1)
    await stage.client.disconnect()


async def test_a_cancelled_request_leaves_nothing_behind():
    stage = FakeSession()
    await stage.until_ready()
    task, identity = await pending_request(stage)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stage.transport.receive("error-response", {"error": "x"}, identity)
    await stage.client.disconnect()


async def test_seed_era_requests_are_answered_by_messages_of_other_types():
    stage = FakeSession()
    await stage.until_ready(version="0.3.0")
    task = asyncio.create_task(stage.client.request("describe-config"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    stage.transport.receive("config-available", {"config": []}, stage.transport.sent[-1].id)
    answer = await task
    assert (answer.type, answer.data) == ("config-available", {"config": []})
    await stage.client.disconnect()


async def test_all_of_it_needs_a_ready_bot():
    stage = FakeSession()
    client = stage.client
    for call in (
        lambda: client.send_text("x"),
        lambda: client.send_client_message("x"),
        lambda: client.send_dtmf("1"),
        lambda: client.disconnect_bot(),
    ):
        with pytest.raises(BotNotReadyError, match="disconnected"):
            call()
    with pytest.raises(BotNotReadyError):
        await client.send_client_request("x")


async def test_each_call_that_an_old_bot_does_not_know_is_named_and_supports_says_so():
    stage = FakeSession()
    await stage.until_ready("0.1.0")
    calls = {
        "send_client_message": ("x",),
        "send_client_request": ("x",),
        "send_text": ("x",),
        "send_dtmf": ("1",),
        "send_file": ("x", File("text/plain", b"x")),
        "append_to_context": ("user", "x"),
        "send_ui_event": ("x",),
        "cancel_ui_job_group": ("x",),
        "disconnect_bot": (),
    }
    assert set(calls) == set(FEATURES)

    async def made(call, arguments):
        answer = getattr(stage.client, call)(*arguments)
        return await answer if asyncio.iscoroutine(answer) else answer

    for call, arguments in calls.items():
        assert not stage.client.supports(call)
        with pytest.raises(UnsupportedFeatureError, match=rf"{call}\(\) needs") as raised:
            await made(call, arguments)
        assert raised.value.feature == call
    await stage.client.disconnect()


async def test_data_that_can_not_be_sent_is_refused_with_its_reason():
    stage = FakeSession()
    await stage.until_ready()
    loop: list[object] = []
    loop.append(loop)
    for wrong in ({1, 2}, b"x", "\ud800", loop, {"a": object()}):
        with pytest.raises(InvalidMessageError, match="not JSON"):
            stage.client.send_client_message("x", wrong)
    with pytest.raises(InvalidMessageError):
        await stage.client.send_client_request("x", float("nan"))
    with pytest.raises(MessageTooLargeError, match="limit of 1000 bytes"):
        await stage.client.send_client_request("x", "y" * 1000)
    await stage.client.disconnect()


# -- functions ---------------------------------------------------------------------------------------


async def called(stage, name="volume", identity="call-1", kind="llm-function-call-in-progress", **arguments):
    stage.transport.receive(kind, {"tool_call_id": identity, "function_name": name, "arguments": arguments})
    for _ in range(5):
        await asyncio.sleep(0)


def result(stage):
    message = stage.transport.sent[-1]
    return message.data if message.type == "llm-function-call-result" else None


async def test_functions_plain_and_async_send_their_results_back():
    stage = FakeSession()

    async def clock(call):
        await asyncio.sleep(0)
        return "noon"

    stage.client.register_function_call_handler("volume", lambda call: {"was": 5, "is": call.arguments["to"]})
    stage.client.register_function_call_handler("clock", clock)
    await stage.until_ready()
    await called(stage, to=3)
    assert result(stage) == {
        "function_name": "volume", "tool_call_id": "call-1", "arguments": {"to": 3}, "result": {"was": 5, "is": 3},
    }  # fmt: skip
    await called(stage, "clock", "call-2")
    assert result(stage)["result"] == "noon"
    await stage.client.disconnect()


async def test_a_function_that_fails_tells_the_bot_so():
    stage = FakeSession()

    def broken(call):
        raise OSError("the lamp is not plugged in")

    async def gives_up(call):
        other = asyncio.get_running_loop().create_future()
        other.cancel()
        await other

    stage.client.register_function_call_handler("light", broken)
    stage.client.register_function_call_handler("given up", gives_up)
    stage.client.register_function_call_handler("odd", lambda call: {"what": object()})
    stage.client.register_function_call_handler("big", lambda call: "x" * 2000)
    stage.client.register_function_call_handler("no number", lambda call: [float("nan")])
    await stage.until_ready()
    await called(stage, "light")
    assert result(stage)["result"] == {"error": "the lamp is not plugged in"}
    await called(stage, "odd", "2")
    assert "can't be sent" in result(stage)["result"]["error"]
    await called(stage, "big", "3")
    assert "1000 bytes" in result(stage)["result"]["error"]
    await called(stage, "given up", "4")
    assert result(stage)["result"] == {"error": "CancelledError"}
    await called(stage, "no number", "5")
    assert "not JSON compliant" in result(stage)["result"]["error"]
    await stage.client.disconnect()


async def test_a_function_that_hangs_up_goes_on_and_sends_nothing_in_the_next_session():
    stage = FakeSession()
    states = []
    go_on = asyncio.Event()

    async def hang_up(call):
        await stage.client.disconnect()
        states.append(stage.client.state)
        await go_on.wait()
        return "hung up"

    stage.client.register_function_call_handler("hang up", hang_up)
    await stage.until_ready()
    await called(stage, "hang up")
    await stage.client.disconnect()
    for _ in range(5):
        await asyncio.sleep(0)
    assert states == [TransportState.DISCONNECTED]
    await stage.until_ready()
    go_on.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    await stage.client.disconnect()


@pytest.mark.parametrize("end", ["returns", "raises"])
async def test_a_function_of_a_session_that_is_over_sends_nothing_in_the_next(end):
    stage = FakeSession()
    cleaned_up = asyncio.Event()

    async def light(call):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await cleaned_up.wait()
        if end == "raises":
            raise OSError("the lamp is not plugged in")
        return {"lit": False}

    stage.client.register_function_call_handler("light", light)
    await stage.until_ready()
    await called(stage, "light")
    await stage.client.disconnect()
    await stage.until_ready()
    cleaned_up.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    await stage.client.disconnect()


@pytest.mark.parametrize("end", ["cancelled by the bot", "hung up"])
async def test_a_call_with_the_id_of_one_of_the_session_before_can_be_cancelled(end):
    stage = FakeSession()
    cleaned_up, cancelled = asyncio.Event(), []

    async def light(call):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(call.arguments["session"])
            await cleaned_up.wait()  # the first one ends in the second session
            raise

    stage.client.register_function_call_handler("light", light)
    await stage.until_ready()
    await called(stage, "light", session=1)
    await stage.client.disconnect()
    await stage.until_ready()
    await called(stage, "light", session=2)
    cleaned_up.set()
    for _ in range(3):
        await asyncio.sleep(0)
    if end == "hung up":
        await stage.client.disconnect()
    else:
        stage.transport.receive("llm-function-call-stopped", {"tool_call_id": "call-1", "cancelled": True})
    await asyncio.sleep(0)
    assert cancelled == [1, 2]
    await stage.client.disconnect()


async def test_none_is_no_result_and_an_unknown_function_is_only_emitted():
    stage = FakeSession()
    seen: list[FunctionCall] = []
    stage.client.register_function_call_handler("watched", seen.append)
    await stage.until_ready()
    await called(stage, "watched")
    await called(stage, "unknown", "2")
    assert [call.function_name for call in seen] == ["watched"]
    assert stage.events.count("on_llm_function_call_in_progress") == 2
    assert result(stage) is None
    await stage.client.disconnect()


async def test_a_handler_can_be_taken_back():
    stage = FakeSession()
    seen: list[FunctionCall] = []
    await stage.until_ready()
    for name in ("a", "b"):
        stage.client.register_function_call_handler(name, seen.append)
    stage.client.unregister_function_call_handler("a")
    await called(stage, "a", "1")
    stage.client.unregister_all_function_call_handlers()
    await called(stage, "b", "2")
    assert seen == []
    await stage.client.disconnect()


@pytest.mark.parametrize("end", ["cancelled by the bot", "hung up"])
async def test_a_running_function_is_cancelled_when_its_result_is_no_longer_wanted(end):
    stage = FakeSession()
    ended = []

    async def slow(call):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(call.tool_call_id)
            raise

    stage.client.register_function_call_handler("slow", slow)
    await stage.until_ready()
    await called(stage, "slow")
    await called(stage, "slow")  # told twice: begun once
    if end == "hung up":
        await stage.client.disconnect()
    else:
        stage.transport.receive("llm-function-call-stopped", {"tool_call_id": "call-1", "cancelled": True})
    await asyncio.sleep(0)
    assert ended == ["call-1"]
    assert result(stage) is None
    await stage.client.disconnect()


async def test_the_function_call_of_old_servers_is_performed_too():
    stage = FakeSession()
    stage.client.register_function_call_handler("volume", lambda call: {"is": call.arguments["to"]})
    await stage.until_ready(version="0.3.0")
    stage.transport.receive("llm-function-call", {"tool_call_id": "1", "function_name": "volume", "args": {"to": 9}})
    for _ in range(5):
        await asyncio.sleep(0)
    assert result(stage)["result"] == {"is": 9}
    await stage.client.disconnect()
