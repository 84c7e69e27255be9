"""Direct sending in a call: the microphone's thread sends by itself, and a real bot receives it."""

import asyncio
import threading

from tests.rig.faulty_bot import FaultyBot

from callbox.audio.media import BoardMedia
from callbox.rtvi import APIRequest, RTVIClient, RTVIEvent
from callbox.rtvi.media import DirectSendMedia
from callbox.transports.aiortc_patches import srtp_socket
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.model import pcm
from callbox_device.simulated.sound import SimulatedMicrophone, SimulatedSpeaker


def peer_of(client):
    return client._session.transport._peer


async def test_the_microphones_thread_sends_to_a_real_bot_which_receives_it(monkeypatch):
    senders = []
    send = srtp_socket.SrtpSocket.send

    def noted(self, packet):
        senders.append(threading.current_thread().name)
        send(self, packet)

    monkeypatch.setattr(srtp_socket.SrtpSocket, "send", noted)
    loud = (b"\x00\x30" * 24 + b"\x00\xd0" * 24) * (2 * pcm.RATE_HZ // 48)
    media = BoardMedia(SimulatedMicrophone(loud), SimulatedSpeaker())
    assert isinstance(media, DirectSendMedia)
    speech_received = asyncio.Event()
    async with FaultyBot() as bot:
        client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest(bot.url))
        client.on(RTVIEvent.UserStartedSpeaking, lambda *_: speech_received.set())
        await client.connect()
        async with asyncio.timeout(60):
            await speech_received.wait()
            while set(senders[-50:]) != {"microphone"} or len(senders) < 100:  # what waited leaves by the loop
                await asyncio.sleep(0.02)
        peer = peer_of(client)
        statistics = (await peer._pc.getSenders()[0].getStats()).values()
        counted = next(found for found in statistics if found.type == "outbound-rtp").packetsSent
        descriptor = peer._rtp._srtp._socket
        await client.disconnect()
    assert counted > 40
    assert descriptor.fileno() == -1  # closed
    after = len(senders)
    await asyncio.sleep(0.1)
    assert len(senders) == after
