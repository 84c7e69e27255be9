"""A transport and devices that a test plays by hand, to put a client into any race at will."""

import asyncio

from callbox.rtvi import DeviceError, DeviceKind, MediaDeviceInfo, Participant, RTVIClient, RTVIEvent
from callbox.rtvi.protocol.messages import Message, decode, encode


class Transport:
    """Connects when told to; keeps what was sent."""

    max_message_bytes = 1000
    endpoint = None
    bot = Participant("pc-1", "bot")

    def __init__(self, media, listener):
        self.media = media
        self.listener = listener
        self.sent = []
        self.closed = 0
        self.connecting = asyncio.Event()
        self.outcome = asyncio.get_running_loop().create_future()
        self.mic_enabled = None
        self.alive = True

    async def connect(self, params, request):
        self.params, self.request = params, request
        self.connecting.set()
        await self.outcome

    def send(self, text):
        self.sent.append(decode(text))

    def set_mic_enabled(self, enabled):
        self.mic_enabled = enabled

    async def is_alive(self, within_s):
        if not self.alive:
            await asyncio.sleep(within_s)
        return self.alive

    async def close(self):
        self.closed += 1

    def receive(self, type_, data=None, identity=None):
        self.listener.on_message(encode(Message(type_, data, identity)))


class Media:
    mic_enabled = True

    def __init__(self):
        self.is_open = False
        self.fails: DeviceError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.flushes = 0
        self.history = []
        self.chosen = {kind: MediaDeviceInfo("one", kind, "the first") for kind in DeviceKind}

    def level(self, kind):
        return 0.25 if kind is DeviceKind.MIC else 0.5

    async def devices(self):
        return [MediaDeviceInfo(name, kind, name) for kind in DeviceKind for name in ("one", "two")]

    def selected(self, kind):
        return self.chosen[kind]

    async def select(self, kind, device_id):
        if self.fails:
            raise self.fails
        self.chosen[kind] = MediaDeviceInfo(device_id, kind, device_id)

    async def open(self):
        await self.gate.wait()
        if self.fails:
            raise self.fails
        self.is_open = True

    async def close(self):
        self.is_open = False

    def hold(self):
        self.history.append("hold")

    def release(self):
        self.history.append("release")

    async def read(self):
        return bytes(1920)

    def write(self, pcm):
        pass

    def flush(self):
        self.flushes += 1


BESIDE = {
    RTVIEvent.MediaStateUpdated, RTVIEvent.MicUpdated, RTVIEvent.SpeakerUpdated, RTVIEvent.AvailableMicsUpdated,
    RTVIEvent.TrackStarted, RTVIEvent.TrackStopped, RTVIEvent.AvailableSpeakersUpdated, RTVIEvent.LocalAudioLevel, RTVIEvent.RemoteAudioLevel,
}  # fmt: skip
"""What the devices tell; it has tests of its own."""


class FakeSession:
    """A client with scripted surroundings, and everything that it tells in its order."""

    def __init__(self, *, media=True, params=None, **options):
        self.transports = []
        self._media = Media() if media else None
        self.events: list[str] = []
        self.client = RTVIClient(self.make, self._media, params=params or {"webrtc_url": "http://bot/"}, **options)
        for event in set(RTVIEvent) - BESIDE:
            self.client.on(event, lambda *values, event=event: self.events.append(self._name(event, values)))

    @staticmethod
    def _name(event, values):
        return str(values[0]) if event is RTVIEvent.TransportStateChanged else event.callback

    def make(self, media, listener):
        self.transports.append(Transport(media, listener))
        return self.transports[-1]

    @property
    def media(self) -> Media:
        assert self._media is not None
        return self._media

    @property
    def transport(self):
        return self.transports[-1]

    async def until_connecting(self):
        """Start connect(); return its task when the transport is being connected."""
        count = len(self.transports)
        call = asyncio.create_task(self.client.connect())
        while len(self.transports) == count:
            await asyncio.sleep(0)
        await self.transport.connecting.wait()
        return call

    async def until_connected(self):
        call = await self.until_connecting()
        self.transport.outcome.set_result(None)
        while not self.transport.sent:
            await asyncio.sleep(0)
        return call

    async def until_ready(self, version="2.2.0"):
        call = await self.until_connected()
        self.transport.receive("bot-ready", {"version": version})
        await call
