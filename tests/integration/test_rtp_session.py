"""Packets straight through real aiortc connections, and what happens with an aiortc that has changed."""

import asyncio
import inspect
import itertools
import sys
import types

import aiortc
import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.lossy_udp import LossyUdp
from tests.rig.network_impairment import NetworkImpairment
from tests.rig.speaking_media import OpusSpeechMedia, PcmSpeechMedia

from callbox.rtvi import APIRequest, RTVIClient, RTVIEvent, SessionLostError, TransportState
from callbox.transports.aiortc_patches import rtp_fast_path, rtp_hooks, srtp_socket
from callbox.transports.small_webrtc import SmallWebRTCTransport, rtp_session, sdp


@pytest.fixture
async def bot():
    async with FaultyBot() as server:
        yield server


def client_of(media, bot):
    return RTVIClient(SmallWebRTCTransport, media, params=APIRequest(bot.url))


def receiver_of(client):
    return client._session.transport._peer._pc.getReceivers()[0]


async def until(condition, within_s=60):
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


async def test_packets_come_as_they_are_and_reports_go_on(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: len(media.packets) > 100 and len(media.reports) > 2)
    statistics = await receiver_of(client).getStats()
    await client.disconnect()
    numbers = [number for _, number, *_ in media.packets]
    assert {(after - before) & 0xFFFF for before, after in itertools.pairwise(numbers)} == {1}
    stamps = [stamp for _, _, stamp, *_ in media.packets]
    assert {(after - before) & 0xFFFFFFFF for before, after in itertools.pairwise(stamps)} == {960}
    assert len({ssrc for ssrc, *_ in media.packets}) == 1
    assert all(payload for *_, payload, _ in media.packets)
    arrivals = [arrived_s for *_, arrived_s in media.packets]
    assert arrivals == sorted(arrivals)
    assert media.received == b""  # nothing was decoded
    inbound = next(found for found in statistics.values() if found.type == "inbound-rtp")
    assert inbound.packetsReceived == pytest.approx(len(media.packets), abs=5)
    assert inbound.packetsLost == 0
    assert all(report.lost_fraction == 0 for report in media.reports)
    round_trip_ms = media.reports[-1].round_trip_ms
    assert round_trip_ms is not None
    assert 0 < round_trip_ms < 1000


async def test_only_a_streams_first_packets_take_the_long_way(bot, monkeypatch):
    long_way: list[int] = []
    handle = aiortc.RTCRtpReceiver._handle_rtp_packet

    async def counted(self, packet, arrival_time_ms):
        if client is not None and self is receiver_of(client):
            long_way.append(packet.sequence_number)
        await handle(self, packet, arrival_time_ms)

    monkeypatch.setattr(aiortc.RTCRtpReceiver, "_handle_rtp_packet", counted)
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: len(media.packets) > 100 and len(media.reports) > 1)
    sender = client._session.transport._peer._pc.getSenders()[0]
    statistics = (await sender.getStats()).values()
    said = media._frames
    await client.disconnect()
    assert 0 < len(long_way) < 10
    outbound = next(found for found in statistics if found.type == "outbound-rtp")
    assert outbound.packetsSent == pytest.approx(said, abs=2)
    assert outbound.bytesSent > 40 * outbound.packetsSent / 2


async def test_what_we_say_is_heard(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    heard = asyncio.Event()
    client.on(RTVIEvent.UserStartedSpeaking, lambda *_: heard.set())
    await client.connect()
    async with asyncio.timeout(60):
        await heard.wait()
    await client.disconnect()


async def test_reports_say_what_was_lost_and_copies_answer_it(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    with LossyUdp(NetworkImpairment(loss=0.3), seed=1) as radio:
        radio.fair = True
        await client.connect()
        radio.fair = False
        await until(lambda: any(report.copies >= 2 for report in media.reports))
        before = radio.sent, len(radio.first_sent_s)
        await asyncio.sleep(1)
        after = radio.sent, len(radio.first_sent_s)
        await client.disconnect()
    assert any(0.01 < report.lost_fraction < 0.3 for report in media.reports)
    assert after[0] - before[0] > 1.7 * (after[1] - before[1])  # the bot, in this process, sends none twice


async def test_no_packet_is_handed_on_after_the_end(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: media.packets)
    path = client._session.transport._peer._path
    await client.disconnect()
    count = len(media.packets)
    path._take(1, 2, 3, b"x", 4.0)
    assert len(media.packets) == count


@pytest.mark.parametrize("what", ["write_rtp", "on_network", "is_quiet", "read_opus"])
async def test_a_defect_in_the_media_ends_the_session_in_words(bot, what):
    broken: list[bool] = []

    def defect(self, *_):
        if broken:
            raise ZeroDivisionError("a defect")
        return getattr(OpusSpeechMedia, what)(self, *_)

    async def slow_defect(self):
        if broken:
            raise ZeroDivisionError("a defect")
        return await OpusSpeechMedia.read_opus(self)

    instead = {
        "is_quiet": property(lambda self: 1 // (not broken) > 1),
        "read_opus": slow_defect,
    }.get(what, defect)
    media = type("Broken", (OpusSpeechMedia,), {what: instead})()
    client = client_of(media, bot)
    await client.connect()
    broken.append(True)
    await until(lambda: client.state is TransportState.ERROR)
    assert isinstance(client.error, SessionLostError)
    assert "failed inside: ZeroDivisionError" in str(client.error)


# -- an aiortc that has changed ------------------------------------------------------------------------


def copy_of(kind, before, after):
    """`kind` from its source, changed: as a later aiortc might be."""
    module = sys.modules[kind.__module__]
    source = inspect.getsource(module)
    assert before in source
    assert module.__file__ is not None
    changed = types.ModuleType(module.__name__)
    changed.__package__ = module.__package__
    sys.modules[module.__name__] = changed  # dataclasses look for it
    try:
        exec(compile(source.replace(before, after), module.__file__, "exec"), changed.__dict__)
    finally:
        sys.modules[module.__name__] = module
    return getattr(changed, kind.__name__)


@pytest.mark.parametrize(
    ("part", "kind", "before", "after"),
    [
        ("receiver", aiortc.RTCRtpReceiver, "__jitter_buffer", "__buffer"),
        ("receiver", aiortc.RTCRtpReceiver, "_handle_rtp_packet", "_on_rtp"),
        ("sender", aiortc.RTCRtpSender, "self.transport._send_rtp", "self.transport.send_rtp"),
        (
            "sender",
            aiortc.RTCRtpSender,
            "_handle_rtcp_packet(self, packet: AnyRtcpPacket)",
            "_handle_rtcp_packet(self, a, b)",
        ),
        ("transport", aiortc.RTCDtlsTransport, "_send_rtp(self, data: bytes)", "_send_rtp(self, data, mid=None)"),
        ("transport", aiortc.RTCDtlsTransport, "_policy.allow_repeat_tx = True", "_policy.window = 1"),
        ("transport", aiortc.RTCDtlsTransport, "recipient._handle_rtcp_packet", "recipient.on_rtcp"),
    ],
)
def test_a_change_that_matters_is_noticed(part, kind, before, after):
    assert rtp_hooks.hindrance() is None
    assert rtp_hooks.hindrance(**{part: copy_of(kind, "self", "self")}) is None
    said = rtp_hooks.hindrance(**{part: copy_of(kind, before, after)})
    assert said is not None
    assert kind.__name__ in said


@pytest.mark.parametrize("name", ["packet_count", "octet_count", "rtp_timestamp", "ntp_timestamp"])
def test_a_counter_that_has_gone_is_noticed(name):
    assert rtp_fast_path.hindrance() is None
    sender = copy_of(aiortc.RTCRtpSender, f"__{name}", f"__{name}_of_all")
    assert "RTCRtpSender._run_rtp" in (rtp_fast_path.hindrance(sender=sender) or "")


@pytest.mark.parametrize("name", ["_tx_srtp", "__tx_packets", "__tx_bytes"])
def test_a_wire_that_is_laid_otherwise_is_noticed(name):
    assert srtp_socket.hindrance() is None
    transport = copy_of(aiortc.RTCDtlsTransport, name, f"{name}_of_all")
    assert "RTCDtlsTransport._send_rtp" in (srtp_socket.hindrance(transport=transport) or "")


@pytest.fixture
def changed_aiortc(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(rtp_hooks, "hindrance", lambda: "RTCRtpReceiver.x does not use y")
        rtp_session.is_possible.cache_clear()
        yield
    rtp_session.is_possible.cache_clear()
    assert rtp_session.is_possible()  # asked here: a rig may replace aioice's methods before the next call


async def test_then_frames_are_used_and_said_so_once(bot, changed_aiortc, caplog):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    for _ in range(2):
        await client.connect()
        await until(lambda: len(media.received) > 10_000)
        await client.disconnect()
        media.received.clear()
    assert (media.packets, media.reports) == ([], [])
    assert [record.message for record in caplog.records if "slow way" in record.message] == [
        "Sound takes the slow way, because aiortc has changed: RTCRtpReceiver.x does not use y"
    ]


async def test_media_of_frames_takes_frames(bot):
    media = PcmSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: len(media.received) > 10_000)
    await client.disconnect()


# -- SDP -------------------------------------------------------------------------------------------------


async def test_media_of_packets_offers_nothing_but_opus(bot):
    offers = {}
    for media in (OpusSpeechMedia(), PcmSpeechMedia()):
        client = client_of(media, bot)
        await client.connect()
        peer = client._session.transport._peer
        offers[type(media)] = peer._pc.localDescription.sdp
        await client.disconnect()
    assert offers[OpusSpeechMedia].count("a=rtpmap:") == 1
    assert "PCMU" in offers[PcmSpeechMedia]


async def test_the_offer_asks_for_forward_error_correction_in_mono():
    pc = aiortc.RTCPeerConnection()
    pc.addTransceiver("audio")
    offer = await pc.createOffer()
    asked = sdp.with_opus_wishes(offer.sdp)
    assert asked.count("a=fmtp:96 useinbandfec=1;stereo=0;sprop-stereo=0\r\n") == 1
    assert "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 " in asked
    assert sdp.with_opus_wishes(asked) == asked
    assert len(asked.splitlines()) == len(offer.sdp.splitlines()) + 1
    await pc.close()
