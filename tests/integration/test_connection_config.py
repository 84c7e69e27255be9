"""From a settings file to a session."""

import re
import ssl
import sys

import pytest
from tests.rig.real_calls import RecordingClient
from tests.rig.tls import make_certificate
from tests.unit.rtvi.test_http_client import reply, server

from callbox.app.compose import connection as room
from callbox.app.compose import connection_configs
from callbox.config import SettingsError, load
from callbox.rtvi import APIRequest
from callbox.rtvi.http_client import post_json
from callbox.transports.http_preconnect import HttpPreconnect
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC


def dialled(tmp_path, bot):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {bot}\n")
    return connection_configs(load(file))["bot"]


@pytest.mark.parametrize("transport", ["webrtc", "websocket"])
async def test_a_file_that_names_a_transport_reaches_the_bot_by_it(pipecat, tmp_path, transport):
    way = dialled(tmp_path, f"{{start_url: '{pipecat.start_url}', transport: {transport}}}")
    caller = RecordingClient(way.params, transport=way.transport)
    bot = await caller.client.connect()
    assert bot.version >= (2, 0, 0)
    await caller.client.disconnect()


@pytest.mark.parametrize(
    ("bot", "expected"),
    [
        ("{start_url: http://b/start}", {"transport": "webrtc"}),
        ("{start_url: http://b/start, request_data: {body: {a: 1}}}", {"transport": "webrtc", "body": {"a": 1}}),
        ("{start_url: http://b/start, request_data: {transport: mine}}", {"transport": "mine"}),
        ("{start_url: http://b/start, transport: websocket}", {"transport": "websocket"}),
    ],
)
def test_what_the_start_request_says(tmp_path, bot, expected):
    assert dialled(tmp_path, bot).params == APIRequest("http://b/start", {}, expected, answer_s=10.0)


def test_an_offer_goes_without_a_start_request(tmp_path):
    way = dialled(tmp_path, "{offer_url: http://b/api/offer, request_data: {a: 1}}")
    assert way.params == {"webrtc_request_params": APIRequest("http://b/api/offer", {}, {"a": 1}, answer_s=15.0)}


def test_only_what_is_used_is_imported(tmp_path):
    before = set(sys.modules)
    dialled(tmp_path, "{start_url: http://b/start}")
    assert "daily" not in set(sys.modules) - before


@pytest.mark.parametrize(
    ("transport", "hidden", "needs"), [("websocket", "google.protobuf", "websocket"), ("daily", "daily", "daily")]
)
def test_a_missing_library_is_an_error_with_its_place(tmp_path, monkeypatch, transport, hidden, needs):
    real = room._has
    monkeypatch.setattr(room, "_has", lambda library: library != hidden and real(library))
    with pytest.raises(SettingsError, match=r"callbox.yaml:1:\d+: bot.transport: .*which is not installed: \S+"):
        dialled(tmp_path, f"{{start_url: http://b/start, transport: {transport}}}")
    assert not room._has("no_such_library.at_all")


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_ca_file_that_can_not_be_used_is_an_error_with_its_place(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=rf"bot.tls.ca_file: {re.escape(str(file))}: [\w ()]+"):
        dialled(tmp_path, f"{{start_url: https://b/start, tls: {{ca_file: {file}}}}}")


async def test_a_bot_with_a_private_authority_is_reached_by_its_ca_file(tmp_path):
    certificate, key = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    way = dialled(tmp_path, f"{{start_url: https://b/start, tls: {{ca_file: {certificate}}}}}")
    async with server(reply("200 OK", b"{}"), tls=tls) as url:
        assert await post_json(url, {}, {}, way.keep_alive) == {}
        await way.keep_alive.close()


def test_an_offer_url_is_for_webrtc(tmp_path):
    with pytest.raises(SettingsError, match=r"bot.offer_url: is for webrtc only; bot.transport daily needs start_url"):
        dialled(tmp_path, "{offer_url: http://b/api/offer, transport: daily}")


@pytest.mark.parametrize(
    ("bot", "prepared", "hot"),
    [
        ("{start_url: http://b/start}", PrewarmedSmallWebRTC, False),
        ("{offer_url: http://b/api/offer, standby: armed}", PrewarmedSmallWebRTC, False),
        ("{start_url: http://b/start, standby: cold}", type(None), False),
        ("{start_url: http://b/start, standby: hot}", PrewarmedSmallWebRTC, True),
        ("{start_url: http://b/start, transport: websocket}", HttpPreconnect, False),
        ("{start_url: http://b/start, transport: websocket, standby: cold}", type(None), False),
    ],
)
def test_how_the_box_waits(tmp_path, bot, prepared, hot):
    way = dialled(tmp_path, bot)
    assert type(way.preparation) is prepared
    assert way.hot is hot
    if prepared is PrewarmedSmallWebRTC:
        assert way.preparation is way.transport
        assert way.preparation.keep_alive is way.keep_alive


def test_hot_is_for_webrtc(tmp_path):
    with pytest.raises(SettingsError) as caught:
        dialled(tmp_path, "{start_url: http://b/start, transport: websocket, standby: hot}")
    assert "1:65: bot.standby: hot is for transport webrtc only, and bot.transport is websocket" in str(caught.value)
