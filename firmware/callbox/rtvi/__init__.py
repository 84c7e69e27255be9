"""A client of real-time voice bots that speak RTVI, usable on its own.

    from callbox.rtvi import APIRequest, RTVIClient
    from callbox.transports.small_webrtc import SmallWebRTCTransport

    client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest("http://localhost:7860/start"))
    await client.connect()

Imports neither GPIO, ALSA nor MQTT.
"""

from callbox.rtvi.callbacks import Handler, MediaState, RTVICallbacks
from callbox.rtvi.client import ConnectHandler, RTVIClient
from callbox.rtvi.errors import (
    BotAlreadyStartedError,
    BotError,
    BotNotReadyError,
    BotResponseError,
    ConnectionTimeoutError,
    DeviceError,
    InvalidMessageError,
    InvalidTransportParamsError,
    MessageTooLargeError,
    ResponseTimeoutError,
    RTVIError,
    SessionAbortedError,
    SessionLostError,
    StartBotError,
    TransportStartError,
    UnsupportedFeatureError,
)
from callbox.rtvi.functions import FunctionHandler
from callbox.rtvi.media import DeviceKind, Media, MediaDeviceInfo
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.protocol.outbound import File
from callbox.rtvi.protocol.policies import NO_RECONNECTION, Deadlines, ReconnectionPolicy
from callbox.rtvi.protocol.start_requests import pipecat_cloud, seed_request
from callbox.rtvi.protocol.values import (
    Audio,
    AudioLevel,
    BotLlmMarker,
    BotOutput,
    BotReady,
    ErrorData,
    FunctionCall,
    FunctionCallStarted,
    FunctionCallStopped,
    Metrics,
    SearchOrigin,
    SearchResponse,
    SearchResult,
    SpokenProgress,
    Text,
    Transcript,
    UICommand,
    UIJobGroup,
    UserInput,
)
from callbox.rtvi.transport import APIRequest, Participant, Transport, TransportFactory, TransportListener

__all__ = [
    "NO_RECONNECTION",
    "APIRequest",
    "Audio",
    "AudioLevel",
    "BotAlreadyStartedError",
    "BotError",
    "BotLlmMarker",
    "BotNotReadyError",
    "BotOutput",
    "BotReady",
    "BotResponseError",
    "ConnectHandler",
    "ConnectionTimeoutError",
    "Deadlines",
    "DeviceError",
    "DeviceKind",
    "ErrorData",
    "File",
    "FunctionCall",
    "FunctionCallStarted",
    "FunctionCallStopped",
    "FunctionHandler",
    "Handler",
    "InvalidMessageError",
    "InvalidTransportParamsError",
    "Media",
    "MediaDeviceInfo",
    "MediaState",
    "Message",
    "MessageTooLargeError",
    "Metrics",
    "Participant",
    "RTVICallbacks",
    "RTVIClient",
    "RTVIError",
    "RTVIEvent",
    "ReconnectionPolicy",
    "ResponseTimeoutError",
    "SearchOrigin",
    "SearchResponse",
    "SearchResult",
    "SessionAbortedError",
    "SessionLostError",
    "SpokenProgress",
    "StartBotError",
    "Text",
    "Transcript",
    "Transport",
    "TransportFactory",
    "TransportListener",
    "TransportStartError",
    "TransportState",
    "UICommand",
    "UIJobGroup",
    "UnsupportedFeatureError",
    "UserInput",
    "pipecat_cloud",
    "seed_request",
]
