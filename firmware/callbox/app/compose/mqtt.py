"""The MQTT broker, and what is told of the box there, from the settings."""

import hashlib
import platform
from typing import Any

import msgspec

from callbox import __version__
from callbox.config import Loaded, Settings
from callbox.config.dump import as_dict, dump
from callbox.config.secrets import SecretRef
from callbox.mqtt.model.command_arguments import MAX_ANNOUNCE_BYTES
from callbox.mqtt.model.commands import NAMES
from callbox.mqtt.paho_client import MAX_PACKET_BYTES, Broker
from callbox.rtvi.protocol.messages import PROTOCOL_VERSION
from callbox.system.host_info import board_model, os_name


def broker_config(loaded: Loaded) -> Broker | None:
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
        max_packet_bytes=MAX_PACKET_BYTES + (MAX_ANNOUNCE_BYTES if loaded.settings.announce.allow_announce else 0),
        tls=mqtt.tls is not None,
        **(msgspec.structs.asdict(mqtt.tls) if mqtt.tls else {}),
    )


def host_info() -> dict[str, Any]:
    """Versions and names of this program and its host."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "os": os_name(),
        "model": board_model() or platform.machine(),
        "rtvi": PROTOCOL_VERSION,
    }


def info_payload(settings: Settings) -> dict[str, Any]:
    """Payload of MQTT's topic `info`. The hash is of what is in force, without secrets."""
    in_force = dump(as_dict(settings))
    may_connect = settings.mqtt is not None and settings.mqtt.allow_remote_connect
    denied = {
        "connect": not may_connect,
        "ring": not settings.ring.allow_ring,
        "announce": not settings.announce.allow_announce,
    }
    setting = ("alarm", "timer", "reminder", "cancel_alarm", "silence_alarm")
    denied |= dict.fromkeys(setting, not settings.alarm.allow_alarm)
    return {
        "name": settings.device.name,
        **host_info(),
        "commands": [name for name in NAMES if not denied.get(name)],
        "bots": [place[-1] for place in settings.all_bots],
        "buttons": list(settings.board.buttons),
        "settings": hashlib.sha256(in_force.encode()).hexdigest()[:12],
    }
