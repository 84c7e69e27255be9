"""Listeners of a client, typed: the event says what its handler is given. A test holds it against `RTVICallbacks`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, overload

from callbox.rtvi.callbacks import Handler, MediaState
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import DeviceError, UnsupportedFeatureError
from callbox.rtvi.media import MediaDeviceInfo
from callbox.rtvi.protocol import values
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.transport import Participant


class AnyEventHandler(Protocol):
    """Handler that takes whatever an event gives: for events that a program chooses at run time."""

    def __call__(self, *values: object) -> object:
        """Take the values of an event."""


class Listeners:
    """Registration of listeners."""

    _emitter: Emitter

    @overload
    def on(
        self, event: Literal[RTVIEvent.TransportStateChanged], handler: Callable[[TransportState], object]
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[
            RTVIEvent.Connected,
            RTVIEvent.Disconnected,
            RTVIEvent.Reconnected,
            RTVIEvent.UserStartedSpeaking,
            RTVIEvent.UserStoppedSpeaking,
            RTVIEvent.VadUserStartedSpeaking,
            RTVIEvent.VadUserStoppedSpeaking,
            RTVIEvent.UserMuteStarted,
            RTVIEvent.UserMuteStopped,
            RTVIEvent.BotStartedSpeaking,
            RTVIEvent.BotStoppedSpeaking,
            RTVIEvent.BotInterrupted,
            RTVIEvent.BotLlmStarted,
            RTVIEvent.BotLlmStopped,
            RTVIEvent.BotTtsStarted,
            RTVIEvent.BotTtsStopped,
        ],
        handler: Callable[[], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.Reconnecting], handler: Callable[[str], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.BotStarted], handler: Callable[[Mapping[str, Any]], object]) -> None: ...

    @overload
    def on(
        self,
        event: Literal[
            RTVIEvent.BotConnected, RTVIEvent.BotDisconnected, RTVIEvent.ParticipantConnected, RTVIEvent.ParticipantLeft
        ],
        handler: Callable[[Participant], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.BotReady], handler: Callable[[values.BotReady], object]) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.Error, RTVIEvent.MessageError], handler: Callable[[values.ErrorData], object]
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.ServerMessage], handler: Callable[[Any], object]) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.ServerResponse, RTVIEvent.GenericMessage], handler: Callable[[Message], object]
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[
            RTVIEvent.SystemLog,
            RTVIEvent.UserLlmText,
            RTVIEvent.BotTranscript,
            RTVIEvent.BotLlmText,
            RTVIEvent.BotTtsText,
            RTVIEvent.LlmRawText,
            RTVIEvent.TtsRawText,
        ],
        handler: Callable[[values.Text], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.Metrics], handler: Callable[[values.Metrics], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.UICommand], handler: Callable[[values.UICommand], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.UIJobGroup], handler: Callable[[values.UIJobGroup], object]) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.UserTranscript, RTVIEvent.SttRawText],
        handler: Callable[[values.Transcript], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.UserInput], handler: Callable[[values.UserInput], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.BotOutput], handler: Callable[[values.BotOutput], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.BotLlmMarker], handler: Callable[[values.BotLlmMarker], object]) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.BotLlmSearchResponse], handler: Callable[[values.SearchResponse], object]
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.BotTtsAudio], handler: Callable[[values.Audio], object]) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.LLMFunctionCall, RTVIEvent.LLMFunctionCallInProgress],
        handler: Callable[[values.FunctionCall], object],
    ) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.LLMFunctionCallStarted], handler: Callable[[values.FunctionCallStarted], object]
    ) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.LLMFunctionCallStopped], handler: Callable[[values.FunctionCallStopped], object]
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.TrackStarted, RTVIEvent.TrackStopped],
        handler: Callable[[str, Participant], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.LocalAudioLevel], handler: Callable[[float], object]) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.RemoteAudioLevel], handler: Callable[[float, Participant], object]
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.UserAudioLevel, RTVIEvent.BotAudioLevel],
        handler: Callable[[values.AudioLevel], object],
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.AvailableMicsUpdated, RTVIEvent.AvailableSpeakersUpdated],
        handler: Callable[[Sequence[MediaDeviceInfo]], object],
    ) -> None: ...

    @overload
    def on(
        self,
        event: Literal[RTVIEvent.MicUpdated, RTVIEvent.SpeakerUpdated],
        handler: Callable[[MediaDeviceInfo], object],
    ) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.MediaStateUpdated], handler: Callable[[MediaState], object]) -> None: ...

    @overload
    def on(self, event: Literal[RTVIEvent.DeviceError], handler: Callable[[DeviceError], object]) -> None: ...

    @overload
    def on(
        self, event: Literal[RTVIEvent.UnsupportedFeature], handler: Callable[[UnsupportedFeatureError], object]
    ) -> None: ...

    @overload
    def on(self, event: RTVIEvent, handler: AnyEventHandler) -> None: ...

    def on(self, event: RTVIEvent, handler: Callable[..., Any]) -> None:
        """Call `handler`, plain or async, for every `event` from now on; after the callback of the same name.

        Added while the event is being told, it is called from the next one on. Raises `RTVIError` for what is no event,
        or no function.
        """
        self._emitter.on(event, handler)

    def off(self, event: RTVIEvent, handler: Handler) -> None:
        """Undo one `on`. Without one nothing happens."""
        self._emitter.off(event, handler)
