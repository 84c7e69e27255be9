"""What the doctor makes of what it measured, at the limits."""

import ssl
from dataclasses import replace

import pytest

from callbox.doctor.model.evaluate import announcements, network, sound
from callbox.mqtt.broker_probe import BrokerProbeResult
from callbox.rtvi.errors import TransportStartError

WELL = sound.MicLevels(peak_dbfs=-20.0, rms_dbfs=-40.0, noise_floor_dbfs=-60.0, clipped_samples=0, dc_percent=0.0)


def codes(findings):
    return [finding.code.name for finding in findings]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"peak_dbfs": -96.0}, "MIC-SILENT"),
        ({"peak_dbfs": -75.1}, "MIC-QUIET"),
        ({"peak_dbfs": -75.0}, None),
        ({"noise_floor_dbfs": -39.9}, "MIC-NOISE"),
        ({"noise_floor_dbfs": -40.0}, None),
        ({"clipped_samples": 3}, "MIC-CLIPPING"),
        ({"clipped_samples": 2}, None),
        ({"dc_percent": -2.1}, "MIC-DC"),
        ({"dc_percent": 2.0}, None),
        ({"overruns": 1}, "XRUN-CAPTURE"),
    ],
)
def test_a_microphone(change, code):
    assert codes(sound.microphone(replace(WELL, **change))) == ([code] if code else [])


LOOPED = sound.LoopResult(chirps_played=10, chirps_found=10, loop_ms=100.0, echo_return_loss_db=10.0, drift_ppm=0.0)


@pytest.mark.parametrize(
    ("change", "headset", "code"),
    [
        ({"chirps_found": 4}, False, "LOOP-NOT-HEARD"),
        ({"chirps_found": 5}, False, None),
        ({"chirps_found": 0}, True, None),
        ({"loop_ms": 250.1}, False, "LOOP-LATE"),
        ({"loop_ms": None}, False, None),
        ({"clipped_samples": 3}, False, "LOOP-CLIPPING"),
        ({"echo_return_loss_db": -3.1}, False, "LOOP-ECHO"),
        ({"echo_return_loss_db": None}, False, None),
        ({"drift_ppm": -301.0}, False, "LOOP-DRIFT"),
        ({"drift_ppm": None}, False, None),
        ({"overruns": 1}, False, "XRUN-CAPTURE"),
        ({"underruns": 1}, False, "XRUN-PLAYBACK"),
    ],
)
def test_the_way_from_the_loudspeaker_to_the_microphone(change, headset, code):
    assert codes(sound.loop(replace(LOOPED, **change), headset=headset)) == ([code] if code else [])


@pytest.mark.parametrize(
    ("share", "is_on", "text"),
    [(0.5, True, None), (0.0, True, "Master is at 0 %"), (0.5, False, "Master is switched off")],
)
def test_a_volume(share, is_on, text):
    assert [finding.detail for finding in sound.volume("Master", share, is_on=is_on)] == ([text] if text else [])


@pytest.mark.parametrize(
    ("step", "error", "code"),
    [
        ("name", OSError("Name or service not known"), "BOT-NAME"),
        ("tcp", ConnectionRefusedError(), "BOT-REFUSED-TCP"),
        ("tcp", TimeoutError(), "BOT-NO-ROUTE"),
        ("tcp", OSError("Network is unreachable"), "BOT-NO-ROUTE"),
        ("tls", OSError("EOF"), "BOT-TLS-FAILED"),
        ("tls", ssl.SSLCertVerificationError("self-signed"), "BOT-TLS-UNTRUSTED"),
    ],
)
def test_tcp_errors(step, error, code):
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "self-signed"
    finding = network.tcp_error("BOT", step, error, "bot:7860")
    assert codes([finding]) == [code]
    assert finding.detail.startswith("bot:7860")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (None, "BOT-SILENT"),
        (200, "BOT-NOT-JSON"),
        (299, "BOT-NOT-JSON"),
        (401, "BOT-KEY"),
        (403, "BOT-KEY"),
        (404, "BOT-NOT-FOUND"),
        (418, "BOT-REFUSED"),
        (500, "BOT-SERVER-ERROR"),
    ],
)
def test_what_a_bots_server_answers(status, code):
    assert codes([network.refusal(status, "text")]) == [code]


@pytest.mark.parametrize(("status", "code"), [(200, "BOT-NO-SESSION"), (404, "BOT-NOT-FOUND"), (None, "BOT-NO-MEDIA")])
def test_an_offer_that_is_refused(status, code):
    error = TransportStartError("no")
    error.status = status
    assert codes([network.unreached("connect", error, 15.0)]) == [code]


def test_a_broker_that_delivers_under_another_topic_is_found_by_it():
    result = BrokerProbeResult(connack=True, round_trip_ms=1.0, delivered_as="call/box/kitchen/doctor")
    [found] = network.broker(result, "call.box/kitchen/doctor", 5.0)
    assert (found.code.name, "leave dots out of mqtt.prefix" in found.detail) == ("MQTT-NO-READ", True)


LOUD, SOFT, SILENT = (sound.MicLevels(dbfs, dbfs, dbfs, 0, 0.0) for dbfs in (-20.0, -55.0, -96.0))


@pytest.mark.parametrize(
    ("levels", "best", "channel", "says"),
    [
        (SOFT, LOUD, 1, "channel 0: peak -55 dBFS; channel 1 has a peak of -20 dBFS"),
        (SILENT, LOUD, 1, "channel 0: every sample is 0; channel 1 has a peak of -20 dBFS"),
        (LOUD, LOUD, 1, None),
        (SOFT, LOUD, 0, None),
        (SOFT, LOUD, None, None),
        (SILENT, SILENT, 1, None),
    ],
)
def test_a_channel_that_carries_no_microphone(levels, best, channel, says):
    found = sound.wrong_channel(levels, 0, best, channel)
    assert [one.detail for one in found] == ([says] if says else [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"can_speak": False}, "ANNOUNCE-NO-SPEECH"),
        ({"wrong_voice": "there is no voice xx"}, "ANNOUNCE-NO-VOICE"),
        ({"silent": {"http://192.0.2.1": "no answer"}}, "ANNOUNCE-ORIGIN"),
    ],
)
def test_what_announcements_need(change, code):
    found = announcements.announcements(**{"can_speak": True, "wrong_voice": None, "silent": {}, **change})
    assert codes(found) == ([code] if code else [])
