"""The broker, step by step."""

import ssl

from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import CannotMeasure, Report, Value, finding
from callbox.doctor.probes import tcp
from callbox.mqtt import broker_probe
from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S
from callbox.mqtt.paho_client import Broker, tls_context


async def mqtt(context: Context) -> Report:
    """Check name, TCP, TLS, CONNECT, a message to the own topic, a last will, the discovery message."""
    plan = context.require_plan()
    broker, topics = plan.broker, plan.topics
    if broker is None:
        return Report(skipped="the settings name no broker")
    measured: dict[str, Value] = {"broker": f"{broker.host}:{broker.port}"}
    tls = _tls(broker, measured) if broker.tls else None
    await tcp.probe_tcp("MQTT", broker.host, broker.port, tls, measured)
    result = await in_thread(lambda: broker_probe.probe(broker, topics, plan.discovery()))
    for name, value in (("login", result.login_ms), ("round_trip", result.round_trip_ms), ("will", result.will_ms)):
        measured[f"{name}_ms"] = None if value is None else round(value, 1)
    return Report(measured, tuple(evaluate.broker(result, broker_probe.probe_topic(topics), RESPONSE_TIMEOUT_S)))


def _tls(broker: Broker, measured: dict[str, Value]) -> ssl.SSLContext:
    """As the box has it. Ends the check where a file of it can't be used."""
    code, files = "MQTT-CA-FILE", [broker.ca_file]
    try:
        tls_context(broker.ca_file, None, None, insecure=broker.insecure)
        code, files = "MQTT-CERT-FILE", [broker.cert_file, broker.key_file]
        return tls_context(broker.ca_file, broker.cert_file, broker.key_file, insecure=broker.insecure)
    except (OSError, ValueError) as error:
        detail = f"{', '.join(filter(None, files))}: {getattr(error, 'strerror', None) or error}"
        raise CannotMeasure(Report(measured, (finding(code, detail),))) from None
