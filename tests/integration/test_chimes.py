"""The chimes of real calls, as the loudspeaker played them."""

import asyncio
import contextlib
import re
from pathlib import Path

import pytest
from tests.rig.appliance import at
from tests.rig.appliance import running as running_box
from tests.rig.faulty_bot import FaultyBot

from callbox.app import compose
from callbox.app.chimes import ChimeConfig
from callbox.audio.playout.cues import Cue, error_beeps, periods
from callbox.cli import main
from callbox.cli.common import EX_OK
from callbox.config import SettingsError, load
from callbox.control.faults import Fault
from callbox.rtvi import TransportState

S = TransportState
OWN = Path(compose.__file__).parents[2] / "assets/spoken_causes"


class HeldBot(FaultyBot):
    """Answers the start request when it is told to."""

    def __init__(self):
        super().__init__()
        self.release = asyncio.Event()

    async def answer_start(self, request):
        await self.release.wait()
        return await super().answer_start(request)


@contextlib.asynccontextmanager
async def running(mood="good", bot=None, **config):
    async with bot or FaultyBot(mood) as server:
        async with running_box(server.url, chimes=ChimeConfig(enabled=True, **config)) as rig:
            yield rig
        assert not rig.speaker.is_open


async def played(rig, cue, count=None):
    """Wait until `cue`, or its first `count` periods, was played; where in the loudspeaker's samples."""
    sound = b"".join(periods(cue)[:count])
    async with asyncio.timeout(60):
        while (place := bytes(rig.speaker.played).find(sound)) < 0:
            await asyncio.sleep(0.02)
    return place


async def test_a_call_from_the_press_to_the_hang_up():
    async with running() as rig:
        await rig.click()
        await rig.until(at(S.READY))
        places = [await played(rig, Cue.CONNECTING), await played(rig, Cue.BOT_READY)]
        rig.box.set_soft_mute(True)
        places.append(await played(rig, Cue.MUTED))
        rig.box.set_soft_mute(False)
        places.append(await played(rig, Cue.UNMUTED))
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        places.append(await played(rig, Cue.HUNG_UP))
        assert places == sorted(places)
        assert not rig.microphone.is_open
        await rig.until_dark()


async def test_an_error_beeps_its_number_then_says_its_cause_and_repeats_both():
    async with running("500", speech=OWN / "en") as rig:
        await rig.click()
        assert (await rig.until(at(S.ERROR))).problem.fault is Fault.BOT_REFUSED
        beeps = await played(rig, error_beeps(2))
        assert beeps > await played(rig, Cue.CONNECTING)
        async with asyncio.timeout(60):
            while len(rig.speaker.played) - beeps < 2 * 48_000 * 2:  # of 2.3 s of beeps and words
                await asyncio.sleep(0.02)
        await rig.until_dark()
        before = len(rig.speaker.played)
        rig.box.repeat_problem()
        async with asyncio.timeout(60):
            while not rig.speaker.is_open:
                await asyncio.sleep(0.01)
        while len(rig.speaker.played) < before + 48_000:
            await asyncio.sleep(0.01)
        await rig.click()  # interrupts it, and calls
        await rig.until(lambda status: status.session is not None)
        await rig.until(at(S.ERROR))


async def test_a_handset_rings_until_the_bot_is_ready():
    bot = HeldBot()
    async with running(bot=bot, handset=True) as rig:
        await rig.click()
        await played(rig, ((425, 80),), 7)
        bot.release.set()
        await rig.until(at(S.READY))
        await played(rig, Cue.BOT_READY)
        assert b"".join(periods(Cue.CONNECTING)) not in bytes(rig.speaker.played)


def settings(folder, chimes):
    file = folder / "callbox.yaml"
    file.write_text(f"bot: {{start_url: 'http://192.168.1.20/start'}}\nchimes: {chimes}\n")
    return file


def test_a_folder_of_spoken_causes_that_cannot_be_used_is_a_warning_with_its_place(tmp_path):
    def warning():
        [warning] = compose.make_composition(load(settings(tmp_path, f"{{speech: {folder}}}"))).warnings
        return warning

    folder = tmp_path / "causes"
    assert re.search(r"callbox\.yaml:2:\d+: chimes\.speech.*there is no such folder; no cause is spoken", warning())
    folder.mkdir()
    assert re.search(r"chimes\.speech.*holds none of bot_unreachable\.wav", warning())
    (folder / "internal.wav").write_bytes(b"RIFF")
    assert re.search(r"chimes\.speech.*no WAV file", warning())


def test_settings_of_chimes(tmp_path):
    def config(chimes):
        return compose.chime_config(compose.make_composition(load(settings(tmp_path, chimes))).settings)

    with pytest.raises(SettingsError, match=r"chimes\.speech.*must be none, en, de"):
        config("{speech: fr}")
    assert config("{speech: de}").speech == OWN / "de"
    assert config("{enabled: false}") == ChimeConfig(enabled=False)


def test_a_box_whose_spoken_causes_cannot_be_used_works_without(tmp_path, caplog):
    composition = compose.make_composition(load(settings(tmp_path, f"{{speech: {tmp_path}/none}}")))
    assert "there is no such folder; no cause is spoken" in caplog.text
    assert compose.chime_config(composition.settings).speech is None
    assert compose.chime_config(composition.settings).enabled


def test_check_says_what_is_wrong_with_the_spoken_causes_and_that_the_box_works_without(tmp_path, capsys):
    assert main(["check", str(settings(tmp_path, f"{{speech: {tmp_path}/none}}"))]) == EX_OK
    printed = capsys.readouterr()
    assert re.match(r"warning: .*chimes\.speech.*no such folder; no cause is spoken", printed.err)
    assert "callbox.yaml: good" in printed.out
