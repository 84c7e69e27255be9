"""Answers and ICE servers of a bot that are broken in one part, between real aiortc peers."""

import asyncio
import re
import threading

import pytest
from tests.rig.real_calls import calling
from tests.rig.speaking_media import OpusSpeechMedia

from callbox.rtvi import APIRequest, RTVIClient, RTVIError, RTVIEvent, TransportStartError, TransportState
from callbox.transports.small_webrtc import SmallWebRTCTransport


@pytest.fixture
async def call(bot):
    async with calling() as make:
        yield lambda: make(APIRequest(bot.url))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda sdp: sdp.replace("a=sendrecv", "a=sendonly"),
            "it speaks, but does not listen, so it can't be spoken to.",
        ),
        (lambda sdp: sdp.replace("a=sendrecv", "a=inactive"), "it takes no audio now, so it can't be spoken to."),
        (lambda sdp: sdp.replace("m=audio ", "m=audio x"), "answered with an SDP that can't be used: line "),
        (lambda sdp: sdp.replace("a=max-message-size:", "a=max-message-size:x"), "'a=max-message-size:x"),
        (lambda sdp: sdp.replace("a=setup:active", ""), "a=setup is missing."),
        (
            lambda sdp: sdp.replace("opus/48000", "speex/16000"),
            "answered with an SDP that can't be used: Failed to set",
        ),
        (lambda sdp: sdp.replace("a=mid:0", "a=mid:7"), "answered with an SDP that can't be used: "),
        (lambda sdp: "", "answered without audio: it can't be spoken to."),
    ],
)
async def test_an_answer_that_can_not_be_used_is_the_bots_fault(bot, call, change, sentence):
    bot.change_answer = change
    caller = call()
    with pytest.raises(TransportStartError) as error:
        await caller.client.connect()
    assert str(error.value).startswith(f"The bot at {bot.url.removesuffix('/start')}")
    assert sentence in str(error.value)
    bot.change_answer = None
    await caller.client.connect()  # the next press works
    await caller.client.disconnect()


async def test_an_address_of_start_requests_in_place_of_one_of_offers_is_refused_in_words(bot):
    client = RTVIClient(SmallWebRTCTransport, params={"webrtc_url": bot.url})
    with pytest.raises(TransportStartError, match=r"/start takes start requests, no offers: give it as APIRequest"):
        await client.connect()
    await client.disconnect()


@pytest.mark.parametrize("line", ["", "a=recvonly\r\n"])
async def test_a_bot_whose_answer_has_no_direction_or_is_recvonly_receives_us(bot, line):
    bot.change_answer = lambda sdp: sdp.replace("a=sendrecv\r\n", line)
    media = OpusSpeechMedia()
    client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest(bot.url))
    speech = asyncio.Event()
    client.on(RTVIEvent.UserStartedSpeaking, lambda *_: speech.set())
    await client.connect()
    async with asyncio.timeout(60):
        await speech.wait()
    await client.disconnect()


@pytest.mark.parametrize(
    "servers",
    [
        [{"urls": "stun:host?transport=udp"}],
        [{"urls": ["turn:[::1]:9", "host", 7]}],
        [{"urls": "turn:127.0.0.1:9", "username": 7, "credential": {"a": 1}}],
        [{"urls": {"a": 1}}, {"urls": [["stun:x"]]}],
    ],
)
async def test_ice_servers_that_can_not_be_used_are_skipped(bot, call, servers, caplog):
    bot.ice_servers = servers
    caller = call()
    await caller.client.connect()
    await caller.client.disconnect()
    assert caller.states[-3:] == ["ready", "disconnecting", "disconnected"]
    assert [record for record in caplog.records if "server is not used" in record.message] or "[::1]" in str(servers)


async def test_the_remote_track_is_reported_once_as_started_and_once_as_stopped(bot, call):
    caller = call()
    tracks = []
    caller.client.on(RTVIEvent.TrackStarted, lambda _, owner: tracks.append(("started", owner.local)))
    caller.client.on(RTVIEvent.TrackStopped, lambda _, owner: tracks.append(("stopped", owner.local)))
    await caller.client.connect()
    async with asyncio.timeout(60):
        while ("started", False) not in tracks:
            await asyncio.sleep(0.02)
    transport, peer = caller.client._session.transport, caller.client._session.transport._peer

    def on_state(state):
        for started in (True, False):
            transport.on_audio(peer, started=started)  # packets that are still under way, and the end of the track

    caller.client.on(RTVIEvent.TransportStateChanged, on_state)
    await bot.calls[0].end()
    await caller.until_state(TransportState.DISCONNECTED)
    remote = [what for what, local in tracks if not local]
    assert remote == ["started", "stopped"]


@pytest.fixture
def mdns(monkeypatch):
    """aioice keeps the mDNS socket of a thread, with a lock of the event loop that used it first: each test has a loop."""
    monkeypatch.setattr("aioice.ice._mdns", threading.local())


async def test_mdns_names_without_an_answer_hold_nothing_up(bot, call, mdns, monkeypatch):
    queries = []

    async def resolve(self, hostname, timeout=1.0):
        queries.append(hostname)
        await asyncio.Event().wait()

    monkeypatch.setattr("aioice.mdns.MDnsProtocol.resolve", resolve)
    names = [f"{number}ef1b2c3-0000-4000-8000-000000000000.local" for number in range(4)]
    lines = "".join(f"a=candidate:{name[0]} 1 udp 2130706431 {name} 9 typ host\r\n" for name in names)
    bot.change_answer = lambda sdp: sdp.replace("a=end-of-candidates", f"{lines}a=end-of-candidates")
    caller = call()
    await caller.client.connect()
    assert sorted(queries) == names
    await caller.client.disconnect()


async def test_an_mdns_name_that_is_answered_is_connected_to(bot, call, mdns, monkeypatch):
    """The only candidate, known after the end of candidates."""

    async def resolve(self, hostname, timeout=1.0):
        await asyncio.sleep(0.3)
        return addresses[hostname]

    monkeypatch.setattr("aioice.mdns.MDnsProtocol.resolve", resolve)
    addresses: dict[str, str] = {}

    def hide(sdp):
        def name(match):
            hostname = f"{len(addresses)}ef1b2c3-0000-4000-8000-000000000000.local"
            addresses[hostname] = match[2]
            return f"{match[1]}{hostname}{match[3]}"

        return re.sub(r"(a=candidate:\S+ 1 udp \d+ )(\S+)( )", name, sdp)

    bot.change_answer = hide
    caller = call()
    await caller.client.connect()
    assert addresses
    await caller.client.disconnect()


async def test_without_multicast_mdns_names_are_left_out(bot, call, mdns, monkeypatch):
    async def create_mdns_protocol():
        raise OSError(98, "Address already in use")

    monkeypatch.setattr("aioice.mdns.create_mdns_protocol", create_mdns_protocol)
    line = "a=candidate:0 1 udp 2130706431 0ef1b2c3-0000-4000-8000-000000000000.local 9 typ host\r\n"
    bot.change_answer = lambda sdp: sdp.replace("a=end-of-candidates", f"{line}a=end-of-candidates")
    caller = call()
    await caller.client.connect()
    await caller.client.disconnect()


async def test_a_certificate_of_another_is_named(bot, call):
    fingerprint = ":".join(["AA"] * 32)
    bot.change_answer = lambda sdp: re.sub(r"(?<=a=fingerprint:sha-256 )\S+", fingerprint, sdp)
    with pytest.raises(RTVIError) as error:
        await call().client.connect()
    assert str(error.value) == (
        "The bot was reached, but DTLS failed: it hung up, or its certificate does not match its answer."
    )
