"""A client of real-time voice bots that speak RTVI, usable on its own.

    from callbox.rtvi import APIRequest, RTVIClient
    from callbox.transports.small_webrtc import SmallWebRTCTransport

    client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest("http://localhost:7860/start"))
    await client.connect()

Imports neither GPIO, ALSA nor MQTT.
"""

from callbox.rtvi.callbacks import Handler, MediaState, RTVICallbacks
from callbox.rtvi.client import ConnectHandler, RTVIClient
from callbox.rtvi.deadlines import Deadlines
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
from callbox.rtvi.events import RTVIEvent
from callbox.rtvi.functions import FunctionHandler
from callbox.rtvi.lifecycle import TransportState
from callbox.rtvi.media import DeviceKind, Media, MediaDeviceInfo
from callbox.rtvi.messages import Message
from callbox.rtvi.outbound import File
from callbox.rtvi.reconnection import NO_RECONNECTION, ReconnectionPolicy
from callbox.rtvi.starting import pipecat_cloud, seed_request
from callbox.rtvi.transport import APIRequest, Participant, Transport, TransportFactory, TransportListener
from callbox.rtvi.values import (
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
