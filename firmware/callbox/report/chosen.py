"""The broker that the settings name."""

from callbox.report.broker import Broker
from callbox.settings import Loaded
from callbox.settings.secrets import SecretRef


def broker_of(loaded: Loaded) -> Broker | None:
    """The broker, its secrets fetched; None: there is none. Raises `SettingsError` for a secret that is missing."""
    mqtt = loaded.settings.mqtt
    if mqtt is None:
        return None
    return Broker(
        mqtt.host,
        mqtt.port or (8883 if mqtt.tls else 1883),
        loaded.fetch(mqtt.username, "mqtt", "username") if isinstance(mqtt.username, SecretRef) else mqtt.username,
        loaded.fetch(mqtt.password, "mqtt", "password") if mqtt.password else None,
        mqtt.keep_alive_s,
        protocol="5" if mqtt.protocol == 5 else "3.1.1",
        retry_s=mqtt.retry_s,
        tls=mqtt.tls is not None,
        **(mqtt.tls.model_dump() if mqtt.tls else {}),
    )
