"""Microphone, loudspeaker, and the way from one to the other, through real alsa-lib: each code by a faulty card."""

import time

import pytest
from tests.integration.doctor.cards import Cards, decibels, noise, resampled
from tests.integration.doctor.visits import codes, codes_reported

from callbox.doctor.model.codes import CODES
from callbox.doctor.model.recording import program_of
from callbox.doctor.probes.loop import CHIRPS
from callbox_device.alsa import libasound, open_pcm
from callbox_device.alsa.stream import PcmStream

pytestmark = pytest.mark.pulseaudio

PCM_READ = PcmStream.read
RUNNING = "/opt/callbox/bin/python\0/usr/bin/callbox\0run\0"


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    with Cards(tmp_path_factory.mktemp("cards")) as cards:
        yield cards


FAULTS = {
    "SOUND-NO-PERMISSION": "denied",
    "SOUND-SERVER-DOWN": "server_down",
    "SOUND-SERVER-HANGS": "server_hangs",
    "MIC-MISSING": "plughw:CARD=NoSuch",
    "MIC-BUSY": "held",
    "MIC-IN-USE": "held",
    "MIC-FAILED": "nonsense",
    "MIC-SILENT": "mic_silent",
    "MIC-QUIET": "mic_quiet",
    "MIC-NOISE": "mic_noise",
    "MIC-CLIPPING": "mic_clipping",
    "MIC-DC": "mic_dc",
    "SPEAKER-MISSING": "plughw:CARD=NoSuch",
    "SPEAKER-BUSY": "held",
    "SPEAKER-IN-USE": "held",
    "SPEAKER-FAILED": "nonsense",
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_card_is_found_and_nothing_else(cards, place, name):
    part = CODES[name].check
    place.settings[part] = {"device": FAULTS[name]}
    if name.endswith("IN-USE"):
        place.write("proc/4242/cmdline", RUNNING)
    reported = place.visit_apart(part, env=cards.env)
    assert codes_reported(reported) == [name]
    assert reported["checks"][0]["outcome"] == CODES[name].severity.value


MIXER = """
from callbox_device.alsa import devices as alsa, mixer as alsa_mixer
alsa.mixer_of = lambda _: "callbox_mixer"  # a real one, of what is no card
alsa_mixer.set_volume("callbox_mixer", {percent})
"""


@pytest.mark.parametrize(("percent", "expected"), [(0, ["SPEAKER-MUTED"]), (1, []), (100, [])])
def test_a_volume_at_its_lowest_is_found(cards, place, percent, expected):
    place.settings["speaker"] = {"device": "air_speaker", "buffer_ms": 100}
    reported = place.visit_apart("speaker", env=cards.env, first=MIXER.format(percent=percent))
    measured = reported["checks"][0]["measured"]
    assert (measured["control"], measured["volume_percent"], measured["on"]) == ("Master", percent, percent > 0)
    assert [code for code in codes_reported(reported) if code != "XRUN-PLAYBACK"] == expected


def test_good_cards_pass_with_their_levels(cards, place):
    place.settings |= {"microphone": {"device": "mic_good"}, "speaker": {"device": "air_speaker", "buffer_ms": 100}}
    reported = place.visit_apart("microphone", "speaker", env=cards.env)
    assert [code for code in codes_reported(reported) if code != "XRUN-PLAYBACK"] == []
    recorded, played = (check["measured"] for check in reported["checks"])
    assert recorded["peak_dbfs"] == pytest.approx(decibels(0.004), abs=0.2)
    assert recorded["rms_dbfs"] == pytest.approx(decibels(0.004 / 3**0.5), abs=0.2)
    assert recorded["noise_floor_dbfs"] == pytest.approx(recorded["rms_dbfs"], abs=1)
    assert 50 <= played["buffer_ms"] <= 110


def test_a_file_that_this_user_may_not_read(cards, place):
    place.settings["microphone"] = {"device": "forbidden"}
    assert codes_reported(place.visit_apart("microphone", env=cards.env, humble=True)) == ["SOUND-NO-PERMISSION"]


async def test_alsa_lib_may_be_missing(place, monkeypatch):
    monkeypatch.setattr(libasound, "is_installed", lambda: False)
    results = await place.visit("microphone", "speaker", "loop")
    assert codes(results) == ["SOUND-NO-LIBRARY"]  # told once, though three checks meet it
    assert [result.report.skipped for result in results[1:]] == ["as `microphone` says"] * 2


async def test_no_chirps_are_announced_where_there_is_no_microphone(place):
    place.settings["microphone"] = {"device": "nowhere"}
    texts: list[str] = []
    place.options["tell"] = texts.append
    assert codes(await place.visit("loop")) == ["MIC-MISSING"]
    assert texts == []


@pytest.mark.parametrize("channel", [None, 1, 2, 3])
async def test_a_channel_without_a_microphone_is_found_and_the_right_one_named(place, monkeypatch, channel):
    """alsa-lib's own plugins have as many channels as are wanted: the second one is made a microphone's."""
    hiss = noise(0.004)

    def second_channel(stream):
        read = PCM_READ(stream)
        assert read is not None
        count = stream.card.channels
        frames = len(read) // (2 * count)
        silence = bytes(2 * frames)
        channels = [hiss[: 2 * frames] if number == 1 else silence for number in range(count)]
        return b"".join(channel[at : at + 2] for at in range(0, 2 * frames, 2) for channel in channels)

    monkeypatch.setattr(PcmStream, "read", second_channel)
    monkeypatch.setattr(open_pcm, "_CONVERTING", ("null",))
    place.settings["microphone"] = {"device": "null", "channel": channel}
    results = await place.visit("microphone")
    if channel in (None, 2):
        assert codes(results) == []
    else:
        assert codes(results) == ["MIC-CHANNEL"]
        [found] = results[0].report.findings
        assert found.detail == f"channel {channel}: every sample is 0; channel 2 has a peak of -48 dBFS"


async def test_overruns_are_counted_as_the_driver_counts_them(place, monkeypatch):
    """alsa-lib's own plugins never overrun: one read in fifty says EPIPE in the card's stead."""
    read, reads, hiss = PcmStream.read, [], noise(0.004)

    def one_overrun_in_fifty(card):
        reads.append(1)
        period = None if len(reads) % 50 == 10 else read(card)
        return None if period is None else hiss[: len(period)]

    monkeypatch.setattr(PcmStream, "read", one_overrun_in_fifty)
    assert codes(await place.visit("microphone")) == ["XRUN-CAPTURE"]
    assert codes(await place.visit("loop")) == ["LOOP-NOT-HEARD", "XRUN-CAPTURE"]


# -- the loop: PulseAudio's sink `nowhere` is the air ----------------------------------------------


@pytest.fixture
def air(tmp_path, place):
    """What the loudspeaker plays, the microphone hears. A sound server of its own: what a test leaves in it stays there."""
    place.settings |= {"microphone": {"device": "air_mic"}, "speaker": {"device": "air_speaker", "buffer_ms": 100}}
    folder = tmp_path / "air"
    folder.mkdir()
    with Cards(folder) as cards:
        cards.pactl("load-module", "module-null-sink", "sink_name=far", "rate=48000", "channels=1", "format=s16le")
        yield cards


def recorded_apart(place, cards, *, xruns=False, **options):
    """What was found, and measured; without xruns, which are a busy machine's, unless `xruns` are expected."""
    reported = place.visit_apart("loop", env=cards.env, **options)
    finding = [code for code in codes_reported(reported) if xruns or not code.startswith("XRUN")]
    return finding, reported["checks"][0]["measured"]


def test_a_good_loop(air, place, machine):
    finding, measured = recorded_apart(place, air)
    with machine.judging():
        assert finding == []
        assert (measured["chirps"], measured["drift_ppm"]) == (3, None)
        assert measured["heard"] >= 2
        assert 50 < measured["loop_ms"] < 250
        assert abs(measured["untold_ms"]) < 15  # the sound server tells all of it
        assert abs(measured["echo_return_loss_db"]) < 0.5


def test_the_latency_of_a_longer_way(air, place, machine):
    """300 ms more, put between loudspeaker and microphone by the sound server."""
    with machine.judging():
        assert recorded_apart(place, air)[0] == []  # the sinks have run
    module = air.pactl(
        "load-module", "module-loopback", "source=nowhere.monitor", "sink=far", "latency_msec=300", "adjust_time=1"
    )
    time.sleep(3)
    try:
        place.settings["microphone"] = {"device": "far_mic"}
        finding, far = recorded_apart(place, air)
    finally:
        air.pactl("unload-module", module)
    with machine.judging():
        assert finding == ["LOOP-LATE"]
        assert far["untold_ms"] == pytest.approx(300, abs=40)  # the drivers know nothing of it
        assert far["loop_ms"] > far["untold_ms"] + 50


def test_a_loudspeaker_that_is_turned_off(air, place):
    air.pactl("set-sink-mute", "nowhere", "1")
    assert recorded_apart(place, air)[0] == ["LOOP-NOT-HEARD"]


@pytest.mark.parametrize(
    ("volume_db", "expected"), [(6, ["LOOP-ECHO"]), (18, ["LOOP-CLIPPING", "LOOP-ECHO"])], ids=["loud", "too loud"]
)
def test_a_loudspeaker_that_is_too_loud(air, place, volume_db, expected, machine):
    air.pactl("set-sink-volume", "nowhere", f"{volume_db}dB")
    finding, measured = recorded_apart(place, air)
    with machine.judging():
        assert finding == expected
        if expected == ["LOOP-ECHO"]:
            assert measured["echo_return_loss_db"] == pytest.approx(-volume_db, abs=0.5)


def test_a_microphone_with_another_clock(air, place, machine):
    """500 ppm, in a recording of what will be played."""
    lead = bytes(2 * 48 * 150)
    (air.folder / "microphone.raw").write_bytes(lead + resampled(program_of(CHIRPS), 1.0005))
    place.settings["microphone"] = {"device": "callbox_mic"}
    finding, measured = recorded_apart(place, air, quick=False)
    with machine.judging():
        assert "LOOP-DRIFT" in finding  # how late it is says nothing here: it plays from the opening on
        assert measured["drift_ppm"] == pytest.approx(500, abs=15)


LATE = """
import time
from callbox_device.alsa.stream import PcmStream
write, writes = PcmStream.write, []
def late(stream, sound):
    writes.append(1)
    if len(writes) in (50, 100):
        time.sleep(1)
    return write(stream, sound)
PcmStream.write = late
"""


def test_a_machine_that_is_too_late(air, place):
    """The loudspeaker's thread has no time, twice while it plays."""
    place.settings["speaker"] = {"device": "honest_speaker"}  # PulseAudio hides underruns unless it is told not to
    finding, measured = recorded_apart(place, air, xruns=True, first=LATE)
    assert "XRUN-PLAYBACK" in finding
    assert measured["underruns"] >= 1


LOOP = {"LOOP-NOT-HEARD", "LOOP-LATE", "LOOP-ECHO", "LOOP-CLIPPING", "LOOP-DRIFT", "XRUN-CAPTURE", "XRUN-PLAYBACK"}
REACHED = {*FAULTS, *LOOP, "MIC-CHANNEL", "SOUND-NO-LIBRARY", "SPEAKER-MUTED"}
