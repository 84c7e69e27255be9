"""A client of real-time voice bots that speak RTVI, usable on its own.

    from callbox.rtvi import APIRequest, RTVIClient
    from callbox.transports.small_webrtc import SmallWebRTCTransport

    client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest("http://localhost:7860/start"))
    await client.connect()

Imports neither GPIO, ALSA nor MQTT.
"""

from callbox.rtvi.client import Deadlines, RTVIClient
from callbox.rtvi.errors import (
    BotAlreadyStartedError,
    BotError,
    BotNotReadyError,
    ConnectionTimeoutError,
    DeviceError,
    InvalidTransportParamsError,
    MessageTooLargeError,
    RTVIError,
    SessionAbortedError,
    SessionLostError,
    StartBotError,
    TransportStartError,
)
from callbox.rtvi.events import RTVICallbacks, RTVIEvent
from callbox.rtvi.lifecycle import TransportState
from callbox.rtvi.messages import BotOutput, BotReady, ErrorData, Message, Text, Transcript
from callbox.rtvi.transport import APIRequest, Media, Transport, TransportFactory, TransportListener

__all__ = [
    "APIRequest",
    "BotAlreadyStartedError",
    "BotError",
    "BotNotReadyError",
    "BotOutput",
    "BotReady",
    "ConnectionTimeoutError",
    "Deadlines",
    "DeviceError",
    "ErrorData",
    "InvalidTransportParamsError",
    "Media",
    "Message",
    "MessageTooLargeError",
    "RTVICallbacks",
    "RTVIClient",
    "RTVIError",
    "RTVIEvent",
    "SessionAbortedError",
    "SessionLostError",
    "StartBotError",
    "Text",
    "Transcript",
    "Transport",
    "TransportFactory",
    "TransportListener",
    "TransportStartError",
    "TransportState",
]
