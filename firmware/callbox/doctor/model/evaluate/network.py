"""Findings from the answers of servers. Pure."""

import ssl
from collections.abc import Mapping

from callbox.doctor.model.findings import Finding, finding
from callbox.mqtt.broker_probe import BrokerProbeResult
from callbox.rtvi import http_client
from callbox.rtvi.errors import InvalidTransportParamsError, TransportStartError

MQTT_SLOW_MS = 500.0
MIN_CONNECTIONS, MIN_CONNECTION_S = 4, 60.0
"""From so many on, connections with the broker that last shorter than this on average are too many."""
BOT_SLOW_MS = 3000.0
"""From a press to a bot that can be spoken to; people press again after that."""
STUN_SLOW_MS = 500.0
DTLS_SLOW_MS = 1500.0
LOST = "lost without a sign"
"""State of an idle connection."""
PROXY_CAUSES = ("proxy unreachable", "proxy unsupported", "proxy refuses")
"""Of `callbox.rtvi.protocol.http_errors`."""


def tcp_error(prefix: str, step: str, error: BaseException, where: str) -> Finding:
    """Finding why the way to a server ended at `step`: dns (no answer to a lookup), name, tcp or tls. `prefix`: MQTT or
    BOT.
    """
    reason = str(error) or type(error).__name__
    if step == "dns":
        return finding(f"{prefix}-DNS", f"{where}: {str(error) or 'no answer in time'}")
    if step == "name":
        return finding(f"{prefix}-NAME", f"{where}: {reason}")
    if step == "tls":
        untrusted = isinstance(error, ssl.SSLCertVerificationError)
        detail = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else reason
        return finding(f"{prefix}-TLS-{'UNTRUSTED' if untrusted else 'FAILED'}", f"{where}: {detail}")
    if isinstance(error, ConnectionRefusedError):
        return finding(f"{prefix}-REFUSED-TCP", where)
    if isinstance(error, TimeoutError):
        return finding(f"{prefix}-NO-ROUTE", f"{where}: no answer in time")
    return finding(f"{prefix}-NO-ROUTE", f"{where}: {reason}")


def broker(result: BrokerProbeResult, topic: str, waited_s: float) -> list[Finding]:
    """Findings about a broker. `topic`: that was written to."""
    if result.other_protocol:
        why = result.refused or result.lost or "no CONNACK"
        return [finding("MQTT-PROTOCOL", f"{why}; it speaks MQTT {result.other_protocol}")]
    if result.refused:
        return [finding("MQTT-REFUSED", f"the broker says: {result.refused}")]
    if not result.connack:
        return [finding("MQTT-NO-BROKER", result.lost or f"no CONNACK within {waited_s:g} s")]
    if result.publish_refused:
        return [finding("MQTT-NO-PUBLISH", f"{topic}: {result.publish_refused}")]
    if result.delivered_as:
        detail = f"{topic}: published, and delivered as {result.delivered_as}; leave dots out of mqtt.prefix"
        return [finding("MQTT-NO-READ", detail)]
    if result.round_trip_ms is None:
        return [finding("MQTT-NO-READ", f"{topic}: published, and not delivered to us within {waited_s:g} s")]
    findings = []
    if result.will_ms is None:
        findings.append(finding("MQTT-NO-WILL", f"{topic}/will: nothing within {waited_s:g} s"))
    if not result.keep_alive:
        findings.append(finding("MQTT-NO-KEEP-ALIVE", "a client that fell silent stayed connected"))
    if not result.retained:
        findings.append(finding("MQTT-NO-RETAINED", f"{topic}/+: nothing within {waited_s:g} s"))
    if result.discovery_refused:
        findings.append(finding("MQTT-NO-DISCOVERY", f"{result.discovery_bytes} bytes: {result.discovery_refused}"))
    if result.boots > 1 or (
        result.connections >= MIN_CONNECTIONS and result.uptime_s < result.connections * MIN_CONNECTION_S
    ):
        detail = f"{result.connections} connections in {result.uptime_s:.0f} s, {result.boots} boots"
        findings.append(finding("MQTT-RECONNECTS", detail))
    if result.round_trip_ms > MQTT_SLOW_MS:
        findings.append(finding("MQTT-SLOW", f"{result.round_trip_ms:.0f} ms, at most {MQTT_SLOW_MS:.0f} are right"))
    return findings


def refusal(status: int | None, text: str) -> Finding:
    """Finding why an HTTP request to the bot's server failed. `status`: what it answered; None: nothing."""
    if status is None:
        return finding("BOT-SILENT", text)
    if 200 <= status < 300:
        return finding("BOT-NOT-JSON", text)
    if status >= 500:
        return finding("BOT-SERVER-ERROR", text)
    return finding({401: "BOT-KEY", 403: "BOT-KEY", 404: "BOT-NOT-FOUND"}.get(status, "BOT-REFUSED"), text)


def unreached(step: str, error: Exception, limit_s: float) -> Finding:
    """Finding why `step` (start, connect) to the bot failed by `error`; `limit_s`: how long it may take."""
    if isinstance(error, http_client.HttpError) and error.cause in PROXY_CAUSES:
        return finding("BOT-PROXY", error.text)
    if isinstance(error, http_client.HttpError):
        return refusal(error.status, error.text)
    if isinstance(error, InvalidTransportParamsError):
        return finding("BOT-NO-SESSION", str(error))
    if isinstance(error, TransportStartError) and error.status is not None:
        # 200: it was answered, and not as this transport wants it.
        return finding("BOT-NO-SESSION", str(error)) if error.status < 300 else refusal(error.status, str(error))
    detail = f"no end of {step} within {limit_s:g} s" if isinstance(error, TimeoutError) else str(error)
    return finding("BOT-SILENT" if step == "start" else "BOT-NO-MEDIA", detail)


def bot(steps_ms: Mapping[str, float]) -> list[Finding]:
    """Findings from the times of the steps to a bot."""
    total_ms = sum(steps_ms.values())
    if total_ms > BOT_SLOW_MS:
        slowest = max(steps_ms, key=lambda step: steps_ms[step])
        detail = f"{total_ms:.0f} ms, at most {BOT_SLOW_MS:.0f} are right; {slowest} took {steps_ms[slowest]:.0f}"
        return [finding("BOT-SLOW", detail)]
    return []


def standby(states: Mapping[str, str], idle_s: float) -> list[Finding]:
    """Findings from the states of idle connections, by bot."""
    return [
        finding("STANDBY-IDLE", f"{name}: no answer over a connection that was idle for {idle_s:g} s")
        for name, state in states.items()
        if state == LOST
    ]


def stun(server: str, answers_ms: Mapping[str, float | None]) -> list[Finding]:
    """Findings from the answers of a STUN server (None: none) to the interfaces."""
    findings = []
    for interface, answer_ms in answers_ms.items():
        if answer_ms is None:
            findings.append(finding("STUN-SILENT", f"{server} from {interface}"))
        elif answer_ms > STUN_SLOW_MS:
            late = f"{server} from {interface}: {answer_ms:.0f} ms, at most {STUN_SLOW_MS:.0f} are right"
            findings.append(finding("STUN-SLOW", late))
    return findings


def dtls(took_ms: float | None, state: str) -> list[Finding]:
    """Findings from a handshake within the machine; None: there was none, and it ended in `state`."""
    if took_ms is None:
        return [finding("DTLS-BLOCKED", state)]
    if took_ms > DTLS_SLOW_MS:
        return [finding("DTLS-SLOW", f"{took_ms:.0f} ms, at most {DTLS_SLOW_MS:.0f} are right")]
    return []
