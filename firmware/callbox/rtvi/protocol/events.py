"""The events of an RTVI client, and the name of the callback that belongs to each. Pure.

Names and values are those of the official client (client-js, ``RTVIEvent``): the event
``RTVIEvent.BotReady`` is ``"botReady"`` there, and its callback ``onBotReady`` is ``on_bot_ready`` here. What a
listener is given stands in `callbox.rtvi.callbacks`.
"""

import re
from enum import StrEnum

from callbox.rtvi.errors import RTVIError


class RTVIEvent(StrEnum):
    """Events that a listener can be registered for."""

    TransportStateChanged = "transportStateChanged"
    Connected = "connected"
    """Media and messages can flow."""
    Disconnected = "disconnected"
    """The session is over."""
    Reconnecting = "reconnecting"
    """The network has gone in mid-session, and the transport tries to get it back. Not in client-js."""
    Reconnected = "reconnected"
    """It is back, and the session goes on. Not in client-js."""

    BotStarted = "botStarted"
    """The auth bundle is here."""
    BotConnected = "botConnected"
    """The bot's end of the transport is up."""
    BotReady = "botReady"
    BotDisconnected = "botDisconnected"
    """The bot left by itself."""
    ParticipantConnected = "participantConnected"
    ParticipantLeft = "participantLeft"

    Error = "error"
    """The bot's own errors, and what ended the session here (fatal)."""
    MessageError = "messageError"
    """The bot could not use one of our messages."""
    ServerMessage = "serverMessage"
    """The bot's application spoke."""
    ServerResponse = "serverResponse"
    """The bot answered a request."""
    GenericMessage = "genericMessage"
    """A message of a type that this client doesn't know, or whose data isn't what it should be. Not in client-js."""
    SystemLog = "systemLog"
    Metrics = "metrics"
    UICommand = "uiCommand"
    UIJobGroup = "uiJobGroup"

    UserStartedSpeaking = "userStartedSpeaking"
    UserStoppedSpeaking = "userStoppedSpeaking"
    VadUserStartedSpeaking = "vadUserStartedSpeaking"
    """The raw signal behind UserStartedSpeaking (since 2.0)."""
    VadUserStoppedSpeaking = "vadUserStoppedSpeaking"
    UserMuteStarted = "userMuteStarted"
    """The bot doesn't listen for a while; go on sending sound."""
    UserMuteStopped = "userMuteStopped"
    BotStartedSpeaking = "botStartedSpeaking"
    BotStoppedSpeaking = "botStoppedSpeaking"
    BotInterrupted = "botInterrupted"
    """What was still to be played has been dropped (since 2.0)."""

    UserTranscript = "userTranscript"
    UserInput = "userInput"
    UserLlmText = "userLlmText"
    BotOutput = "botOutput"
    BotTranscript = "botTranscript"
    BotLlmStarted = "botLlmStarted"
    BotLlmStopped = "botLlmStopped"
    BotLlmText = "botLlmText"
    BotLlmMarker = "botLlmMarker"
    BotLlmSearchResponse = "botLlmSearchResponse"
    BotTtsStarted = "botTtsStarted"
    BotTtsStopped = "botTtsStopped"
    BotTtsText = "botTtsText"
    BotTtsAudio = "botTtsAudio"
    SttRawText = "sttRawText"
    LlmRawText = "llmRawText"
    TtsRawText = "ttsRawText"

    LLMFunctionCall = "llmFunctionCall"
    """Servers before 1.2 only."""
    LLMFunctionCallStarted = "llmFunctionCallStarted"
    LLMFunctionCallInProgress = "llmFunctionCallInProgress"
    LLMFunctionCallStopped = "llmFunctionCallStopped"

    TrackStarted = "trackStarted"
    TrackStopped = "trackStopped"
    LocalAudioLevel = "localAudioLevel"
    """Every 100 ms while the devices are open and somebody listens."""
    RemoteAudioLevel = "remoteAudioLevel"
    UserAudioLevel = "userAudioLevel"
    """As the server measures it."""
    BotAudioLevel = "botAudioLevel"
    AvailableMicsUpdated = "availableMicsUpdated"
    AvailableSpeakersUpdated = "availableSpeakersUpdated"
    MicUpdated = "micUpdated"
    SpeakerUpdated = "speakerUpdated"
    MediaStateUpdated = "mediaStateUpdated"
    DeviceError = "deviceError"
    UnsupportedFeature = "unsupportedFeature"
    """A call was refused, because the bot's version doesn't know it."""

    @property
    def callback(self) -> str:
        """The callback's name: ``on_bot_ready`` for `BotReady`."""
        return "on_" + _snake(_CALLBACK_NAMES.get(self.name, self.name))


_CALLBACK_NAMES = {
    # Where the official client names event and callback differently.
    "ParticipantConnected": "ParticipantJoined",
    "MediaStateUpdated": "MediaStateChanged",
}
_OTHER_SPELLINGS = {
    "on_transport_state_change": RTVIEvent.TransportStateChanged,  # the seed's documentation; no client used it
}


def event_of(callback: str) -> RTVIEvent:
    """The event behind a callback's name, in Python's spelling or JavaScript's (``onBotReady``).

    Raises `RTVIError` for a name that isn't one.
    """
    snake = _snake(str(callback))
    for event in RTVIEvent:
        if event.callback == snake:
            return event
    if snake in _OTHER_SPELLINGS:
        return _OTHER_SPELLINGS[snake]
    known = ", ".join(event.callback for event in RTVIEvent)
    raise RTVIError(f"There is no callback {callback!r}. The callbacks are: {known}.")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
