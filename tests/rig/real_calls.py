"""A client with devices in memory, for calls to real servers."""

import asyncio
import collections
import contextlib
from typing import Any

from callbox.audio.media import BoardMedia, MediaCallbacks
from callbox.rtvi import RTVIClient, RTVIEvent
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

ON_THE_WAY_S = 0.5
"""More than the jitter buffer holds."""


@contextlib.asynccontextmanager
async def calling(**options):
    """Makes callers; hangs up for those that a failed test has left on the line."""
    callers = []

    def make(params, sound=b""):
        callers.append(RecordingClient(params, sound, **options))
        return callers[-1]

    yield make
    for caller in callers:
        await caller.client.disconnect()


class RecordingClient:
    """A client with devices in memory, and what it told."""

    def __init__(self, params, sound=b"", *, transport=SmallWebRTCTransport, **options):
        self.microphone, self.speaker = SimulatedMicrophone(sound), SimulatedSpeaker()
        self.lamp: list[int] = []
        self.media = BoardMedia(self.microphone, self.speaker, MediaCallbacks(self.lamp.append, print))
        self.client = RTVIClient(transport, self.media, params=params, **options)
        self.states: list[str] = []
        self.events: asyncio.Queue[tuple[RTVIEvent, tuple[Any, ...]]] = asyncio.Queue()
        self._counts: collections.Counter[RTVIEvent] = collections.Counter()
        self.client.on(RTVIEvent.TransportStateChanged, lambda state: self.states.append(str(state)))
        for event in RTVIEvent:
            self.client.on(event, lambda *values, event=event: self._take(event, values))

    def _take(self, event, values):
        self._counts[event] += 1
        if event not in (RTVIEvent.LocalAudioLevel, RTVIEvent.RemoteAudioLevel):
            self.events.put_nowait((event, values))

    def count(self, event):
        return self._counts[event]

    async def until(self, wanted, within_s=60):
        async with asyncio.timeout(within_s):
            while True:
                event, values = await self.events.get()
                if event is wanted:
                    return values[0] if values else None

    async def until_state(self, state, within_s=60):
        while await self.until(RTVIEvent.TransportStateChanged, within_s) is not state:
            pass

    async def until_bot_has_spoken(self):
        """Until the bot has stopped speaking, and the loudspeaker has played what was still on its way to it."""
        await self.until(RTVIEvent.BotStoppedSpeaking)
        played = len(self.speaker.played)
        async with asyncio.timeout(60):
            while len(self.speaker.played) < played + ON_THE_WAY_S * pcm.RATE_HZ * pcm.BYTES_PER_FRAME:
                await asyncio.sleep(0.01)
