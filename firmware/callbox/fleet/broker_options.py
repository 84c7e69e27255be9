"""Broker that `watch` and `simulate` talk to: the one of the settings, or the one of the options."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from callbox.mqtt.paho_client import Broker


class BrokerTarget(NamedTuple):
    """A broker, and what the topics there begin with."""

    broker: "Broker"
    prefix: str
    birth_topic: str = "homeassistant/status"
    """Of Home Assistant's birth message, `online`: a box with `mqtt.homeassistant` reports all when it comes."""
    ask: bool = False
    """Whether `watch` publishes it, for a broker that hands out nothing that is retained."""

    @property
    def ask_topic(self) -> str | None:
        """`birth_topic`; None: boxes are not asked."""
        return self.birth_topic if self.ask else None


class BrokerTargetError(Exception):
    """Error: there is no such broker to talk to. A sentence for the operator."""


def add_options(parser: argparse.ArgumentParser, port: Callable[[str], float]) -> None:
    """The options, in a group of their own, `--port` of type `port`. `--config` and `--set` are the command's."""
    group = parser.add_argument_group("broker", "without --host: the broker of the settings file")
    group.add_argument("--host", help="name or address of the broker; no settings are read then")
    group.add_argument("--port", type=port, metavar="NUMBER", help="default: 1883, with --tls 8883")
    group.add_argument("--prefix", help="topics begin with PREFIX/DEVICE-ID/ (default: callbox)")
    group.add_argument("--username", metavar="NAME")
    group.add_argument("--password-file", type=Path, metavar="FILE", help="a file with the password and nothing else")
    group.add_argument("--protocol", choices=("3.1.1", "5"), default="3.1.1", help="version of MQTT")
    group.add_argument("--tls", action="store_true", help="TLS, by the certificates of the system or of --ca-file")
    group.add_argument("--ca-file", metavar="FILE", help="who vouches for the broker")
    group.add_argument("--cert-file", metavar="FILE", help="a certificate of our own, for a broker that wants one")
    group.add_argument("--key-file", metavar="FILE", help="its key")


def broker_target(options: argparse.Namespace) -> BrokerTarget:
    """Broker of the options, or of the settings. Raises `BrokerTargetError`, and `SettingsError` for wrong settings."""
    return _from_options(options) if options.host else _from_settings(options)


def _from_options(options: argparse.Namespace) -> BrokerTarget:
    from callbox.config.schema import host_problem
    from callbox.mqtt.paho_client import Broker

    if reason := host_problem(options.host):
        raise BrokerTargetError(f"--host: must be a host name or address alone; {reason}")
    tls = bool(options.tls or options.ca_file or options.cert_file)
    broker = Broker(
        options.host,
        options.port or (8883 if tls else 1883),
        options.username,
        _password(options.password_file),
        tls=tls,
        ca_file=options.ca_file,
        cert_file=options.cert_file,
        key_file=options.key_file,
        protocol=options.protocol,
    )
    return BrokerTarget(broker, options.prefix or "callbox")


def _from_settings(options: argparse.Namespace) -> BrokerTarget:
    from callbox.app.compose import broker_config
    from callbox.config import SettingsError, load_all

    try:
        loaded = load_all(options.config, options.set)
        broker, mqtt = broker_config(loaded), loaded.settings.mqtt
    except SettingsError as error:
        raise SettingsError([*error.errors, "or name a broker by --host"]) from None
    if broker is None or mqtt is None:
        raise BrokerTargetError(f"{options.config} names no broker; give mqtt.host there, or --host here")
    place = BrokerTarget(broker, options.prefix or mqtt.prefix)
    found = mqtt.homeassistant
    return place._replace(birth_topic=f"{found.discovery_prefix}/status") if found else place


def _password(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokerTargetError(f"--password-file {file}: {getattr(error, 'strerror', 'it is no text')}") from None
