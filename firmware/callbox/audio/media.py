"""The board's microphone and loudspeaker as the `OpusMedia` of the RTVI client."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from callbox.audio.capture.encoder import CaptureEncoder, new_encoder
from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.capture.model.detection import Detection
from callbox.audio.capture.model.gate_states import GateState, MicUse
from callbox.audio.capture.model.push_to_talk import TalkState
from callbox.audio.codec_presets import OpusConfig
from callbox.audio.device_recovery import DeviceReopener
from callbox.audio.device_selection import DeviceSelection
from callbox.audio.device_watch import watch_cards
from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.selection import EchoMode, make_processor
from callbox.audio.playout.cues import Cue
from callbox.audio.playout.player import Player
from callbox.audio.stats import AudioSnapshot
from callbox.rtvi.errors import DeviceError
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo, NetworkReport, OpusFrame
from callbox.system.event_loop import call_in_loop
from callbox.text import one_line
from callbox_device.interfaces import BoardError, Microphone, PartBusy, PartMissing, Speaker
from callbox_device.model import pcm

log = logging.getLogger(__name__)
T = TypeVar("T")


def _ignore(_: object) -> None:
    """Default callback: ignore."""


@dataclass(frozen=True, slots=True)
class MediaCallbacks:
    """Callbacks for what the devices do. All in the event loop; `fault` and `working` may raise, which is logged."""

    mic_live: Callable[[MicUse], None] = _ignore
    """The use of the microphone: before its PCM opens, or is put to another use, and when it is closed."""
    fault: Callable[[DeviceError], None] = _ignore
    """A device stopped working; it is being opened again and again."""
    working: Callable[[DeviceKind], None] = _ignore
    """A device was opened, or is back."""


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """Processing of the sound. Default: none."""

    voice: OpusConfig = OpusConfig()
    echo: EchoMode = "off"
    noise_suppression: bool = False
    gain_control: bool = False
    pre_roll: bool = True


class BoardMedia:
    """Microphone through the gate, loudspeaker through the player; fulfils `callbox.rtvi.media.DirectSendMedia`,
    `WatchedMedia` and `HotplugMedia`.

    A device that breaks in a session is told, and opened again until it works; the session goes on meanwhile. Make it
    in the running loop. `push_to_talk`: captured sound leaves only between `start_talking` and `stop_talking`.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        watcher: MediaCallbacks | None = None,
        processing: AudioConfig | None = None,
        *,
        push_to_talk: bool = False,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._watcher = watcher = watcher or MediaCallbacks()
        self._client_watcher = MediaCallbacks()
        """What `watch` was given."""
        self._processing = processing = processing or AudioConfig()
        self._microphone, self._speaker = microphone, speaker
        self._selection = DeviceSelection({DeviceKind.MIC: microphone, DeviceKind.SPEAKER: speaker}, self._reopen)
        self._reference = FarEndReference()
        self.processor_selection = make_processor(
            processing.echo,
            self._reference,
            noise_suppression=processing.noise_suppression,
            gain_control=processing.gain_control,
        )
        """Selected echo processing, and the reason."""
        self.gate = MicGate(
            microphone,
            watcher.mic_live,
            functools.partial(self._on_fault, DeviceKind.MIC),
            self.processor_selection.processor,
            push_to_talk=push_to_talk,
        )
        listener = self._reference if self.processor_selection.mode != "off" else None
        self.player = Player(speaker, call_in_loop(functools.partial(self._on_fault, DeviceKind.SPEAKER)), listener)
        self._recoveries = {
            DeviceKind.MIC: DeviceReopener(
                functools.partial(self._open_part, DeviceKind.MIC),
                lambda: self.is_microphone_missing,
                backs_off=True,
            ),
            DeviceKind.SPEAKER: DeviceReopener(functools.partial(self._open_part, DeviceKind.SPEAKER)),
        }
        self._sender: CaptureEncoder | None = None
        self._stop_direct_send: Callable[[], None] | None = None
        self._network: NetworkReport | None = None
        self._hard_mute = self._soft_mute = False
        self._is_open = False
        self._opened = asyncio.Event()

    # -- mute ----------------------------------------------------------------------------------------

    @property
    def mic_enabled(self) -> bool:
        """Whether captured sound leaves the box: neither soft nor hard mute."""
        return not (self._soft_mute or self._hard_mute)

    @mic_enabled.setter
    def mic_enabled(self, enabled: bool) -> None:
        self._soft_mute = not enabled
        self.gate.enabled = self.mic_enabled

    @property
    def soft_mute(self) -> bool:
        """Whether silence is sent while the PCM stays open; what `mic_enabled` was set to, whatever the hard mute."""
        return self._soft_mute

    @property
    def hard_mute(self) -> bool:
        """Whether the microphone's PCM stays closed, in sessions too; silence is sent."""
        return self._hard_mute

    def set_hard_mute(self, mute: bool) -> Coroutine[Any, Any, None]:
        """Close the PCM, or open it again if there is a session. Await what this returns.

        From the call on, before it is awaited, nothing captured leaves. A microphone that can't be opened again is
        reported as a fault, and tried again. Raises what the card raises if it can't be closed; the lamp stays lit.
        """
        self._hard_mute = mute
        self.gate.enabled = self.mic_enabled
        return self._apply_hard_mute()

    async def _apply_hard_mute(self) -> None:
        if self._hard_mute:
            self._recoveries[DeviceKind.MIC].end()
            await self.gate.close()
        elif self._is_open:
            try:
                await self._open_microphone()
            except DeviceError as error:
                self._report_fault(DeviceKind.MIC, error)

    # -- push-to-talk --------------------------------------------------------------------------------

    @property
    def talk_state(self) -> TalkState:
        """State of push-to-talk."""
        return self.gate.talk_state

    def start_talking(self, pressed_s: float) -> None:
        """Push-to-talk: the button's contact closed at `pressed_s`, `time.monotonic()`."""
        self.gate.start_talking(pressed_s)

    def stop_talking(self, released_s: float) -> None:
        """Push-to-talk: the button's contact opened at `released_s`."""
        self.gate.stop_talking(released_s)

    def on_talk_contact(self, button: str, closed: bool, at_s: float) -> None:
        """Push-to-talk: a raw edge of the contact of `button`, `time.monotonic()`. Any thread."""
        self.gate.on_talk_contact(button, closed, at_s)

    # -- wake word -----------------------------------------------------------------------------------

    async def listen(self, detector: Callable[[bytes], Detection | None]) -> Detection | None:
        """Let `detector` alone have what the microphone captures, until it detects a wake word; nothing leaves.

        As `callbox.audio.capture.mic_gate.MicGate.listen`; with hard mute: None at once. Raises `DeviceError`.
        """
        if self._hard_mute:
            return None
        try:
            return await self.gate.listen(detector, functools.partial(self._tell_working, DeviceKind.MIC))
        except BoardError as error:
            raise _device_error(error, DeviceKind.MIC) from error

    def detect_in_call(
        self, detector: Callable[[bytes], Detection | None], on_detection: Callable[[Detection], None]
    ) -> Callable[[], None]:
        """Give `detector` what the microphone captures in calls, after it has left, and behind the echo canceller.

        `detector` is called in the microphone's thread, `on_detection` in the event loop. Returns what ends it.
        """
        tell = call_in_loop(on_detection)

        def look(period: bytes) -> None:
            if found := detector(period):
                tell(found)

        def stop() -> None:
            if self.gate.call_detector is look:
                self.gate.call_detector = None

        self.gate.call_detector = look
        return stop

    async def stop_listening(self) -> None:
        """End `listen`: close the PCM, unless a call has taken it. Legal at any time."""
        if self.gate.state is GateState.WAKE_WORD:
            await self.gate.close()

    def forget_detection(self) -> None:
        """Drop what was kept of a detection, without a cue."""
        self.gate.forget_detection()

    async def drop_detection(self) -> None:
        """Drop what was kept of a detection that begins no call, without a cue, and close the PCM."""
        self.forget_detection()
        await self.gate.close()

    # -- life ----------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the devices were opened, and not closed since."""
        return self._is_open

    async def open(self) -> None:
        """Open the loudspeaker, then the microphone. Raises `DeviceError` with nothing left open."""
        if asyncio.get_running_loop() is not self._loop:
            text = "Microphone and loudspeaker belong to another event loop: make them anew in the one that uses them."
            raise DeviceError(text, device="mic")
        self._sender = CaptureEncoder(self.gate, new_encoder(self._processing.voice))
        self._network = None
        try:
            await self._open_speaker(self.player.open())
            device = self._microphone.device
            await self._open_microphone()
            while device != self._microphone.device:  # another one was selected meanwhile
                device = self._microphone.device
                await self.gate.close()
                await self._open_microphone()
        except BaseException:
            await self.close()
            raise
        self._is_open = True
        self._opened.set()
        if not (self._hard_mute or self.gate.is_live):  # the hard mute ended while the devices were opened
            await self._apply_hard_mute()

    async def close(self) -> None:
        """Close both; the microphone first. A cue tells that kept words were lost."""
        self._is_open = False
        self._opened.clear()
        if self._stop_direct_send:
            self._stop_direct_send()
        for recovery in self._recoveries.values():
            recovery.end()
        if self.gate.forget():
            self.player.cue(Cue.NOT_RECEIVED)
        try:
            if self.gate.state is not GateState.WAKE_WORD:  # that is no part of a session
                await self.gate.close()
        finally:
            await self.player.close()

    async def close_now(self) -> None:
        """Close both at once, also what is played or listened for without a session: other devices take their place.
        Errors of a card are dropped.
        """
        await asyncio.gather(self.drop_detection(), self.player.stop(), return_exceptions=True)

    def watch(self, fault: Callable[[DeviceError], None], working: Callable[[DeviceKind], None]) -> None:
        """Tell a client too, as `callbox.rtvi.media.WatchedMedia.watch`."""
        self._client_watcher = MediaCallbacks(fault=fault, working=working)

    def watch_devices(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Tell of cards that come and go, as `callbox.rtvi.media.HotplugMedia.watch_devices`."""
        return watch_cards(changed)

    def hold(self) -> None:
        """Begin the pre-roll, as `callbox.rtvi.Media.hold`."""
        if self._processing.pre_roll:
            self.gate.hold()

    def release(self) -> None:
        """End the pre-roll, as `callbox.rtvi.Media.release`. A cue tells that kept words were lost."""
        if not self.gate.release():
            self.player.cue(Cue.SPEAK_NOW)

    # -- sound ---------------------------------------------------------------------------------------

    # 50 times a second: what is handed on is handed on without a layer of its own.

    def read(self) -> Coroutine[Any, Any, bytes]:
        """Next 20 ms that the gate lets out, 1920 bytes. While the devices are closed: waits until they are open."""
        return self.gate.read() if self._is_open else self._first()

    def read_opus(self) -> Coroutine[Any, Any, OpusFrame]:
        """Next packet, as `read`."""
        return self._sender.read() if self._sender and self._is_open else self._first_opus()

    def start_direct_send(self, send: Callable[[bytes, int], None]) -> Callable[[], None]:
        """Start direct sending, as `callbox.rtvi.media.DirectSendMedia`. While the devices are closed: none."""
        if self._sender is None:
            return lambda: None
        self._stop_direct_send = self._sender.start_direct_send(send)
        return self._stop_direct_send

    async def _first(self) -> bytes:
        await self._opened.wait()
        return await self.gate.read()

    async def _first_opus(self) -> OpusFrame:
        await self._opened.wait()
        return await self.read_opus()

    def write(self, pcm: bytes) -> None:
        """Play sound of the bot, s16le, any length."""
        if self._is_open:
            self.player.write(pcm)

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        """Play a packet of the bot in its turn."""
        if self._is_open:
            self.player.rtp.write_rtp(ssrc, sequence_number, timestamp, payload, arrived_s)

    def flush(self) -> None:
        """Drop what has not been played."""
        self.player.flush()

    # -- how it is -----------------------------------------------------------------------------------

    @property
    def is_quiet(self) -> bool:
        """Whether nothing worth hearing has been sent for 200 ms."""
        return self.gate.is_quiet

    @property
    def is_microphone_missing(self) -> bool:
        """Whether the microphone isn't there for certain. Opens nothing."""
        return self._microphone.missing() is not None

    def on_network(self, report: NetworkReport) -> None:
        """Adapt the encoder to the loss on the way to the bot."""
        self._network = report
        if self._sender:
            self._sender.expect_loss(report.lost_fraction)

    def snapshot(self) -> AudioSnapshot:
        """Counters and levels at this moment; two of them make a `stats.AudioStats`."""
        counters, rtp = self.player.rtp.counters, self.player.rtp
        return AudioSnapshot(
            mic_dbfs=self.gate.level_dbfs,
            speaker_dbfs=self.player.level_dbfs,
            packets_received=counters.received,
            packets_lost=counters.lost,
            sound_ms=counters.sound_ms,
            concealed_ms=counters.concealed_ms,
            jitter_ms=rtp.jitter_ms,
            lag_ms=rtp.lag_ms,
            overruns=self._microphone.overruns + self.gate.dropped,
            underruns=self._speaker.underruns,
            echo_delay_ms=self._reference.delay_ms if self.processor_selection.mode != "off" else None,
            network=self._network,
        )

    def level(self, kind: DeviceKind) -> float:
        """Peak level, as `callbox.rtvi.Media.level`."""
        dbfs = self.gate.level_dbfs if kind is DeviceKind.MIC else self.player.level_dbfs
        return 0.0 if dbfs <= pcm.MIN_DBFS else float(10 ** (dbfs / 20))

    # -- opening, and opening again ------------------------------------------------------------------

    async def _open_speaker(self, opening: Awaitable[None]) -> None:
        try:
            await opening
        except BoardError as error:
            raise _device_error(error, DeviceKind.SPEAKER) from error
        if self._speaker.is_open:
            self._tell_working(DeviceKind.SPEAKER)

    async def _open_microphone(self) -> None:
        if self._hard_mute:
            return
        try:
            await self.gate.open()
        except BoardError as error:
            raise _device_error(error, DeviceKind.MIC) from error
        if self.gate.is_live:
            self._tell_working(DeviceKind.MIC)

    def _on_fault(self, kind: DeviceKind, error: BoardError) -> None:
        self._report_fault(kind, _device_error(error, kind))

    def _report_fault(self, kind: DeviceKind, error: DeviceError) -> None:
        if self._is_open:
            self._recoveries[kind].begin()
        self._tell_fault(error)

    def _tell_fault(self, error: DeviceError) -> None:
        for watcher in (self._watcher, self._client_watcher):
            self._call(watcher.fault, error)

    def _tell_working(self, kind: DeviceKind) -> None:
        for watcher in (self._watcher, self._client_watcher):
            self._call(watcher.working, kind)

    def _call(self, callback: Callable[[T], None], value: T) -> None:
        """Call one of the application's callbacks: an error of it doesn't stop the devices."""
        try:
            callback(value)
        except Exception:
            log.exception("An observer of the sound devices failed")

    async def _reopen(self, kind: DeviceKind) -> None:
        if self._is_open:
            self._recoveries[kind].end()
        if kind is DeviceKind.SPEAKER:
            await self._open_speaker(self.player.change_speaker())
        elif self._is_open:
            await self.gate.close()
            await self._open_part(kind)
        else:
            await self.stop_listening()  # who listens for a wake word does so again, by the new one

    async def _open_part(self, kind: DeviceKind) -> None:
        if self._is_open:
            await (self._open_microphone() if kind is DeviceKind.MIC else self._open_speaker(self.player.open()))
        if not self._is_open:  # the session has ended meanwhile
            await self.close()

    # -- choice --------------------------------------------------------------------------------------

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """Devices to choose from, as `callbox.rtvi.Media.devices`."""
        return await self._selection.devices()

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:
        """Device in use, as `callbox.rtvi.Media.selected`."""
        return self._selection.selected(kind)

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device, as `callbox.rtvi.Media.select`. In a session the new device is opened at once; if neither
        that nor the one before can be, the latter is opened again and again, as one that broke. So is the new one if
        this is cancelled.
        """
        try:
            await self._selection.select(kind, device_id)
        except (DeviceError, asyncio.CancelledError) as error:
            is_open = self.gate.is_live or self._hard_mute if kind is DeviceKind.MIC else self._speaker.is_open
            if self._is_open and not is_open:
                self._recoveries[kind].begin()
                if isinstance(error, DeviceError):
                    self._tell_fault(error)
            raise


def _device_error(error: BoardError, kind: DeviceKind) -> DeviceError:
    type_ = "in-use" if isinstance(error, PartBusy) else "not-found" if isinstance(error, PartMissing) else "unknown"
    return DeviceError(one_line(error), device=kind.role, type_=type_)
