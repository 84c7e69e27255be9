"""The whole box on a simulated board: real aiortc, a real bot's server, and everything that goes wrong with them."""

import asyncio
import time
from concurrent.futures import Future
from dataclasses import replace

import pytest
from tests.rig.appliance import PATIENT, Rig, S, Watcher, at, running
from tests.rig.ports import free_port

from callbox.app.jobs import JobRunner, SubprocessJob
from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.wake_word import WakeWord
from callbox.audio.playout.announcement import AnnouncementSound
from callbox.audio.wav_media import speech
from callbox.control.faults import Fault
from callbox.control.lamps import IDENTIFY, MUTED, error_pattern, status_lamp
from callbox.control.remote_commands import Denied, RemoteCommand, SetHardMute, SetVolume
from callbox.control.status import Activity, Speech
from callbox.control.turns import TURN_RATE
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import Deadlines, RTVIEvent
from callbox.system.systemd import Notifier
from callbox_device.color_light import MICROPHONE_COLOR, ColorLight
from callbox_device.interfaces import STALL_S, Part, PartBusy, PartFailed, PartFault, PartMissing
from callbox_device.model.led_patterns import BLACK, GREEN, OFF
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

MOODS = {
    "404": (Fault.BOT_REFUSED, "answered 404 Not Found. Is the path of the address right?"),
    "500": (Fault.BOT_REFUSED, "answered 500 Internal Server Error. The bot's server has a problem of its own"),
    "html": (Fault.BOT_REFUSED, "answered with a web page: this is not the address of a bot."),
    "never": (Fault.BOT_TIMEOUT, "The bot's server did not answer the start request within 5 s."),
    "no session": (Fault.BOT_REFUSED, "names no sessionId and no webrtcUrl: this server does not offer SmallWebRTC."),
    "offer 500": (Fault.BOT_REFUSED, "answered 500 Internal Server Error."),
    "no sdp": (Fault.BOT_REFUSED, "answered without an SDP answer: this is no WebRTC bot."),
    "garbled sdp": (Fault.BOT_REFUSED, "answered with"),
    "no audio": (Fault.BOT_REFUSED, "answered without audio: it can't be spoken to."),
    "nobody behind it": (Fault.BOT_TIMEOUT, "No connection with the bot within 5 s. Is there a firewall"),
    "never ready": (Fault.BOT_TIMEOUT, "The bot was reached, but did not become ready within 0.5 s. Its log says why."),
    "fatal": (Fault.BOT_FAILED, "The bot reported a fatal error: out of credit"),
    "leaves at once": (Fault.BOT_FAILED, "The bot left before it was ready."),
}
SOON = {
    "never": Deadlines(start_s=5.0),
    "nobody behind it": Deadlines(connect_s=5.0),
    "never ready": Deadlines(bot_ready_s=0.5),
}
"""Short where the bot says nothing, and long enough that the request is sent; all else has the time that a busy machine needs."""


@pytest.mark.parametrize("mood", MOODS)
async def test_a_bad_bot_is_an_error_with_its_cause_and_the_next_press_works(bot, mood, caplog):
    fault, text = MOODS[mood]
    bot.mood = mood
    async with running(bot.url, SOON.get(mood, PATIENT)) as rig:
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert failed.problem.fault is fault
        assert text in failed.problem.text
        assert failed.session is None
        assert rig.pattern == error_pattern(failed.problem)
        await rig.until_dark()

        bot.mood = "good"
        if mood in SOON:
            patient = replace(rig.connection, deadlines=PATIENT)
            rig.box.reconfigure(rig.reconfiguration(patient))
        await rig.click()
        ready = await rig.until(at(S.READY))
        assert ready.problem is None
        assert len([entry for entry in caplog.records if entry.levelname == "WARNING" and text in entry.message]) == 1
        assert rig.mic_lamp.brightness == 1
    assert rig.is_dark()


async def test_no_server_at_the_address():
    async with running(f"http://127.0.0.1:{free_port()}/start") as rig:
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert failed.problem.fault is Fault.BOT_UNREACHABLE
        assert "Nobody answers at http://127.0.0.1:" in failed.problem.text


async def test_a_press_while_dialling_cancels(bot):
    bot.mood = "never"
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.AUTHENTICATING))
        await rig.click()
        ended = await rig.until(at(S.DISCONNECTED))
        assert ended.problem is None
    assert rig.watcher.transports == [
        S.DISCONNECTED, S.INITIALIZING, S.INITIALIZED, S.AUTHENTICATING, S.DISCONNECTING, S.DISCONNECTED,
    ]  # fmt: skip


async def test_a_network_that_is_gone_for_long_shows_and_a_press_still_hangs_up(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        rig.box.client._session.on_reconnecting("nothing arrives")  # as the transport tells it
        await rig.until(at(S.CONNECTING))
        assert rig.mic_lamp.brightness  # the microphone is open, and says so
        rig.box.client._session.on_reconnected()
        await rig.until(at(S.READY))
        rig.box.client._session.on_reconnecting("nothing arrives")
        await rig.until(at(S.CONNECTING))
        await rig.click()
        ended = await rig.until(at(S.DISCONNECTED))
        assert ended.problem is None
        await rig.until_dark()


async def test_a_nervous_double_press_dials_once(bot):
    async with running(bot.url, double_press_ms=250) as rig:
        rig.double_click()
        await rig.until(at(S.READY))
        assert [type(gesture).__name__ for gesture in rig.watcher.gestures] == [
            "Pressed", "Released", "DoublePressed", "Released",
        ]  # fmt: skip
        assert rig.box.status.transport is S.READY


async def test_a_bot_that_vanishes_in_mid_call(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        await bot.calls[0].vanish()
        failed = await rig.until(at(S.ERROR))
        assert failed.problem.fault is Fault.BOT_FAILED
        await rig.until(lambda status: not status.mic_live)
        await rig.click()
        await rig.until(at(S.READY))


async def test_a_bot_that_disconnects_is_no_error(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        await bot.calls[0].end()
        ended = await rig.until(at(S.DISCONNECTED))
        assert ended.bot_left
        assert ended.problem is None
        assert rig.is_dark()


@pytest.mark.parametrize(
    ("part", "fault"), [("microphone", Fault.NO_MICROPHONE), ("speaker", Fault.NO_SPEAKER)], ids=["mic", "speaker"]
)
async def test_a_card_that_another_program_holds(bot, part, fault):
    async with running(bot.url) as rig:
        getattr(rig, part).fail_with(PartBusy("held by another program"))
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert (failed.problem.fault, failed.problem.text) == (fault, "held by another program")
        await rig.until_dark()
        getattr(rig, part).fail_with(None)
        await rig.click()
        await rig.until(at(S.READY))


@pytest.mark.parametrize(
    ("part", "fault"), [("microphone", Fault.NO_MICROPHONE), ("speaker", Fault.NO_SPEAKER)], ids=["mic", "speaker"]
)
async def test_a_card_pulled_out_in_mid_call_is_reported_and_the_call_goes_on_until_it_is_back(bot, part, fault):
    async with running(bot.url) as rig:
        await rig.click()
        ready = await rig.until(at(S.READY))
        device = getattr(rig, part)
        device.unplug()
        status = await rig.until(lambda status: status.problem is not None)
        assert status.problem.fault is fault
        assert (status.transport, status.session) == (S.READY, ready.session)
        assert status_lamp(status) == error_pattern(status.problem)
        if part == "microphone":
            await rig.until(lambda status: not status.mic_live)
            assert rig.mic_lamp.brightness == 0
        device.plug_in()
        healed = await rig.until(lambda status: status.problem is None and status.mic_live)
        assert (healed.transport, healed.session) == (S.READY, ready.session)
        assert rig.mic_lamp.brightness == 1
        assert device.is_open


@pytest.mark.parametrize("part", ["microphone", "speaker"])
async def test_a_card_that_stands_still_is_found_and_opened_again(bot, part):
    async with running(bot.url) as rig:
        await rig.click()
        ready = await rig.until(at(S.READY))
        getattr(rig, part).stall()
        status = await rig.until(lambda status: status.problem is not None)
        assert f"for {STALL_S:g} s" in status.problem.text
        healed = await rig.until(lambda status: status.problem is None and status.mic_live)
        assert (healed.transport, healed.session) == (S.READY, ready.session)


async def test_a_part_that_was_missing_at_the_start_and_works_at_the_press_is_no_problem_any_more(bot):
    fault = PartFault(Part.MICROPHONE, PartMissing("There is no sound card 'Device'."))
    async with running(bot.url, faults=(fault,)) as rig:
        assert rig.box.status.problem.fault is Fault.NO_MICROPHONE
        await rig.click()
        ready = await rig.until(at(S.READY))
        assert ready.problem is None


async def test_in_a_session_audio_stats_are_reported_each_second_and_outside_not(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        async with asyncio.timeout(60):
            while len(rig.watcher.stats) < 2:
                await asyncio.sleep(0.05)
        assert rig.watcher.stats[-1].loss_in_percent == 0
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        count = len(rig.watcher.stats)
        await asyncio.sleep(1.2)
        assert len(rig.watcher.stats) == count


async def test_a_hard_mute_closes_the_microphone_and_the_session_goes_on(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        await rig.box.media.set_hard_mute(True)
        assert not rig.microphone.is_open
        assert rig.mic_lamp.brightness == 0
        assert rig.box.status.mute
        await asyncio.sleep(0.3)
        assert rig.box.status.transport is S.READY
        await rig.box.media.set_hard_mute(False)
        assert rig.microphone.is_open
        assert rig.mic_lamp.brightness == 1
        assert not rig.box.status.mute


async def test_a_call_while_hard_muted_never_opens_the_microphone(bot):
    async with running(bot.url) as rig:
        await rig.box.media.set_hard_mute(True)
        await rig.click()
        await rig.until(at(S.READY))
        await asyncio.sleep(0.1)
        assert [brightness for _, brightness in rig.mic_lamp.history] == []
        assert not rig.microphone.is_open


async def test_the_mute_switch_closes_the_microphone_in_a_call_and_no_command_opens_it(bot):
    switch = SimulatedButton()
    async with running(bot.url, mute_switch=switch) as rig:
        await rig.until(lambda status: not status.hard_mute)
        rig.box._allow_remote_connect = True
        await rig.click()
        await rig.until(at(S.READY))
        assert rig.microphone.is_open
        switch.press()
        await rig.until(lambda status: status.hard_mute and not status.mic_live)
        assert not rig.microphone.is_open
        assert rig.mic_lamp.brightness == 0
        assert rig.pattern == MUTED
        for order in (RemoteCommand.UNMUTE, SetHardMute(False)):
            assert rig.watcher.execute(order).code == "muted"
        switch.release()
        await rig.until(lambda status: status.mic_live and not status.mute)
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        switch.press()
        await rig.until(lambda status: status.hard_mute)
        assert rig.watcher.execute(RemoteCommand.CONNECT).code == "muted"
    assert not switch.is_watched


async def test_a_hard_mute_by_command_holds_over_other_settings_and_ends_by_command(bot):
    async with running(bot.url) as rig:
        assert rig.watcher.execute(SetHardMute(True)) is None
        await rig.until(lambda status: status.hard_mute)
        microphone = SimulatedMicrophone()
        rig.box.reconfigure(rig.reconfiguration(microphone=microphone, speaker=SimulatedSpeaker()))
        await rig.click()
        await rig.until(at(S.READY))
        assert not microphone.is_open
        assert not rig.box.status.soft_mute
        assert rig.watcher.execute(SetHardMute(False)).code == "not_allowed"  # it would open the microphone
        rig.box._allow_remote_connect = True
        assert rig.watcher.execute(SetHardMute(False)) is None
        await rig.until(lambda status: status.mic_live)
        assert not rig.box.status.mute


def one_at_a_time(*devices):
    """Devices of a card without a mixing plugin, such as plughw: one has the PCM. Returns those that were refused."""
    refused = []

    def guard(device, start):
        def guarded(*callbacks):
            if not any(other.is_open for other in devices if other is not device):
                return start(*callbacks)
            refused.append(device)
            opened: Future[None] = Future()
            opened.set_exception(PartBusy("Another program has the card."))
            return opened

        return guarded

    for device in devices:
        device.start = guard(device, device.start)
    return refused


class SilentDetector:
    def process(self, period):
        return None

    def reset(self):
        pass


async def test_a_call_as_soon_as_other_settings_apply_waits_until_the_card_is_closed(bot):
    """An announcement is played, and a wake word listened for, by the devices of the settings before."""
    first, second = SimulatedSpeaker(), SimulatedSpeaker()
    listening, captured = SimulatedMicrophone(), SimulatedMicrophone()
    refused = [one_at_a_time(first, second), one_at_a_time(listening, captured)]
    wake = WakeConfig((WakeWord("okay_nabu"),))
    async with running(bot.url, speaker=first, microphone=listening) as rig:
        rig.box._wake._make = lambda words, keeps_name: SilentDetector()
        rig.box.reconfigure(rig.reconfiguration(microphone=listening, speaker=first, wake=wake))
        rig.box.media.player.announce(AnnouncementSound(print))
        async with asyncio.timeout(60):
            while not (first.is_open and listening.is_open):
                await asyncio.sleep(0.01)
        rig.box.reconfigure(rig.reconfiguration(microphone=captured, speaker=second, wake=wake))
        rig.box._allow_remote_connect = True
        assert rig.watcher.execute(RemoteCommand.CONNECT) is None
        await rig.until(at(S.READY))
        assert (first.is_open, second.is_open) == (False, True)
        assert (listening.is_open, captured.is_open) == (False, True)
        assert refused == [[], []]


async def test_the_bot_speaks_until_its_sound_is_played():
    rig = Rig("http://127.0.0.1:9/start")
    box = rig.box
    box.update(transport=S.READY)
    box.client._emitter.emit(RTVIEvent.BotStartedSpeaking)
    box.media.player.write(bytes(960 * 20))  # 100 ms wait to be played
    box.client._emitter.emit(RTVIEvent.BotStoppedSpeaking)
    await asyncio.sleep(0)
    assert box.status.speech is Speech.BOT
    await rig.until(lambda status: status.speech is Speech.NONE)


async def test_a_lamp_that_cannot_be_lit_keeps_the_microphone_closed(bot):
    class BrokenLamp(SimulatedLamp):
        def set(self, brightness):
            if brightness:
                raise OSError("the lamp's driver is gone")

    async with running(bot.url, microphone_lamp=BrokenLamp()) as rig:
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert "the lamp's driver is gone" in failed.problem.text
        assert not rig.microphone.is_open


async def test_a_board_without_a_button_goes_on_with_the_rest():
    fault = PartFault(Part.BUTTON, PartMissing("This machine has no GPIO"))
    async with running("http://127.0.0.1:1/start", button=None, faults=(fault,)) as rig:
        assert rig.box.status.problem.fault is Fault.NO_GPIO
        assert rig.box.status.transport is S.DISCONNECTED


async def test_what_several_parts_lack_is_logged_once(caplog):
    missing = [PartFault(part, PartMissing("This machine has no GPIO")) for part in (Part.BUTTON, Part.STATUS_LAMP)]
    other = PartFault(Part.MICROPHONE, PartMissing("There is no sound card"))
    async with running("http://127.0.0.1:1/start", button=None, faults=(*missing, other)):
        texts = [record.message for record in caplog.records if record.name == "callbox.app.appliance"]
    assert [text for text in texts if text.startswith("Th")] == ["This machine has no GPIO", "There is no sound card"]


async def test_a_stuck_button_is_reported_until_it_is_up_again(bot):
    async with running(bot.url) as rig:
        rig.button.press(time.monotonic() - 61)
        status = await rig.until(lambda status: status.problem)
        assert status.problem.fault is Fault.NO_GPIO
        assert "The button has been down for 60 s" in status.problem.text
        rig.button.release()
        await rig.until(lambda status: status.problem is None)


@pytest.mark.parametrize("moment", [S.DISCONNECTED, S.AUTHENTICATING, S.READY])
async def test_the_end_hangs_up_and_leaves_everything_dark(bot, moment):
    bot.mood = "never" if moment is S.AUTHENTICATING else "good"
    async with running(bot.url) as rig:
        if moment is not S.DISCONNECTED:
            await rig.click()
        await rig.until(at(moment))
    assert rig.watcher.transports[-1] is S.DISCONNECTED
    assert rig.is_dark()
    assert rig.lamp.brightness == 0
    assert not rig.button.is_watched


async def test_orders_from_outside(bot):
    async with running(bot.url) as rig:
        execute = rig.watcher.execute
        assert execute(RemoteCommand.CONNECT).code == "not_allowed"
        assert rig.box.status.transport is S.DISCONNECTED
        assert execute(RemoteCommand.RESTART).code == "not_possible"
        rig.box._allow_remote_connect = True
        await rig.box.media.set_hard_mute(True)
        assert execute(RemoteCommand.CONNECT).code == execute(RemoteCommand.UNMUTE).code == "muted"
        assert rig.is_dark()
        await rig.box.media.set_hard_mute(False)
        assert execute(RemoteCommand.CONNECT) is None
        await rig.until(at(S.READY))
        assert execute(RemoteCommand.CONNECT) is None  # it is so already
        assert execute(RemoteCommand.MUTE) is None
        assert rig.box.status.mute
        assert rig.mic_lamp.brightness  # it is captured all the same
        assert execute(RemoteCommand.UNMUTE) is None
        assert not rig.box.status.mute
        assert rig.box.status.volume_percent is None
        assert execute(SetVolume(40)) is None
        assert rig.watcher.statuses[-1].volume_percent == rig.speaker.volume_percent == 40
        assert execute(RemoteCommand.DOCTOR).code == execute(RemoteCommand.BUNDLE).code == "busy"
        rig.box._allow_remote_connect = False
        assert execute(RemoteCommand.DISCONNECT) is None
        await rig.until(at(S.DISCONNECTED))
        await rig.until_dark()
        while not rig.box.is_idle:
            await asyncio.sleep(0.01)
        assert execute(RemoteCommand.DOCTOR).code == "not_possible"  # this box was given none


async def test_a_press_ends_a_remote_job(bot):
    without_end = ["simulate", "--host=127.0.0.1", "--port=1", "--fleet=1"]
    jobs = JobRunner({RemoteCommand.DOCTOR: SubprocessJob(lambda _: without_end)})
    async with running(bot.url, jobs=jobs) as rig:
        results: list[Denied] = []
        rig.watcher.execute(RemoteCommand.DOCTOR)(results.append)
        assert rig.watcher.execute(RemoteCommand.DOCTOR).code == "busy"  # one at a time
        await rig.click()
        await rig.until(at(S.READY))
        assert [outcome.code for outcome in results] == ["busy"]


async def test_identify_shows_which_box_it_is_and_then_the_state_again(bot, monkeypatch):
    monkeypatch.setattr("callbox.app.status_reporter.IDENTIFY_S", 0.3)
    async with running(bot.url) as rig:
        assert rig.pattern == OFF
        assert rig.watcher.execute(RemoteCommand.IDENTIFY) is None
        assert rig.pattern == IDENTIFY
        async with asyncio.timeout(60):
            while rig.pattern != OFF:
                await asyncio.sleep(0.01)


async def test_a_bot_that_is_audible_speaks_without_messages(bot):
    bot.mood = "tells no turns"
    async with running(bot.url, microphone=SimulatedMicrophone(speech(SPEECH))) as rig:
        await rig.click()
        turns = [Activity.THINKING, Activity.SPEAKING, Activity.LISTENING]

        def in_turn(_):
            seen = iter(status.activity for status in rig.watcher.statuses)
            return all(activity in seen for activity in turns)

        await rig.until(in_turn)


async def test_a_bot_that_does_not_listen_reaches_status_and_lamp(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        assert rig.pattern == status_lamp(rig.box.status) != MUTED
        bot.calls[-1].tell("user-mute-started")
        await rig.until(lambda status: status.activity is Activity.WAITING)
        assert rig.pattern == MUTED
        bot.calls[-1].tell("user-stopped-speaking")
        await rig.until(lambda status: status.activity is Activity.THINKING)
        bot.calls[-1].tell("user-started-speaking")
        await rig.until(lambda status: status.activity is Activity.WAITING)
        bot.calls[-1].tell("user-mute-stopped")
        await rig.until(lambda status: status.activity is Activity.LISTENING)
        bot.calls[-1].tell("user-mute-started")
        await rig.until(lambda status: status.user_muted)
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        await rig.click()
        ready = await rig.until(at(S.READY))
        assert ready.activity is Activity.LISTENING  # another call, another bot


async def test_turns_are_reported_at_a_bounded_rate_and_the_last_one_is_right(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        loop = asyncio.get_running_loop()
        began_s, before = loop.time(), len(rig.watcher.statuses)
        for number in range(1000):
            bot.calls[-1].tell("user-started-speaking" if number % 2 else "user-stopped-speaking")
        bot.calls[-1].tell("server-message", {"done": True})
        done = asyncio.Event()
        rig.box.client.on(RTVIEvent.ServerMessage, lambda _: done.set())
        await done.wait()
        rate = TURN_RATE
        most = rate.burst + 1 + (loop.time() - began_s) / rate.period_s
        assert 1 <= len(rig.watcher.statuses) - before <= most
        await rig.until(lambda status: status.speech is Speech.USER)
        await asyncio.sleep(2 * rate.period_s)  # nothing is held back any more
        assert rig.box.status.speech is Speech.USER


class Failing(Watcher):
    """An observer of which every method raises at every event."""

    def attach(self, execute):
        raise RuntimeError("attach")

    def listen(self, client):
        raise RuntimeError("listen")

    def on_status(self, status):
        raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")

    def on_gesture(self, gesture, button):
        raise RuntimeError("on_gesture")

    def on_audio_stats(self, stats):
        raise RuntimeError("on_audio_stats")

    async def run(self):
        raise RuntimeError("run")


class FailingLamp(SimulatedLamp):
    """A status lamp whose driver is gone."""

    def set(self, brightness):
        raise OSError("the lamp's driver is gone")


class FailingNotifier(Notifier):
    """A service manager whose socket fails."""

    def __init__(self):
        super().__init__({})
        self.watchdog_s = 0.3

    def _send(self, message):
        raise OSError("the manager is gone")


@pytest.mark.parametrize("mood", ["fatal", "500", "offer 500", "leaves at once", "good"])
async def test_what_raises_stops_neither_the_call_control_nor_another_observer(bot, mood, monkeypatch, caplog):
    monkeypatch.setattr("callbox.app.audio_stats_task.PERIOD_S", 0.01)
    monkeypatch.setattr("callbox.app.appliance.Notifier", FailingNotifier)
    bot.mood = mood
    failing = Failing()
    async with running(bot.url, first=[failing], status_lamp=FailingLamp()) as rig:
        rig.box.client.on(RTVIEvent.TransportStateChanged, lambda _: 1 / 0)
        for _ in range(2):
            await rig.click()
            if mood == "good":
                await rig.until(at(S.READY))
                async with asyncio.timeout(60):
                    while not rig.watcher.stats:
                        await asyncio.sleep(0.01)
                await rig.click()
                await rig.until(at(S.DISCONNECTED))
            else:
                await rig.until(at(S.ERROR))
            await rig.until_dark()
            await rig.until_idle()
            rig.watcher.statuses.clear()
            rig.watcher.stats.clear()
        bot.mood = "good"
        await rig.click()
        await rig.until(at(S.READY))
        devices = {"microphone": SimulatedMicrophone(), "speaker": SimulatedSpeaker()}
        rig.box.reconfigure(rig.reconfiguration(**devices, observers=[Failing(), rig.watcher]))
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        await rig.click()
        await rig.until(at(S.READY))
    assert rig.watcher.statuses[-1].transport is S.DISCONNECTED
    assert "Failing.on_status failed" in caplog.text
    assert "Failing.attach failed" in caplog.text
    assert "The status lamp can't be set" in caplog.text


async def test_a_call_that_fails_with_an_unexpected_error_is_over(bot, monkeypatch):
    async with running(bot.url) as rig:
        called = asyncio.Event()

        async def connect():
            called.set()
            raise KeyError("x")

        monkeypatch.setattr(rig.box.client, "connect", connect)
        await rig.click()
        await called.wait()
        await rig.until_idle()
        monkeypatch.undo()
        await rig.click()
        await rig.until(at(S.READY))


async def test_disconnected_after_an_error_comes_when_the_microphone_is_closed(bot):
    bot.mood = "fatal"
    async with running(bot.url) as rig:
        ending = []

        def disconnect(state):
            if state is S.ERROR:
                ending.append(asyncio.create_task(rig.box.client.disconnect()))

        rig.box.client.on(RTVIEvent.TransportStateChanged, disconnect)
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert failed.mic_live  # closing takes a moment
        ended = await rig.until(at(S.DISCONNECTED))
        assert not ended.mic_live
        assert rig.is_dark()
        await asyncio.gather(*ending)
        bot.mood = "good"
        await rig.click()
        await rig.until(at(S.READY))


class ScriptedRing:
    """A driver of four pixels that remembers frames, with whether the PCM was open; `broken`: it is unplugged."""

    pixels = 4

    def __init__(self, microphone):
        self.frames, self.broken, self._microphone = [], False, microphone

    def write(self, frame):
        if self.broken:
            raise PartFailed("The ring is unplugged")
        self.frames.append((frame, self._microphone.is_open))

    def close(self):
        pass


@pytest.mark.parametrize("broken", [False, True])
async def test_one_ring_for_both_lamps_keeps_the_microphone_s_rule(bot, broken):
    microphone = SimulatedMicrophone()
    ring = ScriptedRing(microphone)
    light = ColorLight(ring, microphone_pixels=(2,))
    lamps = {"status_lamp": light, "microphone_lamp": light.microphone_lamp(), "microphone": microphone}
    async with running(bot.url, **lamps) as rig:
        ring.broken = broken
        await rig.click()
        if broken:
            failed = await rig.until(at(S.ERROR))
            assert "The ring is unplugged" in failed.problem.text
            assert not microphone.is_open
            return
        await rig.until(at(S.READY))
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
    assert all(frame[2] == MICROPHONE_COLOR for frame, is_open in ring.frames if is_open)
    lit = [frame[2] != BLACK for frame, _ in ring.frames]
    first, last = lit.index(True), len(lit) - 1 - lit[::-1].index(True)
    assert all(lit[first : last + 1])
    assert [ring.frames[place][1] for place in (first, last + 1)] == [
        False,
        False,
    ]  # before it opens, after it is closed
    assert any(frame[0] == GREEN.color for frame, _ in ring.frames)
    assert ring.frames[-1][0] == (BLACK,) * 4
