"""Several bots of one box: two of the demo's bots on two ports, real aiortc calls."""

import asyncio

import pytest
from tests.rig.appliance import at, reached
from tests.rig.appliance import running as running_box
from tests.rig.ports import free_port

from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.control.faults import Fault, Problem
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.lamps import error_pattern
from callbox.rtvi import APIRequest, TransportState
from callbox.rtvi.http_pool import HttpPool
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC
from callbox_device.model.gestures import Gestures, Held, Released, Stuck
from callbox_device.simulated import SimulatedButton

S, A = TransportState, GestureAction


def running(bots, **options):
    return running_box("http://127.0.0.1:1/start", bots=bots, **options)


@pytest.fixture
async def two(kitchen, doctor):
    async with running({"kitchen": reached(kitchen.url), "doctor": reached(doctor.url)}) as rig:
        yield rig


async def end_call(rig):
    await rig.click()
    await rig.until(at(S.DISCONNECTED))
    await rig.until_idle()


async def test_the_first_is_called_and_the_chosen_one_from_then_on(two, kitchen, doctor):
    await two.click()
    status = await two.until(at(S.READY))
    assert (status.bot, status.session_bot, status.session_server) == ("kitchen", "kitchen", kitchen.url)
    await end_call(two)
    assert two.box.bots.choose("doctor") is None
    await two.click()
    status = await two.until(at(S.READY))
    assert (status.bot, status.session_bot, status.session_server) == ("doctor", "doctor", doctor.url)
    assert (len(kitchen.calls), len(doctor.calls)) == (1, 1)


async def test_a_bot_that_is_not_there_is_not_chosen(two):
    assert two.box.bots.choose("nurse") == two.box.call("nurse") == "There is no bot nurse; there are kitchen, doctor."
    assert two.box.status.bot == "kitchen"
    assert two.box.is_idle


async def test_a_choice_in_a_call_is_for_the_next(two, kitchen, doctor):
    await two.click()
    await two.until(at(S.READY))
    two.box.bots.choose("doctor")
    status = await two.until(lambda status: status.bot == "doctor")
    assert (status.transport, status.session_bot) == (S.READY, "kitchen")
    await end_call(two)
    await two.click()
    assert (await two.until(at(S.READY))).session_bot == "doctor"
    assert (len(kitchen.calls), len(doctor.calls)) == (1, 1)


async def test_the_chosen_bot_can_be_called_while_a_call_with_the_one_before_is_on(two, kitchen, doctor):
    await two.click()
    await two.until(at(S.READY))
    two.box.bots.choose("doctor")
    assert two.box.bots.is_other("doctor")
    two.box.call("doctor")
    await two.until(lambda status: status.transport is S.READY and status.session_bot == "doctor")
    two.box.bots.choose("kitchen")
    two.box.call("doctor")  # it is on already
    assert two.box.status.session_bot == "doctor"
    assert (len(kitchen.calls), len(doctor.calls)) == (1, 1)


async def test_a_call_that_names_a_bot_ends_the_one_that_is_on_and_chooses_nothing(two, kitchen, doctor):
    await two.click()
    await two.until(at(S.READY))
    assert two.box.call("kitchen") is None  # it is on already
    assert two.box.call() is None
    assert two.box.call("doctor") is None
    status = await two.until(lambda status: status.transport is S.READY and status.session_bot == "doctor")
    assert status.bot == "kitchen"
    assert (len(kitchen.calls), len(doctor.calls)) == (1, 1)
    await end_call(two)
    await two.click()
    assert (await two.until(at(S.READY))).session_bot == "kitchen"
    assert (len(kitchen.calls), len(doctor.calls)) == (2, 1)


async def test_each_button_calls_its_bot_and_a_double_press_chooses_the_next(kitchen, doctor):
    button = SimulatedButton()
    config = ButtonConfig(Gestures(debounce_ms=1, double_press_ms=0), GestureSettings(bot="doctor"))
    gestures = GestureSettings(double_press=A.NEXT_BOT, double_press_ms=400)
    bots = {"kitchen": reached(kitchen.url), "doctor": reached(doctor.url)}
    async with running(
        bots, double_press_ms=400, gesture_settings=gestures, buttons={"red": config}, board_buttons={"red": button}
    ) as rig:
        button.click(30)
        assert (await rig.until(at(S.READY))).session_bot == "doctor"
        await asyncio.sleep(0.05)
        button.click(30)
        await rig.until(at(S.DISCONNECTED))
        await rig.until_idle()
        rig.double_click()
        await rig.until(lambda status: status.bot == "doctor")
        assert rig.box.is_idle


async def test_the_session_that_stands_by_follows_the_choice(kitchen, doctor):
    bots = {"kitchen": reached(kitchen.url, hot=True), "doctor": reached(doctor.url, hot=True)}
    async with running(bots) as rig:
        await rig.until(lambda status: status.standing_by and status.transport is S.CONNECTED)
        rig.box.bots.choose("doctor")
        await rig.until(lambda status: status.transport is not S.CONNECTED)
        await rig.until(lambda status: status.standing_by and status.transport is S.CONNECTED)
        assert (len(kitchen.calls), len(doctor.calls)) == (1, 1)
        await rig.click()
        assert (await rig.until(at(S.READY))).session_bot == "doctor"
        assert len(doctor.calls) == 1


async def test_a_call_of_another_bot_than_the_one_that_stands_by(kitchen, doctor):
    bots = {"kitchen": reached(kitchen.url, hot=True), "doctor": reached(doctor.url, hot=True)}
    async with running(bots) as rig:
        await rig.until(lambda status: status.standing_by and status.transport is S.CONNECTED)
        rig.box.call("doctor")
        status = await rig.until(at(S.READY))
        assert (status.session_bot, status.bot) == ("doctor", "kitchen")
        await end_call(rig)
        await rig.until(lambda status: status.standing_by and status.transport is S.CONNECTED)
        assert rig.box.client._session.request.endpoint == kitchen.url


async def test_a_call_of_another_bot_than_the_one_whose_session_is_being_made(kitchen, doctor):
    kitchen.mood = "never"
    bots = {"kitchen": reached(kitchen.url, hot=True), "doctor": reached(doctor.url, hot=True)}
    async with running(bots) as rig:
        await rig.until(lambda status: status.standing_by and status.transport is S.AUTHENTICATING)
        rig.box.bots.choose("doctor")
        await rig.click()
        assert (await rig.until(at(S.READY))).session_bot == "doctor"
        assert (len(kitchen.calls), len(doctor.calls)) == (0, 1)


async def test_what_is_prepared_is_for_the_bot_that_is_called_next(kitchen, doctor):
    prepared, bots = {}, {}
    for name, server in (("kitchen", kitchen), ("doctor", doctor)):
        pool = HttpPool()
        prepared[name] = PrewarmedSmallWebRTC(pool, server.url)
        request = APIRequest(server.url, request_data={})
        bots[name] = ConnectionConfig(prepared[name], request, keep_alive=pool, preparation=prepared[name])

    async def are_prepared(*names):
        async with asyncio.timeout(60):
            while [name for name, one in prepared.items() if one.is_armed] != list(names):
                await asyncio.sleep(0.01)

    async with running(bots) as rig:
        await are_prepared("kitchen")
        rig.box.bots.choose("doctor")
        await are_prepared("doctor")
        rig.box.call("kitchen")  # once
        await rig.until(at(S.READY))
        await are_prepared()
        await end_call(rig)
        await are_prepared("doctor")


@pytest.mark.parametrize("way", ["start", "offer"])
async def test_the_second_address_serves_where_the_first_gives_no_answer(way, kitchen):
    gone = f"http://127.0.0.1:{free_port()}/start"
    url = kitchen.url if way == "start" else kitchen.offer_url
    request = APIRequest(gone, request_data={}, fallback_endpoints=(url,))
    bot = ConnectionConfig(SmallWebRTCTransport, request if way == "start" else {"webrtc_request_params": request})
    async with running({"kitchen": bot}) as rig:
        await rig.click()
        status = await rig.until(at(S.READY))
        assert (status.session_bot, status.session_server, status.problem) == ("kitchen", url, None)
        assert len(kitchen.calls) == 1


async def test_a_problem_names_both_addresses_and_is_repeated_on_demand(kitchen):
    first, second = (f"http://127.0.0.1:{free_port()}/start" for _ in range(2))
    bot = ConnectionConfig(SmallWebRTCTransport, APIRequest(first, fallback_endpoints=(second,)))
    async with running(
        {"kitchen": bot, "doctor": reached(kitchen.url)}, gesture_settings=GestureSettings(hold=A.REPEAT_PROBLEM)
    ) as rig:
        repeated: list[Problem] = []
        rig.box._chimes.repeat = repeated.append
        rig.box.repeat_problem()
        assert not repeated  # nothing was wrong
        await rig.click()
        problem = (await rig.until(at(S.ERROR))).problem
        assert problem.fault is Fault.BOT_UNREACHABLE
        assert first in problem.text
        assert second in problem.text
        rig.box.bots.choose("doctor")
        await rig.click()
        await rig.until(at(S.READY))
        await end_call(rig)
        assert rig.box.status.problem is None
        rig.button.press()
        async with asyncio.timeout(60):
            while not repeated:
                await asyncio.sleep(0.01)
        rig.button.release()
        assert repeated == [problem]
        assert (rig.pattern.steps, rig.pattern.repeat) == (error_pattern(problem).steps, False)
        rig.box.call()
        await rig.until(at(S.READY))
        assert rig.pattern.repeat


async def test_a_stuck_button_is_named(kitchen):
    config = ButtonConfig(Gestures(), GestureSettings())
    async with running({"kitchen": reached(kitchen.url)}, buttons={"red": config}) as rig:
        rig.box.on_gesture(Stuck(60.0, 60_000), "red")
        assert rig.box.status.problem.text.startswith("The button red has been down for 60 s")
        rig.box.on_gesture(Stuck(61.0, 60_000))
        rig.box.on_gesture(Released(62.0, 62_000))
        assert rig.box.status.problem.text.startswith("The button red")
        rig.box.on_gesture(Held(62.0, 1000), "red")
        rig.box.on_gesture(Released(63.0, 63_000), "red")
        assert rig.box.status.problem is None
