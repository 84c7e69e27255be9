"""Arguments of a wrong type: a sentence where they are given, with what is expected; and those that are taken."""

from typing import Any

import pytest
from tests.rig.fake_session import FakeSession, Media, Transport

from callbox.audio.alsa_media import alsa_media
from callbox.rtvi import APIRequest, Deadlines, File, Message, RTVIClient, RTVIError, pipecat_cloud, seed_request
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol.ice_servers import as_servers
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

URL = "http://bot/start"


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
        (request(URL, {}, {}, (), "5"), "answer_s of an APIRequest takes seconds, not a str."),
        (function(pipecat_cloud, "agent", None), "pipecat_cloud() takes a public key, not None."),
        (function(pipecat_cloud, None, "pk"), "pipecat_cloud() takes an agent's name, not None."),
        (function(seed_request, None), "seed_request() takes a base URL, not None."),
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
    for transport, deadlines in (("x", Deadlines()), (Transport, 5)):
        with pytest.raises(RTVIError, match="takes"):
            client.use_connection(transport, {}, deadlines)


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
