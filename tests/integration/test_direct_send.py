"""The straight way: what the microphone's thread sends by itself, and when it must not."""

import asyncio
import threading

from tests.rig.faulty_bot import MoodyBot
from tests.unit.audio.test_mic_gate import SPOKEN, make, period

from callbox.audio.media import BoardMedia
from callbox.rtvi import APIRequest, RTVIClient, RTVIEvent
from callbox.rtvi.media import StraightMedia
from callbox.transports.aiortc_patches import srtp_socket
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import PartFailed
from callbox_device.model import pcm
from callbox_device.simulated.sound import SimulatedMicrophone, SimulatedSpeaker


def peer_of(client):
    return client._connection.transport._peer


async def reading(gate, left):
    while True:
        left.append(await gate.read())


async def soon():
    for _ in range(5):
        await asyncio.sleep(0)


class Straight:
    """A gate that is read, with a straight way."""

    async def __aenter__(self):
        self.microphone, self.gate, self.faults = make()
        await self.gate.open()
        self.read: list[bytes] = []
        self.straight: list[bytes] = []
        self.task = asyncio.create_task(reading(self.gate, self.read))
        await soon()
        self.end = self.gate.straight(self.straight.append)
        await soon()
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await self.gate.close()


async def test_what_is_captured_while_somebody_waits_leaves_without_the_loop():
    async with Straight() as it:
        it.microphone.hear(period(1))
        it.microphone.hear(period(2))  # the loop hasn't turned
        assert it.straight == [period(1), period(2)]
        await soon()
        assert it.read == []


async def test_what_came_before_leaves_before_and_nothing_is_lost_or_said_twice():
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(period(1))
    straight: list[bytes] = []
    read: list[bytes] = []
    gate.straight(straight.append)
    microphone.hear(period(2))  # nobody reads
    assert straight == []
    task = asyncio.create_task(reading(gate, read))
    await soon()
    microphone.hear(period(3))
    assert (read, straight) == ([period(1), period(2)], [period(3)])
    task.cancel()
    await gate.close()


async def test_muted_silence_leaves_by_it_too():
    async with Straight() as it:
        it.gate.enabled = False
        it.microphone.hear(SPOKEN)
        assert it.straight == [pcm.SILENT_PERIOD]


async def test_held_nothing_leaves_by_it_and_after_the_release_it_goes_on():
    async with Straight() as it:
        it.gate.hold()
        it.microphone.hear(pcm.SILENT_PERIOD)
        it.microphone.hear(SPOKEN)
        assert it.straight == []
        assert it.gate.release()
        await asyncio.sleep(0.2)  # what was held is caught up with
        it.microphone.hear(period(7))
        await soon()
        assert SPOKEN in it.read
        assert it.straight == [period(7)]


async def test_once_ended_the_loop_reads_again():
    async with Straight() as it:
        it.end()
        it.microphone.hear(period(1))
        await soon()
        assert (it.straight, it.read) == ([], [period(1)])


async def test_with_nobody_who_reads_nothing_leaves():
    async with Straight() as it:
        it.task.cancel()
        await soon()
        it.microphone.hear(period(1))
        await soon()
        assert (it.straight, it.read) == ([], [])


async def test_an_end_that_comes_late_does_not_end_another():
    async with Straight() as it:
        other: list[bytes] = []
        it.gate.straight(other.append)
        await soon()
        it.end()
        it.microphone.hear(period(1))
        assert (it.straight, other) == ([], [period(1)])


async def test_its_end_waits_until_the_thread_is_done():
    async with Straight() as it:
        inside, go_on, done = threading.Event(), threading.Event(), []

        def slow(_):
            inside.set()
            go_on.wait(5)
            done.append(True)

        end = it.gate.straight(slow)
        await soon()
        thread = threading.Thread(target=it.microphone.hear, args=(period(1),))
        thread.start()
        assert inside.wait(5)
        threading.Timer(0.1, go_on.set).start()
        end()
        assert done
        thread.join()


async def test_a_microphone_that_breaks_is_told_and_followed_by_silence():
    async with Straight() as it:
        it.microphone.hear(period(1))
        it.microphone.failed(PartFailed("pulled out"))
        await asyncio.sleep(0.1)
        assert it.straight == [period(1)]
        assert [str(fault) for fault in it.faults] == ["pulled out"]
        assert not it.gate.is_live
        assert pcm.SILENT_PERIOD in it.read


async def test_the_microphones_thread_sends_to_a_real_bot_which_hears_it(monkeypatch):
    senders = []
    send = srtp_socket.Wire.send

    def noted(self, packet):
        senders.append(threading.current_thread().name)
        send(self, packet)

    monkeypatch.setattr(srtp_socket.Wire, "send", noted)
    loud = (b"\x00\x30" * 24 + b"\x00\xd0" * 24) * (2 * pcm.RATE_HZ // 48)
    media = BoardMedia(SimulatedMicrophone(loud), SimulatedSpeaker())
    assert isinstance(media, StraightMedia)
    heard = asyncio.Event()
    async with MoodyBot() as bot:
        client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest(bot.url))
        client.on(RTVIEvent.UserStartedSpeaking, lambda *_: heard.set())
        await client.connect()
        async with asyncio.timeout(60):
            await heard.wait()
            while len(senders) < 100:
                await asyncio.sleep(0.02)
        peer = peer_of(client)
        statistics = (await peer._pc.getSenders()[0].getStats()).values()
        counted = next(found for found in statistics if found.type == "outbound-rtp").packetsSent
        descriptor = peer._path._wire._socket
        in_the_call = senders.copy()
        await client.disconnect()
    of_the_loop = in_the_call.count("MainThread")
    assert set(in_the_call[-50:]) == {"microphone"}
    assert of_the_loop < 50
    assert counted > 40
    assert descriptor.fileno() == -1  # closed
    after = len(senders)
    await asyncio.sleep(0.1)
    assert len(senders) == after
