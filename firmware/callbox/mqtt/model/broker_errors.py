"""Causes for which a broker refuses or ends a connection, a subscription or a publication: one row a cause. Pure.

The table in ``docs/mqtt.md`` is made of it. `callbox.mqtt.paho_client` finds the cause; nothing else words such an
error.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callbox.causes import Cause, plain, table
from callbox.mqtt.model.backoff import EndReason

ABSENT, REFUSED, LOST = EndReason.ABSENT, EndReason.REFUSED, EndReason.LOST


@dataclass(frozen=True, slots=True)
class BrokerCause(Cause):
    """One cause without a reason code of MQTT; its sentence follows "no connection to the broker at HOST:PORT"."""

    end: EndReason = REFUSED
    """End of an attempt, before CONNACK; after it, it is LOST."""


NO_CONNECTION: Mapping[str, BrokerCause] = {
    "name unknown": BrokerCause(
        "DNS: NXDOMAIN, no address, or no host name",
        "host name not found (DNS)",
        "is mqtt.host spelled right, and known in this network?",
        ABSENT,
    ),
    "dns silent": BrokerCause(
        "DNS: no server answers, or SERVFAIL",
        "unreachable, DNS does not answer",
        "is the network up, is the DNS server reachable?",
        ABSENT,
    ),
    "refused": BrokerCause(
        "TCP: ECONNREFUSED",
        "unreachable (connection refused: no broker listens there)",
        "is it running, is mqtt.port right?",
        ABSENT,
    ),
    "unreachable": BrokerCause(
        "TCP: EHOSTUNREACH, ENETUNREACH",
        "unreachable (no route)",
        "is the network up, is the machine switched on, is mqtt.host right?",
        ABSENT,
    ),
    "timed out": BrokerCause(
        "TCP: ETIMEDOUT, or 5 s without an answer to SYN",
        "unreachable (no answer in time)",
        "is a firewall in between, is the machine switched on?",
        ABSENT,
    ),
    "no connection": BrokerCause(
        "TCP: any other error of connect()", "unreachable ({detail})", "is mqtt.host right?", ABSENT
    ),
    "connection closed": BrokerCause(
        "TCP: ECONNRESET, EPIPE, while TLS is negotiated", "connection reset", "does this port speak TLS?"
    ),
    "certificate expired": BrokerCause(
        "TLS: certificate has expired",
        "TLS: {detail}",
        "renew it on the broker; or is this machine's clock wrong?",
    ),
    "certificate not yet valid": BrokerCause(
        "TLS: certificate is not yet valid", "TLS: {detail}", "is this machine's clock wrong?"
    ),
    "certificate of another name": BrokerCause(
        "TLS: host name or IP address mismatch",
        "TLS: {detail}",
        "set mqtt.host to the name that the certificate holds",
    ),
    "certificate authority unknown": BrokerCause(
        "TLS: self-signed, or the issuer is not in the trust store",
        "TLS: {detail}",
        "set mqtt.tls.ca_file to the authority's certificate",
    ),
    "no tls": BrokerCause("TLS: the port speaks plain text", "TLS: {detail}", "set mqtt.port to the broker's TLS port"),
    "tls failed": BrokerCause(
        "TLS: any other alert or error; a client certificate that the broker asks for and gets none",
        "TLS: {detail}",
        "does the broker want a certificate of the box (mqtt.tls.cert_file)? Its log may say why",
    ),
    "silent": BrokerCause(
        "no CONNACK or PINGRESP within mqtt's keep-alive",
        "keep-alive timeout",
        "does the broker hang, is the network lossy?",
        ABSENT,
    ),
    "silent before CONNACK (5)": BrokerCause(
        "mqtt.protocol 5: no CONNACK within mqtt's keep-alive",
        "keep-alive timeout before CONNACK",
        "does the broker hang? If it speaks MQTT 3.1.1 only, set mqtt.protocol to 3.1.1",
        ABSENT,
    ),
    "closed before CONNACK (5)": BrokerCause(
        "mqtt.protocol 5: the connection ends before CONNACK",
        "{detail} before CONNACK",
        "if this is the broker's TLS port, set mqtt.tls; if it speaks MQTT 3.1.1 only, set mqtt.protocol to 3.1.1",
    ),
    "closed before CONNACK": BrokerCause(
        "mqtt.protocol 3.1.1: the connection ends before CONNACK",
        "{detail} before CONNACK",
        "if this is the broker's TLS port, set mqtt.tls; does it keep retained messages, and take QoS 1? If it speaks "
        "MQTT 5 only, set mqtt.protocol to 5",
    ),
    "closed": BrokerCause(
        "the connection ends without DISCONNECT", "connection closed", "the broker's log may say why"
    ),
    "client failed": BrokerCause("an exception inside the MQTT client", "it ended", "the journal names the exception"),
}
"""Causes without a reason code, by name; of resolver, TCP and TLS as `callbox.system.connect_causes` names them.
Field: ``{detail}`` in others' words.
"""

_LOG = "the broker's log may say why"
_LOGIN = "see mqtt.username, mqtt.password"
_AGAIN = "it is tried again"
_OTHER_BROKER = "set mqtt.host to the broker that serves this box now"
REASONS: Mapping[str, str] = {
    "Unspecified error": _LOG,
    "Malformed packet": _LOG,
    "Protocol error": _LOG,
    "Implementation specific error": _LOG,
    "Unsupported protocol version": "it does not speak MQTT {protocol}: set mqtt.protocol to {other}",
    "Client identifier not valid": "the client id is {client_id}, after device.id",
    "Bad user name or password": _LOGIN,
    "Not authorized": _LOGIN,
    "Server unavailable": "is the broker starting, or out of resources?",
    "Server busy": f"it is overloaded; {_AGAIN}",
    "Banned": "the broker's administrator has banned this box",
    "Server shutting down": _AGAIN,
    "Bad authentication method": _LOGIN,
    "Session taken over": "another client has the id {client_id}; give each box a device.id of its own",
    "Topic filter invalid": "does the broker allow topics of this prefix (mqtt.prefix)?",
    "Topic name invalid": "does the broker allow topics of this prefix (mqtt.prefix)?",
    "Receive maximum exceeded": _LOG,
    "Topic alias invalid": _LOG,
    "Packet too large": "the broker's limit for one message is below what this box publishes "
    "(see max_packet_size there)",
    "Message rate too high": f"its limit for messages is below what this box publishes; {_AGAIN}",
    "Quota exceeded": f"a limit of the broker is reached; {_AGAIN}",
    "Administrative action": f"its administrator ended the connection; {_AGAIN}",
    "Payload format invalid": _LOG,
    "Retain not supported": "a box needs a broker that keeps retained messages",
    "QoS not supported": "a box needs a broker that takes QoS 1",
    "Use another server": _OTHER_BROKER,
    "Server moved": _OTHER_BROKER,
    "Shared subscription not supported": _LOG,
    "Connection rate exceeded": f"too many connections at once; {_AGAIN}",
    "Maximum connect time": f"the broker limits how long a connection lasts; {_AGAIN}",
    "Subscription identifiers not supported": _LOG,
    "Wildcard subscription not supported": _LOG,
}
"""What to do, by the reason code of CONNACK or DISCONNECT as paho words it; 3.1.1's return codes are among them."""

_ACL = (
    "the broker's access control list denies it: it must let the box read its commands and write its topics "
    "(deploy/mosquitto/callbox.acl)"
)
SUBSCRIPTION: Mapping[str, str] = {
    "Unspecified error": f"with MQTT 3.1.1 no reason is given; {_LOG}, or {_ACL}",
    "Implementation specific error": _LOG,
    "Not authorized": _ACL,
    "Topic filter invalid": REASONS["Topic filter invalid"],
    "Packet identifier in use": _LOG,
    "Quota exceeded": "the broker limits the subscriptions of a client",
    "Shared subscription not supported": _LOG,
    "Subscription identifiers not supported": _LOG,
    "Wildcard subscription not supported": "a box subscribes with wildcards: allow them at the broker",
}
"""What to do, by the reason code of SUBACK as paho words it; 3.1.1's only failure, 0x80, is "Unspecified error"."""
_FAILED = frozenset(("Unspecified error", "Implementation specific error", "Packet identifier in use"))
"""Reason codes of PUBACK that are no refusal: the broker failed."""
PUBLICATION: Mapping[str, str] = {
    "Unspecified error": _LOG,
    "Implementation specific error": "a cluster of RabbitMQ says so while a node is away, although subscribers at the "
    f"other nodes get the message; else {_LOG}",
    "Not authorized": _ACL,
    "Topic name invalid": REASONS["Topic name invalid"],
    "Packet identifier in use": _LOG,
    "Quota exceeded": "a limit of the broker is reached: of retained messages, or of its memory or disk",
    "Payload format invalid": _LOG,
}
"""What to do, by the reason code of PUBACK (MQTT 5) as paho words it."""


def sentence(cause: str, place: str, **fields: str) -> str:
    """The text for `cause` (a key of `NO_CONNECTION`). `place`: HOST:PORT."""
    row = NO_CONNECTION[cause]
    text = f"no connection to the broker at {place}: {row.sentence}"
    return (f"{text}; {row.advice}" if row.advice else text).format_map(fields)


def refusal(reason: str, place: str, client_id: str, protocol: str) -> str:
    """The text for a CONNACK that refuses with `reason`."""
    return f"the broker at {place} refused the connection: {_with_advice(reason, client_id, protocol)}"


def disconnection(reason: str, place: str, client_id: str, protocol: str) -> str:
    """The text for a DISCONNECT with `reason` (MQTT 5)."""
    return f"no connection to the broker at {place}: {_with_advice(reason, client_id, protocol)}"


def denied_subscription(reason: str) -> str:
    """The text for a SUBACK that denies a subscription with `reason`."""
    return f"The broker denies a subscription: {_joined(reason, SUBSCRIPTION)}; commands do not arrive"


def renamed_topic(topic: str, received: str) -> str:
    """The text for a broker that delivers what was published on `topic` as `received`."""
    return (
        f"The broker delivers {topic} as {received}: commands do not arrive; leave dots out of mqtt.prefix, which "
        "RabbitMQ makes slashes"
    )


def denied_publication(topic: str, reason: str) -> str:
    """The text for a PUBACK with `reason`, an error, for a publication on `topic`."""
    verb = "reports an error in" if reason in _FAILED else "denies"
    return f"The broker {verb} publishing {topic}: {_joined(reason, PUBLICATION)}"


def _joined(reason: str, advice: Mapping[str, str]) -> str:
    return f"{reason}; {advice[reason]}" if reason in advice else reason


def other_protocol(protocol: str) -> str:
    """The version of MQTT that `protocol` isn't."""
    return "3.1.1" if protocol == "5" else "5"


def _with_advice(reason: str, client_id: str, protocol: str) -> str:
    advice = REASONS.get(reason, "").format(client_id=client_id, protocol=protocol, other=other_protocol(protocol))
    return f"{reason}; {advice}" if advice else reason


def markdown() -> str:
    """All tables as one, for the documentation."""
    rows = [cause.row(_WORDS) for cause in NO_CONNECTION.values()]
    rows += [
        f"| CONNACK or DISCONNECT: {reason} | {reason} | {plain(advice, _WORDS)} |"
        for reason, advice in REASONS.items()
    ]
    for packet, denial in (("SUBACK", SUBSCRIPTION), ("PUBACK", PUBLICATION)):
        rows += [f"| {packet}: {reason} | {reason} | {advice} |" for reason, advice in denial.items()]
    return table(rows)


_WORDS = {"detail": "details", "client_id": "ID", "protocol": "VERSION", "other": "the other one"}
"""In place of fields, in the documentation."""
