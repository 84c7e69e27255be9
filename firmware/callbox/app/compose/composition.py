"""Composition of a box: all of its parts."""

import asyncio
import importlib.util
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

import msgspec

from callbox.app.alarm_store import AlarmStore
from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.compose.announcements import announce_config
from callbox.app.compose.board import button_config, make_board, make_sound, telephone_config, with_amplifier
from callbox.app.compose.connection import connection_configs
from callbox.app.compose.lamps import wiring_of
from callbox.app.compose.mqtt import broker_config, info_payload
from callbox.app.compose.panel import PanelFactory, panel_factory
from callbox.app.compose.rings import alarm_config, ring_config
from callbox.app.compose.sound import audio_config, chime_config, spoken_causes_warning
from callbox.app.compose.tools import tool_config
from callbox.app.compose.wake import check_wake, wake_config, wake_group
from callbox.app.connection_config import ConnectionConfig
from callbox.app.jobs import JobRunner
from callbox.app.observers import Observer
from callbox.app.reconfigure import Reconfiguration
from callbox.app.ring_store import RingStore
from callbox.audio.playout import cues
from callbox.config import Loaded, Settings
from callbox.control.call_limits import CallLimits
from callbox.control.quiet_hours import QuietHours
from callbox.mqtt.client import MqttObserver, TrafficObserver
from callbox.mqtt.model import homeassistant
from callbox.mqtt.model.publications import BoxHistory
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import http_client
from callbox.system.extras import install_command
from callbox.system.host_info import board_model, hardware_address, hardware_id
from callbox_device import simulated
from callbox_device.alsa import open_pcm
from callbox_device.early_io import EarlyButton
from callbox_device.interfaces import Board, Part, PartFault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Composition:
    """Parts that a box is made of, secrets fetched. Nothing is opened yet."""

    loaded: Loaded
    connections: Mapping[str, ConnectionConfig]
    """Of each bot, by its name."""
    broker: Broker | None
    topics: Topics
    panel: PanelFactory | None
    warnings: tuple[str, ...] = ()
    """What of the settings can't be had, and is left out."""

    @property
    def settings(self) -> Settings:
        """Settings in force."""
        return self.loaded.settings

    def make_appliance(
        self,
        observers: Sequence[Observer] = (),
        *,
        jobs: JobRunner | None = None,
        pin_factory: Any = None,
        early_button: EarlyButton | None = None,
        ring_store: RingStore | None = None,
        alarm_store: AlarmStore | None = None,
    ) -> Appliance:
        """The box. Call it in the running event loop.

        A part that is missing is left out, and the board says so. `pin_factory`: gpiozero's, for tests. `early_button`:
        button and lamp that work already; taken over if they are where these settings say. `jobs`, `ring_store`,
        `alarm_store`: as of `Appliance`.
        """
        if early_button and early_button.wiring != wiring_of(self.settings.board):
            early_button.release()
            early_button = None
        panel = self.panel.make() if self.panel else None
        board = self.settings.board
        return Appliance(
            make_board(self.settings, pin_factory, early_button, panel),
            self.appliance_config(in_browser=board.in_browser),
            {name: button_config(button) for name, button in board.all_buttons.items()},
            [*self.make_mqtt_observers(panel), *([panel] if panel else []), *observers],
            jobs=jobs,
            ring_store=ring_store,
            alarm_store=alarm_store,
        )

    def appliance_config(self, *, in_browser: bool) -> ApplianceConfig:
        """Configuration of the parts; `in_browser`: with the sound of a board in the panel's page."""
        return ApplianceConfig(
            self.connections,
            audio_config(self.settings.sound, board_model(), in_browser=in_browser),
            chime_config(self.settings),
            self.settings.speaker.max_volume_percent,
            quiet_hours(self.settings),
            telephone_config(self.settings),
            ring_config(self.settings),
            announce_config(self.settings),
            alarm_config(self.settings),
            tool_config(self.settings),
            wake_config(self.settings),
        )

    @property
    def call_limits(self) -> CallLimits:
        """Limits of a call's length."""
        return CallLimits(**msgspec.structs.asdict(self.settings.calls))

    def make_mqtt_observers(
        self, observer: TrafficObserver | None = None, history: BoxHistory | None = None
    ) -> list[Observer]:
        """The MQTT observer of the appliance, if there is a broker. `observer` is called for each publication;
        `history`: of the MQTT observer before this one.
        """
        mqtt = self.settings.mqtt
        if self.broker is None or mqtt is None:
            return []
        info, wake = info_payload(self.settings), wake_group(self.settings)
        topic, discovery = self.settings_topic, self.discovery()
        return [MqttObserver(self.broker, self.topics, info, discovery, observer, wake, topic, history)]

    @property
    def settings_topic(self) -> str | None:
        """Topic of the fleet's settings; None: none come by MQTT."""
        return self.settings.fleet.topic if self.settings.fleet else None

    def discovery(self) -> Publication:
        """Home Assistant's discovery message; with an empty payload if the settings want none."""
        serial, mqtt = hardware_id(), self.settings.mqtt
        if mqtt is None or mqtt.homeassistant is None:
            return homeassistant.withdrawal(self.topics, serial)
        return homeassistant.discovery(
            self.topics,
            info_payload(self.settings),
            serial,
            hardware_address(),
            max_volume_percent=self.settings.speaker.max_volume_percent,
        )

    def make_reconfiguration(
        self,
        board: Board,
        observers: Sequence[Observer],
        volume_percent: int | None = None,
        *,
        in_browser: bool = False,
    ) -> Reconfiguration:
        """Parts that an appliance with `board` can replace while it runs: all but button and lamps.

        `volume_percent`: a new volume; None: as it is set at the moment. `in_browser`: whether `board` is in the
        panel's page; its sound stays there whatever these settings say, which need a restart for that.
        """
        microphone, speaker = board.microphone, board.speaker
        faults: list[PartFault] = []
        if not in_browser:
            microphone, played, faults = make_sound(self.settings)
            speaker = with_amplifier(self.settings, played, board.amplifier, board.speaker)
        wired = [fault for fault in board.faults if fault.part not in (Part.MICROPHONE, Part.SPEAKER)]
        config = self.appliance_config(in_browser=in_browser)
        info = info_payload(self.settings)
        return Reconfiguration(microphone, speaker, (*wired, *faults), config, observers, volume_percent, info)


def make_composition(loaded: Loaded) -> Composition:
    """The plan for these settings. Raises `SettingsError` if a secret can't be fetched, or an extra is missing."""
    settings = loaded.settings
    if settings.sound.echo == "cancel" and importlib.util.find_spec("pywebrtc_audio") is None:
        text = f"needs pywebrtc-audio, which is not installed: {install_command('echo')}"
        raise loaded.error(text, "sound", "echo")
    check_wake(loaded)
    warnings: list[str] = []
    if warning := spoken_causes_warning(loaded):  # a telephone works without
        warnings.append(warning)
        log.warning("%s", warning)
        chimes = msgspec.structs.replace(settings.chimes, speech="none")
        settings = msgspec.structs.replace(settings, chimes=chimes)
        loaded = replace(loaded, settings=settings)
    mqtt = settings.mqtt
    topics = Topics(mqtt.prefix if mqtt else "callbox", settings.device.id or hardware_id())
    if mqtt and mqtt.homeassistant:
        topics = replace(topics, discovery_prefix=mqtt.homeassistant.discovery_prefix)
    connections, broker, panel = connection_configs(loaded), broker_config(loaded), panel_factory(loaded)
    return Composition(loaded, connections, broker, topics, panel, tuple(warnings))


def quiet_hours(settings: Settings) -> QuietHours | None:
    """The quiet hours that are set; None: there are none."""
    if (hours := settings.quiet_hours) is None:
        return None
    return QuietHours(
        time.fromisoformat(hours.start),
        time.fromisoformat(hours.end),
        hours.max_volume_percent,
        hours.lamp_brightness_percent,
        hours.chimes,
    )


def preimport() -> None:
    """Import what the first call will need, so that its press isn't answered later than the others. For a thread."""
    http_client.preimport()
    cues.precompute()
    if peer := sys.modules.get("callbox.transports.small_webrtc.peer_connection"):
        peer.warm_up()
    open_pcm.is_installed()  # loads alsa-lib; the canceller is loaded by the media that wants it


def press_on_signal(box: Appliance) -> None:
    """Let SIGUSR1 press a simulated button. Call it in the running event loop."""

    def press() -> None:
        if isinstance(box.board.button, simulated.SimulatedButton):
            box.board.button.click()
        else:
            log.warning("SIGUSR1 presses a simulated button only; this board has a real one")

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, press)
