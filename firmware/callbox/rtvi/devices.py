"""The client's hold on the devices: opening, closing, choosing, and what is told of it. Event loop only."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from callbox.rtvi.arguments import check_type
from callbox.rtvi.callbacks import MediaState
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import DeviceError
from callbox.rtvi.media import DeviceKind, HotplugMedia, Media, MediaDeviceInfo, WatchedMedia
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.transport import Participant

LEVEL_PERIOD_S = 0.1
"""As the official client."""
_BOT = Participant("bot", "bot")
_LOCAL = Participant("local", "", local=True)
_SELECTED = {DeviceKind.MIC: RTVIEvent.MicUpdated, DeviceKind.SPEAKER: RTVIEvent.SpeakerUpdated}
_LISTED = {DeviceKind.MIC: RTVIEvent.AvailableMicsUpdated, DeviceKind.SPEAKER: RTVIEvent.AvailableSpeakersUpdated}


class Devices:
    """Devices of `media`, which may be None: then only messages flow, and opening is no work."""

    def __init__(self, media: Media | None, emitter: Emitter) -> None:
        self.media = media
        self._emitter = emitter
        self.state = MediaState()
        """As it was told last."""
        self._levels: asyncio.Task[None] | None = None
        self._lists: asyncio.Task[None] | None = None
        self._is_open = False
        """From when they are open to the beginning of `close`."""
        self._fault: DeviceError | None = None
        """The fault that was told last, since `select` was called."""
        emitter.when_added = self._begin_tasks

    def need_opening(self, *, closing: bool) -> bool:
        """Whether `open` has something to do now, or will have when what is `closing` has closed."""
        return self.media is not None and (closing or not self.media.is_open)

    async def open(self) -> None:
        """Open both. Raises `DeviceError`, after it was told."""
        if self.media is None or self.media.is_open:
            return
        self._tell(MediaState("initializing", "initializing"))
        if isinstance(self.media, WatchedMedia):
            self.media.watch(self._on_fault, self._on_working)
        try:
            await self.media.open()
        except DeviceError as error:
            failed = {error.device: "error"}
            self._tell(MediaState(**{"mic": "uninitialized", "speaker": "uninitialized"} | failed, reason=error.type))
            self._emitter.emit(RTVIEvent.DeviceError, error)
            raise
        except BaseException:
            self._tell(MediaState())
            raise
        self._is_open = True
        self._tell(MediaState("granted", "granted"))
        self._emitter.emit(RTVIEvent.TrackStarted, "audio", _LOCAL)
        await self._tell_choice()
        self._begin_tasks()

    async def close(self) -> None:
        """Close both."""
        self._is_open = False
        for task in (self._levels, self._lists):
            if task:
                task.cancel()
        self._levels = self._lists = None
        if self.media is not None:
            was_open = self.media.is_open
            await self.media.close()
            self._tell(MediaState())
            if was_open:
                self._emitter.emit(RTVIEvent.TrackStopped, "audio", _LOCAL)

    def hold(self) -> None:
        """Begin to keep captured sound: a call begins."""
        if self.media is not None:
            self.media.hold()

    def release(self) -> None:
        """Let captured sound go: the bot is ready."""
        if self.media is not None:
            self.media.release()

    def flush(self) -> None:
        """Drop what has not been played."""
        if self.media is not None:
            self.media.flush()

    async def all(self, kind: DeviceKind) -> Sequence[MediaDeviceInfo]:
        """Devices of `kind`."""
        found = await self.media.devices() if self.media is not None else ()
        return [device for device in found if device.kind is kind]

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:
        """Device of `kind` in use; None: nothing can be said."""
        return self.media.selected(kind) if self.media is not None else None

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another. Raises `DeviceError`, and `RTVIError` for what is no text."""
        check_type(device_id, str, "A microphone or loudspeaker is chosen by its device_id, a text")
        if self.media is None:
            raise DeviceError("This client was made without devices.", device=kind.role, type_="not-found")
        self._fault = None
        try:
            await self.media.select(kind, device_id)
        except DeviceError as error:
            if error is not self._fault:  # else it is told already
                self._emitter.emit(RTVIEvent.DeviceError, error)
            raise
        self._emitter.emit(_SELECTED[kind], self.media.selected(kind))

    def _on_fault(self, error: DeviceError) -> None:
        if self._is_open:
            self._fault = error
            self._tell(replace(self.state, **{error.device: "error"}, reason=error.type))
            self._emitter.emit(RTVIEvent.DeviceError, error)

    def _on_working(self, kind: DeviceKind) -> None:
        if self._is_open and getattr(self.state, kind.role) == "error":
            state = replace(self.state, **{kind.role: "granted"})
            self._tell(state if "error" in (state.mic, state.speaker) else replace(state, reason=None))

    async def _tell_choice(self) -> None:
        for kind in DeviceKind:
            if self._emitter.has_listeners(_LISTED[kind]):
                self._emitter.emit(_LISTED[kind], await self.all(kind))
            if selected := self.selected(kind):
                self._emitter.emit(_SELECTED[kind], selected)

    def _begin_tasks(self) -> None:
        """Begin to emit levels and lists, if the devices are open, there is a listener, and it isn't done already."""
        if not self._is_open or self.media is None:
            return
        if self._has_level_listeners and (not self._levels or self._levels.done()):
            self._levels = asyncio.create_task(self._tell_levels(self.media), name="audio levels")
        has_list_listeners = any(map(self._emitter.has_listeners, _LISTED.values()))
        if has_list_listeners and not self._lists and isinstance(self.media, HotplugMedia):
            self._lists = asyncio.create_task(self._tell_lists(self.media), name="audio devices")

    @property
    def _has_level_listeners(self) -> bool:
        return any(map(self._emitter.has_listeners, (RTVIEvent.LocalAudioLevel, RTVIEvent.RemoteAudioLevel)))

    async def _tell_levels(self, media: Media) -> None:
        while self._has_level_listeners:
            self._emitter.emit(RTVIEvent.LocalAudioLevel, media.level(DeviceKind.MIC))
            self._emitter.emit(RTVIEvent.RemoteAudioLevel, media.level(DeviceKind.SPEAKER), _BOT)
            await asyncio.sleep(LEVEL_PERIOD_S)

    async def _tell_lists(self, media: HotplugMedia) -> None:
        """Tell the list of a kind again whenever it has changed, until cancelled."""
        changed = asyncio.Event()
        end = media.watch_devices(changed.set)
        try:
            known = {kind: await self.all(kind) for kind in DeviceKind}
            while True:
                await changed.wait()
                changed.clear()
                for kind in DeviceKind:
                    before, known[kind] = known[kind], await self.all(kind)
                    if known[kind] != before:
                        self._emitter.emit(_LISTED[kind], known[kind])
        finally:
            end()

    def _tell(self, state: MediaState) -> None:
        if state != self.state:
            self.state = state
            self._emitter.emit(RTVIEvent.MediaStateUpdated, state)
