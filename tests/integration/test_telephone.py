"""An old telephone: hook switch, rotary dial and volume knob of a box, with real aiortc calls; and on gpiozero's pins."""

import asyncio
import logging
import time

import pytest
from tests.rig.appliance import Rig, at, reached, running
from tests.rig.faulty_bot import FaultyBot

from callbox.app.compose import make_board, telephone_config
from callbox.app.contacts import run_contacts
from callbox.app.telephone import TelephoneConfig
from callbox.config import load
from callbox.control.status import Status
from callbox.rtvi import TransportState
from callbox_device.interfaces import Part
from callbox_device.model.keypad import LAYOUTS, KeysFreed, KeysStuck
from callbox_device.model.quadrature import QuadratureDecoder, Turned
from callbox_device.model.rotary_dial import Misdialled
from callbox_device.simulated import SimulatedButton, SimulatedKeypad

S = TransportState


def dial(contact, digit):
    """Dial `digit`: 60 ms of break and 40 ms of make each. The edges carry their times; who decodes them waits."""
    began_s = time.monotonic()
    for number in range(int(digit) or 10):
        contact.press(began_s + 0.1 * number)
        contact.release(began_s + 0.1 * number + 0.06)


def turn(a, b, *, clockwise=True):
    """One detent."""
    first, second = (a, b) if clockwise else (b, a)
    for contact in (first, second):
        contact.press()
    for contact in (first, second):
        contact.release()


async def watched(*contacts):
    async with asyncio.timeout(60):
        while not all(contact.is_watched for contact in contacts):
            await asyncio.sleep(0)


async def test_lifting_calls_and_putting_down_hangs_up(bot):
    hook = SimulatedButton()
    async with running(bot.url, hook_switch=hook) as rig:
        await watched(hook)
        hook.press()
        await rig.until(at(S.READY))
        hook.release()
        await rig.until(at(S.DISCONNECTED))
        await rig.until_dark()
        hook.press()
        await rig.until(at(S.READY))
    assert len(bot.calls) == 2


async def test_putting_down_cancels_a_call_that_is_being_made():
    async with FaultyBot(mood="never") as silent:
        hook = SimulatedButton()
        async with running(silent.url, hook_switch=hook) as rig:
            await watched(hook)
            hook.press()
            await rig.until(at(S.AUTHENTICATING))
            hook.release()
            ended = await rig.until(at(S.DISCONNECTED))
            assert ended.problem is None


async def test_a_handset_that_is_lifted_at_the_start_makes_no_call(bot):
    hook = SimulatedButton()
    hook.press()
    async with running(bot.url, hook_switch=hook) as rig:
        await watched(hook)
        hook.release()
        hook.press(time.monotonic() + 0.1)
        await rig.until(at(S.READY))
    assert len(bot.calls) == 1


def telephone(bots, config, **parts):
    return running("http://127.0.0.1:1/start", bots=bots, telephone=config, **parts)


async def test_a_digit_calls_its_bot_and_in_the_call_goes_to_it(bot, doctor):
    pulse = SimulatedButton()
    config = TelephoneConfig(digits={"1": "kitchen", "0": "doctor"})
    bots = {"kitchen": reached(bot.url), "doctor": reached(doctor.url)}
    async with telephone(bots, config, rotary_dial=(pulse,)) as rig:
        await watched(pulse)
        dial(pulse, "0")
        ready = await rig.until(at(S.READY))
        assert ready.session_bot == "doctor"
        dial(pulse, "7")
        async with asyncio.timeout(60):
            while not [message for message in doctor.calls[0].received if message.type == "dtmf"]:
                await asyncio.sleep(0.01)
        [tone] = [message.data for message in doctor.calls[0].received if message.type == "dtmf"]
        assert tone in ({"button": "7"}, {"buttons": ["7"]})
        assert not bot.calls


async def test_with_the_handset_on_the_hook_a_digit_chooses_and_lifting_calls(bot, doctor):
    pulse, hook = SimulatedButton(), SimulatedButton()
    config = TelephoneConfig(digits={"2": "doctor"})
    bots = {"kitchen": reached(bot.url), "doctor": reached(doctor.url)}
    async with telephone(bots, config, rotary_dial=(pulse,), hook_switch=hook) as rig:
        await watched(pulse, hook)
        dial(pulse, "2")
        await rig.until(lambda status: status.bot == "doctor")
        assert rig.box.status.transport is S.DISCONNECTED
        hook.press()
        ready = await rig.until(at(S.READY))
        assert ready.session_bot == "doctor"


async def test_a_digit_without_a_bot_is_a_sentence_and_no_call(bot, caplog):
    caplog.set_level(logging.WARNING)
    rig = Rig(bot.url, rotary_dial=(SimulatedButton(),))
    rig.box._telephone.on_dial(Misdialled(11, 1.0))
    assert "The dial gave 11 pulses that are no digit: is a contact loose?" in caplog.text
    pulse = rig.box.board.rotary_dial[0]
    stop = asyncio.Event()
    task = asyncio.create_task(rig.box.run(stop))
    await watched(pulse)
    dial(pulse, "5")
    async with asyncio.timeout(60):
        while "5 was dialled: no bot has this dial_digit" not in caplog.text:
            await asyncio.sleep(0.01)
    assert rig.box.status.transport is S.DISCONNECTED
    stop.set()
    await task


async def test_a_key_calls_its_bot_and_in_the_call_goes_to_it_as_far_as_rtvi_has_it(bot, doctor, caplog):
    caplog.set_level(logging.WARNING)
    keypad = SimulatedKeypad(LAYOUTS[4])
    config = TelephoneConfig(digits={"1": "kitchen", "A": "doctor"})
    bots = {"kitchen": reached(bot.url), "doctor": reached(doctor.url)}
    async with telephone(bots, config, keypad=keypad) as rig:
        await watched(keypad)
        keypad.click("A")
        ready = await rig.until(at(S.READY))
        assert ready.session_bot == "doctor"
        for key in "B*7":
            keypad.click(key)
        async with asyncio.timeout(60):
            while len(sent := [message.data for message in doctor.calls[0].received if message.type == "dtmf"]) < 2:
                await asyncio.sleep(0.01)
        assert sent in ([{"button": "*"}, {"button": "7"}], [{"buttons": ["*"]}, {"buttons": ["7"]}])
        assert "B was dialled: 'B' is not a sequence of telephone keys; there are: 0123456789*#" in caplog.text
        assert not bot.calls


async def test_a_key_for_a_bot_that_takes_no_dtmf_is_a_sentence(caplog, monkeypatch):
    monkeypatch.setattr("callbox.demo.bot.RTVI_VERSION", "1.0.0")
    caplog.set_level(logging.WARNING)
    keypad = SimulatedKeypad(LAYOUTS[3])
    async with FaultyBot() as old, running(old.url, keypad=keypad) as rig:
        await watched(keypad)
        await rig.click()
        await rig.until(at(S.READY))
        keypad.click("7")
        async with asyncio.timeout(60):
            while "7 was dialled: " not in caplog.text:
                await asyncio.sleep(0.01)
    assert "send_dtmf" in caplog.text
    assert not [message for message in old.calls[0].received if message.type == "dtmf"]


async def test_a_key_that_is_jammed_is_a_problem_until_it_is_freed(bot):
    rig = Rig(bot.url, keypad=SimulatedKeypad(LAYOUTS[3]))
    rig.box._telephone.on_key(KeysStuck("5", 60.0))
    assert rig.box.status.problem
    assert rig.box.status.problem.text.startswith("The key 5 of the keypad has been down for 60 s")
    rig.box._telephone.on_key(KeysFreed("5", 61.0))
    assert rig.box.status.problem is None


async def test_the_knob_changes_the_volume_up_to_its_limit(bot):
    a, b = SimulatedButton(), SimulatedButton()
    config = TelephoneConfig(step_percent=10)
    async with running(bot.url, volume_knob=(a, b), telephone=config, max_volume_percent=60) as rig:
        await watched(a, b)
        rig.box.set_volume(45)
        turn(a, b, clockwise=False)
        await rig.until(lambda status: status.volume_percent == 35)
        rig.box._telephone.on_turn(Turned(1, 0.0))
        rig.box._telephone.on_turn(Turned(4, 0.0))
        assert rig.box.status.volume_percent == 60
        rig.box._telephone.on_turn(Turned(1, 0.0))
        assert rig.box.status.volume_percent == 60
        assert isinstance(rig.box.status, Status)


def close(board):
    for part in (board.hook_switch, *board.rotary_dial, *board.volume_knob, board.keypad, board.button):
        part.close()
    for lamp in (board.status_lamp, board.microphone_lamp):
        lamp.close()


SETTINGS = """
board:
  hook_switch: {pin: 5, off_hook_when: open, debounce_ms: 40}
  rotary_dial: {pulse_pin: 6, off_normal_pin: 13}
  volume_knob: {a_pin: 23, b_pin: 24, edges_per_detent: 2, reversed: true}
  keypad: {row_pins: [7, 8, 9, 10], column_pins: [11, 12, 16]}
bots:
  weather: {start_url: http://b/start, dial_digit: "1"}
  doctor: {start_url: http://b/start}
"""


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(SETTINGS)
    return load(file).settings


def test_a_settings_file_wires_the_parts(settings, pins):
    config = telephone_config(settings)
    assert config == TelephoneConfig(40, 2, 4, True, LAYOUTS[3], {"1": "weather"})
    board = make_board(settings, pins)
    assert not [fault for fault in board.faults if fault.part not in (Part.MICROPHONE, Part.SPEAKER)]
    assert board.hook_switch
    assert board.hook_switch.start(lambda _: None) is True  # the contact is open
    pins.pin("GPIO5").drive_low()
    pulse, off_normal = board.rotary_dial
    assert pulse.start(lambda _: None) is True  # nothing is wired: as in a break
    assert off_normal.start(lambda _: None) is False
    pins.pin("GPIO6").drive_low()
    pins.pin("GPIO13").drive_low()
    assert board.keypad
    assert board.keypad.start(lambda _: None).closed == frozenset()
    close(board)


async def test_a_knob_on_gpio_is_read_by_its_edges(settings, pins):
    board = make_board(settings, pins)
    knob = QuadratureDecoder(2)
    events: asyncio.Queue[Turned] = asyncio.Queue()
    contacts = list(zip(board.volume_knob, (knob.a, knob.b), strict=True))
    task = asyncio.create_task(run_contacts(contacts, knob, knob.start, events.put_nowait))
    await asyncio.sleep(0)
    for pin, level in (("GPIO23", 0), ("GPIO24", 0), ("GPIO23", 1), ("GPIO24", 1)):
        (pins.pin(pin).drive_high if level else pins.pin(pin).drive_low)()
    async with asyncio.timeout(60):
        assert [(await events.get()).steps > 0 for _ in range(2)] == [True, True]
    task.cancel()
    close(board)


def test_a_pin_that_is_used_twice_is_an_error_with_both_places(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(SETTINGS.replace("b_pin: 24", "b_pin: 6"))
    with pytest.raises(
        Exception, match=r"board.volume_knob.b_pin: GPIO 6 is used twice; the other one is board.rotary"
    ):
        load(file)
