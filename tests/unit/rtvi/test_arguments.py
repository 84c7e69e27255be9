"""Arguments of a wrong type: a sentence where they are given, with what is expected; and those that are taken."""

from typing import Any

import pytest
from tests.rig.fake_session import FakeSession, Media, Transport

from callbox.audio.alsa_media import alsa_media
from callbox.rtvi import (
    APIRequest,
    Deadlines,
    File,
    Message,
    ReconnectionPolicy,
    RTVIClient,
    RTVIError,
    pipecat_cloud,
    seed_request,
)
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol.ice_servers import as_servers
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

URL = "http://bot/start"
NUMBER: Any = 5


async def perform(call, client):
    """The call, plain or async."""
    if (made := call(client)) is not None:
        await made


def client(*arguments: Any, **options: Any) -> Any:
    return lambda: RTVIClient(*arguments, **options)


def request(*arguments: Any) -> Any:
    return lambda: APIRequest(*arguments)


def function(call: Any, *arguments: Any, **options: Any) -> Any:
    return lambda: call(*arguments, **options)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (client("webrtc"), "RTVIClient() takes a transport's class, such as SmallWebRTCTransport, not a str."),
        (client(Transport, "default"), "RTVIClient() takes media such as alsa_media(), or None, not a str."),
        (client(Transport, alsa_media), "RTVIClient() takes media such as alsa_media(), or None, not a function."),
        (client(Transport, callbacks=[print]), "callbacks takes a mapping: {'on_bot_ready': …}, not a list."),
        (client(Transport, callbacks={7: print}), "There is no callback 7."),
        (client(Transport, params=URL), "params takes an APIRequest, or a mapping such as an auth bundle, not a str."),
        (client(Transport, deadlines=5), "deadlines takes Deadlines(start_s=…), not an int."),
        (client(Transport, reconnection=False), "reconnection takes a ReconnectionPolicy; NO_RECONNECTION is none, not a bool."),
        (client(Transport, keep_alive="ca.pem"), "keep_alive takes an HttpPool, such as HttpPool(ca_file), not a str."),
        (client(Transport, connect_handler="x"), "The handler of the start request must be a function, not a str."),
        (request(None), "endpoint of an APIRequest takes a URL, not None."),
        (request(b"http://bot"), "endpoint of an APIRequest takes a URL, not a bytes."),
        (request(URL, None), "headers of an APIRequest takes a mapping, not None."),
        (request(URL, [("a", "b")]), "headers of an APIRequest takes a mapping, not a list."),
        (request(URL, {}, "{}"), "request_data of an APIRequest takes a mapping, or None, not a str."),
        (request(URL, {}, {}, URL), "fallback_endpoints of an APIRequest takes a tuple of URLs, not a str."),
        (request(URL, {}, {}, (URL, None)), "fallback_endpoints of an APIRequest takes URLs, not None."),
        (request(URL, {}, {}, (), "5"), "answer_s of an APIRequest takes seconds, not a str."),
        (function(pipecat_cloud, "agent", None), "pipecat_cloud() takes a public key, not None."),
        (function(pipecat_cloud, None, "pk"), "pipecat_cloud() takes an agent's name, not None."),
        (function(pipecat_cloud, "agent", "pk", transport=5), "transport of pipecat_cloud() takes text, not an int."),
        (function(pipecat_cloud, "agent", "pk", body="x"), "body of pipecat_cloud() takes a mapping, not a str."),
        (function(seed_request, None), "seed_request() takes a base URL, not None."),
        (function(seed_request, URL, request_data="x"), "request_data of seed_request() takes a mapping, not a str."),
        (function(seed_request, URL, services=["x"]), "services of seed_request() takes a mapping, not a list."),
        (function(seed_request, URL, config={"x": 1}), "config of seed_request() takes a list of mappings, not a str."),
        (function(Deadlines, start_s="10"), "start_s of Deadlines takes seconds, not a str."),
        (function(Deadlines, close_s=None), "close_s of Deadlines takes seconds, not None."),
        (function(ReconnectionPolicy, give_up_s="26"), "give_up_s of a ReconnectionPolicy takes seconds, not a str."),
        (function(ReconnectionPolicy, enabled="no"), "enabled of a ReconnectionPolicy takes True or False, not a str."),
        (function(File, None, b"x"), "format of a File takes a MIME type, not None."),
        (function(File, "text/plain", url=5), "url of a File takes a URL, not an int."),
        (function(File, "text/plain", b"x", name=5), "name of a File takes text, not an int."),
        (function(File, "text/plain", "words"), "content of a File takes bytes, not a str."),
        (function(HttpPool, 7), "HttpPool() takes the path of a ca_file, or None, not an int."),
        (function(as_servers, "stun:host"), "ice_servers takes a list: ['stun:HOST:PORT'] or [{'urls': …, 'username': …, 'credential': …}], not a str."),
        (function(as_servers, {"urls": "stun:host"}), "'credential': …}], not a dict."),
        (function(as_servers, ["stun:host", None]), "'credential': …}], not None."),
        (function(alsa_media, 0), "alsa_media() takes PCMs by their ALSA names, such as 'plughw:CARD=Headset', not an int."),
        (function(alsa_media, "default", None), "alsa_media() takes PCMs by their ALSA names, such as 'plughw:CARD=Headset', not None."),
        (function(alsa_media, echo=True), "echo takes one of auto, cancel, half_duplex, off, not True."),
    ],
)  # fmt: skip
async def test_what_is_of_another_type_is_refused_where_it_is_given(make, words):
    with pytest.raises(RTVIError) as caught:
        make()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.send({"type": "x"}), "send() takes a Message(type, data), not a dict."),
        (lambda client: client.send("x"), "send() takes a Message(type, data), not a str."),
        (lambda client: client.request(Message("x")), "request() takes a message's type as text, not a Message."),
        (lambda client: client.send(Message(NUMBER)), "send() takes a Message whose type is text, not an int."),
        (lambda client: client.send(Message("x", id=NUMBER)), "send() takes a Message whose id is text, or None, not an int."),
        (lambda client: client.request("x", timeout_s="10"), "timeout_s takes seconds, or None, not a str."),
        (lambda client: client.send_client_request("x", timeout_s="10"), "timeout_s takes seconds, or None, not a str."),
        (lambda client: client.send_client_request(None), "send_client_request() takes a message's type as text, not None."),
        (lambda client: client.send_client_message({"t": "x"}), "send_client_message() takes a message's type as text, not a dict."),
        (lambda client: client.enable_mic("no"), "enable_mic() takes True or False, not a str."),
        (lambda client: client.send_text(5), "send_text() takes text, not an int."),
        (lambda client: client.send_text("x", audio_response="no"), "audio_response of send_text() takes True or False, not a str."),
        (lambda client: client.send_ui_event(None), "send_ui_event() takes an event's name as text, not None."),
        (lambda client: client.cancel_ui_job_group(7), "cancel_ui_job_group() takes a job_id, a text, not an int."),
        (lambda client: client.cancel_ui_job_group("x", 7), "reason of cancel_ui_job_group() takes text, not an int."),
        (lambda client: client.register_function_call_handler(print, print), "A function is registered by its name, a text, not a builtin"),
        (lambda client: client.send_file(b"x", File("a/b", b"x")), "send_file() takes words first, as text, not a bytes."),
        (lambda client: client.send_file("x", b"x"), "send_file() takes a File(format, content), or a File(format, url=…), not a bytes."),
        (lambda client: client.send_dtmf(12), "12 is not a sequence of telephone keys"),
        (lambda client: client.update_mic(None), "A microphone or loudspeaker is chosen by its device_id, a text, not None."),
        (lambda client: client.update_speaker(client.selected_speaker), "by its device_id, a text, not a MediaDeviceInfo."),
    ],
)  # fmt: skip
async def test_a_call_with_another_type_is_refused_in_words_and_changes_nothing(call, words):
    stage = FakeSession()
    await stage.until_ready()
    with pytest.raises(RTVIError) as caught:
        await perform(call, stage.client)
    assert words in str(caught.value)
    assert [message.type for message in stage.transport.sent] == ["client-ready"]
    await stage.client.disconnect()


def test_another_connection_is_checked_as_that_of_the_constructor():
    client: Any = RTVIClient(Transport)
    for transport, params, deadlines in (("x", {}, Deadlines()), (Transport, "x", Deadlines()), (Transport, {}, 5)):
        with pytest.raises(RTVIError, match="takes"):
            client.use_connection(transport, params, deadlines)


async def test_media_without_a_method_names_none_of_its_own_errors_later():
    class Mute:
        is_open = False

    anything: Any = Mute()
    with pytest.raises(RTVIError, match="not a Mute"):
        RTVIClient(Transport, anything)
    RTVIClient(Transport, Media())


async def test_a_transport_that_is_made_already_is_refused():
    stage = FakeSession()
    anything: Any = SmallWebRTCTransport(None, stage.client._session)
    with pytest.raises(RTVIError, match=r"takes a transport's class, such as SmallWebRTCTransport, not a SmallWebRTC"):
        RTVIClient(anything)


def test_a_url_alone_is_an_ice_server():
    turn = {"urls": ["turn:b"], "username": "u", "credential": "c"}
    assert as_servers(["stun:a", turn]) == ({"urls": "stun:a"}, turn)
    assert as_servers(None) == ()


async def test_transports_take_urls_as_ice_servers():
    made = PrewarmedSmallWebRTC(HttpPool(), URL, ["stun:127.0.0.1:9"])(None, FakeSession().client._session)
    assert made._ice_servers == ({"urls": "stun:127.0.0.1:9"},)


async def test_parameters_of_connect_with_keys_of_any_type_are_no_defect():
    anything: Any = {7: "http://bot/"}
    with pytest.raises(RTVIError, match="name no webrtc_url"):
        await RTVIClient(SmallWebRTCTransport, params=anything).connect()
