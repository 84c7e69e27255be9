"""RTP packets past aiortc over real connections, and the SDP of an offer."""

import asyncio
import itertools

import aiortc
import pytest
from tests.rig.lossy_udp import LossyUdp
from tests.rig.speaking_media import OpusSpeechMedia, PcmSpeechMedia

from callbox.probe.model.network_impairment import NetworkImpairment
from callbox.rtvi import APIRequest, RTVIClient, RTVIEvent, SessionLostError, TransportState
from callbox.transports.small_webrtc import SmallWebRTCTransport, sdp


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
    await until(lambda: any(report.round_trip_ms for report in media.reports))
    least = len(media.packets)
    statistics = await receiver_of(client).getStats()
    most = len(media.packets)
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
    assert least - 5 <= inbound.packetsReceived <= most + 5
    assert inbound.packetsLost == 0
    assert all(report.lost_fraction == 0 for report in media.reports)
    round_trips_ms = [report.round_trip_ms for report in media.reports if report.round_trip_ms is not None]
    assert round_trips_ms
    assert all(0 < round_trip_ms < 30_000 for round_trip_ms in round_trips_ms)  # a busy machine's


async def test_only_a_streams_first_packets_go_through_aiortc(bot, monkeypatch):
    slow_path: list[int] = []
    handle = aiortc.RTCRtpReceiver._handle_rtp_packet

    async def counted(self, packet, arrival_time_ms):
        if client is not None and self is receiver_of(client):
            slow_path.append(packet.sequence_number)
        await handle(self, packet, arrival_time_ms)

    monkeypatch.setattr(aiortc.RTCRtpReceiver, "_handle_rtp_packet", counted)
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: len(media.packets) > 100 and len(media.reports) > 1)
    sender = client._session.transport._peer._pc.getSenders()[0]
    least = media._frames
    statistics = (await sender.getStats()).values()
    most = media._frames
    await client.disconnect()
    assert 0 < len(slow_path) < 10
    outbound = next(found for found in statistics if found.type == "outbound-rtp")
    assert least - 2 <= outbound.packetsSent <= most + 2
    assert outbound.bytesSent > 40 * outbound.packetsSent / 2


async def test_the_bot_receives_our_sound(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    received = asyncio.Event()
    client.on(RTVIEvent.UserStartedSpeaking, lambda *_: received.set())
    await client.connect()
    async with asyncio.timeout(60):
        await received.wait()
    await client.disconnect()


async def test_reports_say_what_was_lost_and_copies_answer_it(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    with LossyUdp(NetworkImpairment(loss=0.3), seed=1) as radio:
        radio.fair = True
        await client.connect()
        radio.fair = False
        await until(lambda: any(report.copies >= 2 for report in media.reports))
        begin = [radio.sent, len(radio.first_sent_s)]

        def sent_twice():
            """Of 50 packets in turn, most. A busy machine sends some too late to be sent again."""
            sent, first = radio.sent - begin[0], len(radio.first_sent_s) - begin[1]
            if first >= 50:
                begin[:] = radio.sent, len(radio.first_sent_s)
            return first >= 50 and sent > 1.7 * first

        await until(sent_twice)  # the bot, in this process, sends none twice
        await until(lambda: any(0.01 < report.lost_fraction < 0.3 for report in media.reports))
        await client.disconnect()


async def test_no_packet_is_handed_on_after_the_end(bot):
    media = OpusSpeechMedia()
    client = client_of(media, bot)
    await client.connect()
    await until(lambda: media.packets)
    path = client._session.transport._peer._rtp
    await client.disconnect()
    count = len(media.packets)
    path._on_rtp(1, 2, 3, b"x", 4.0)
    assert len(media.packets) == count


@pytest.mark.parametrize("what", ["write_rtp", "on_network", "is_quiet", "read_opus"])
async def test_a_defect_in_the_media_ends_the_session_with_an_error(bot, what):
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
    requested = sdp.add_opus_fmtp(offer.sdp)
    assert requested.count("a=fmtp:96 useinbandfec=1;stereo=0;sprop-stereo=0\r\n") == 1
    assert "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 " in requested
    assert sdp.add_opus_fmtp(requested) == requested
    assert len(requested.splitlines()) == len(offer.sdp.splitlines()) + 1
    await pc.close()
