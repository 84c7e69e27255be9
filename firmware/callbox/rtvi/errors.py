"""Errors of an RTVI session. Names are those of the official client, where it has one.

Every message is a sentence for people: what happened, with the value, and what to do. None holds a header,
a token or an SDP.
"""

from callbox.text import one_line

MAX_MESSAGE_CHARS = 1000
"""Of an error's message, which is one line without control characters."""


class RTVIError(Exception):
    """Base of all errors of this package."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        # What a server or a bot said may be in it.
        message = one_line(message, MAX_MESSAGE_CHARS)
        super().__init__(message)
        self.message = message
        self.status = status
        """HTTP status, where the error is an HTTP answer."""


class BotAlreadyStartedError(RTVIError):
    """Error: a session is being opened, open, or being closed: disconnect() first."""


class BotNotReadyError(RTVIError):
    """Error: the call needs a bot that is ready."""


class SessionAbortedError(RTVIError):
    """disconnect() was called while this call was under way."""


class ConnectionTimeoutError(RTVIError):
    """Error: a phase of the connection did not end within its deadline (`Deadlines`), or ICE gave up before that."""


class StartBotError(RTVIError):
    """Error: the start request failed. `status` is None when there was no answer."""


class TransportStartError(RTVIError):
    """Error: the transport could not be connected. `status` is set when the bot's server refused the offer."""


class InvalidTransportParamsError(RTVIError):
    """The auth bundle or the parameters don't say where the bot is."""


class SessionLostError(RTVIError):
    """The session broke down, or the bot left before it was ready."""


class BotError(RTVIError):
    """The bot reported a fatal error."""


class UnsupportedFeatureError(RTVIError):
    """Error: the bot's version of RTVI doesn't know the call."""

    def __init__(self, message: str, feature: str) -> None:
        super().__init__(message)
        self.feature = feature
        """The call's name, ``send_file``."""


class BotResponseError(RTVIError):
    """The bot answered a request with an error-response."""


class ResponseTimeoutError(RTVIError):
    """Error: the bot did not answer a request in time."""


class InvalidMessageError(RTVIError):
    """Error: the message can't be sent, for its data is not JSON."""


class MessageTooLargeError(RTVIError):
    """Error: the message is larger than the transport can carry."""


class MalformedMessageError(RTVIError):
    """Error: what arrived is not an RTVI message."""


class DeviceError(RTVIError):
    """Error: the microphone or the loudspeaker can't be used."""

    def __init__(self, message: str, *, device: str, type_: str = "unknown") -> None:
        super().__init__(message)
        self.device = device
        """``mic`` or ``speaker``, as the official client names them."""
        self.type = type_
        """``in-use``, ``permissions``, ``not-found`` or ``unknown``; also the official client's words."""
