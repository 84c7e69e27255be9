"""Versions of RTVI: what each brought, and which Pipecat speaks it. Pure; the table in ``docs/client.md`` is made here.

Source: `pipecat-ai` 0.0.40 to 1.14 (``RTVI_PROTOCOL_VERSION`` and the handlers beside it). A server whose major
version is not ours still works: it says so in an error-response, and then becomes ready.
"""

from dataclasses import dataclass

from callbox.rtvi.errors import UnsupportedFeatureError
from callbox.rtvi.protocol.messages import Version


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """One protocol version."""

    version: Version
    pipecat: str
    """The versions of Pipecat that speak it."""
    features: str
    """What a client gets from it."""


VERSIONS = (
    ProtocolVersion(
        (0, 1, 0), "0.0.40 to 0.0.43", "actions and config by `request()`; ready is told without a version"
    ),
    ProtocolVersion(
        (0, 3, 0), "0.0.52 to 0.0.72", "disconnect_bot(), function calls, transcripts; actions by `request()`"
    ),
    ProtocolVersion(
        (1, 0, 0),
        "0.0.76 to 0.0.95",
        "send_client_message(), send_client_request(), append_to_context(); send_text() from 0.0.86",
    ),
    ProtocolVersion((1, 1, 0), "0.0.101", "as 1.0.0"),
    ProtocolVersion((1, 2, 0), "0.0.102 to 1.1", "user-mute; append_to_context() and actions go with Pipecat 1.0.0"),
    ProtocolVersion((1, 3, 0), "1.2", "send_ui_event()"),
    ProtocolVersion((1, 4, 0), "1.3", "cancel_ui_job_group()"),
    ProtocolVersion(
        (2, 0, 0), "1.4 to 1.5", "bot-interrupted, raw VAD, send_dtmf() (one button a message), new bot-output"
    ),
    ProtocolVersion((2, 1, 0), "1.6 to 1.12", "send_dtmf() with many buttons a message"),
    ProtocolVersion(
        (2, 2, 0), "1.13 to 1.14", "send_file(), user-input, raw texts, backchannels, capabilities in bot-ready"
    ),
)


@dataclass(frozen=True, slots=True)
class Feature:
    """A call that needs a version."""

    since: Version
    gone: Version | None = None
    """The first version without it."""
    instead: str = ""
    """What to do on servers that don't have it."""


FEATURES = {
    "disconnect_bot": Feature((0, 3, 0), instead="disconnect() ends this side"),
    "send_client_message": Feature((1, 0, 0), instead="bots of that age know actions: request('action', …)"),
    "send_client_request": Feature((1, 0, 0), instead="bots of that age know actions: request('action', …)"),
    "send_text": Feature((1, 0, 0), instead="bots of that age know actions: request('action', …)"),
    "append_to_context": Feature((1, 0, 0), (1, 2, 0), "send_text() does the same"),
    "send_ui_event": Feature((1, 3, 0), instead="send_client_message() carries anything"),
    "cancel_ui_job_group": Feature((1, 4, 0)),
    "send_dtmf": Feature((2, 0, 0), instead="send_client_message() carries anything"),
    "send_file": Feature((2, 2, 0), instead="send_text() with a link may do"),
}
"""Calls that only some servers understand. 1.0 servers take send-text from Pipecat 0.0.86 on; older ones answer with an
error-response."""


def supports(feature: str, version: Version) -> bool:
    """Whether a bot that speaks `version` knows `feature`; one that told no version is taken to."""
    rule = FEATURES[feature]
    return version == (0, 0, 0) or (version >= rule.since and (rule.gone is None or version < rule.gone))


def require(feature: str, version: Version) -> None:
    """Raise `UnsupportedFeatureError` if a bot that speaks `version` doesn't know `feature`.

    A bot that told no version is given the benefit of the doubt: it answers with an error-response itself.
    """
    if supports(feature, version):
        return
    rule = FEATURES[feature]
    span = f"RTVI {_dotted(rule.since)} or newer" + (f", and older than {_dotted(rule.gone)}" if rule.gone else "")
    advice = f" Instead: {rule.instead}." if rule.instead else ""
    raise UnsupportedFeatureError(f"{feature}() needs {span}; this bot speaks {_dotted(version)}.{advice}", feature)


def markdown() -> str:
    """`VERSIONS` as a table."""
    rows = [f"| {_dotted(era.version)} | {era.pipecat} | {era.features} |" for era in VERSIONS]
    return "\n".join(["| RTVI | Pipecat | what it brings |", "|---|---|---|", *rows]) + "\n"


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)
