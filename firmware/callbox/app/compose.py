"""Composition root: from settings to board, transport, broker, panel and box. Nothing else names concrete parts.

With `cli`, the only place that names them; every other room sees Protocols.
"""

import asyncio
import functools
import hashlib
import importlib
import importlib.resources
import importlib.util
import logging
import platform
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from callbox import __version__
from callbox.app.appliance import Appliance
from callbox.app.button_control import ButtonConfig
from callbox.app.chimes import ChimeConfig
from callbox.app.early_boot import wiring_of
from callbox.app.jobs import JobRunner
from callbox.app.observers import ConnectionConfig, Observer, Reconfiguration
from callbox.app.standby import Prewarmer
from callbox.app.telephone import TelephoneConfig
from callbox.audio.codec_presets import preset_for
from callbox.audio.media import AudioConfig
from callbox.audio.playout import cues, spoken_cause
from callbox.config import Loaded, Settings, SettingsError
from callbox.config.dump import as_dict, dump
from callbox.config.merge import at
from callbox.config.schema import BoardSettings, Bot, Button, Lamp, Lamps, SoundSettings, kind_has_gpio
from callbox.config.secrets import SecretRef
from callbox.control.call_limits import CallLimits
from callbox.control.faults import Fault
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.quiet_hours import QuietHours
from callbox.control.spoken_causes import SENTENCES
from callbox.legend import gestures
from callbox.mqtt.client import MqttObserver, TrafficObserver
from callbox.mqtt.model import homeassistant
from callbox.mqtt.model.commands import NAMES
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker
from callbox.panel.model import server_messages
from callbox.panel.model.access import MIN_TOKEN_CHARS, AccessPolicy
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox.rtvi import APIRequest, Deadlines, TransportFactory, http_client
from callbox.rtvi.client import Params
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import failover
from callbox.rtvi.protocol.messages import PROTOCOL_VERSION
from callbox.system.extras import install_command
from callbox.system.host_info import board_model, hardware_address, hardware_id, os_name
from callbox_device import gpio, interfaces, simulated
from callbox_device.alsa import devices, open_pcm
from callbox_device.early_io import EarlyButton
from callbox_device.interfaces import Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.model import alsa_names
from callbox_device.model.gestures import Gestures

if TYPE_CHECKING:
    from callbox.panel.panel import Panel


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
        tls=mqtt.tls is not None,
        **(mqtt.tls.model_dump() if mqtt.tls else {}),
    )


@dataclass(frozen=True, slots=True)
class PanelFactory:
    """What the panel is made of, its token fetched. Nothing is opened yet."""

    policy: AccessPolicy
    port: int
    about: server_messages.Message
    is_board: bool
    shows_transcript: bool
    settings: BoardSettings
    """What is in the page beside the button, if `is_board`."""

    def make(self) -> "Panel":
        """The panel. Call it in the running loop."""
        from callbox.panel.browser_board import PageBoard
        from callbox.panel.panel import Panel

        sentence = Path(str(importlib.resources.files("callbox") / "assets/speech.wav"))
        board = None
        if self.is_board:
            contacts = page_contacts(self.settings)
            board = PageBoard(sentence, None, contacts, simulated_dial(self.settings), simulated_knob(self.settings))
        return Panel(self.policy, self.port, self.about, board=board, shows_transcript=self.shows_transcript)


def panel_token(loaded: Loaded) -> str | None:
    """The panel's token; None: there is none. Raises `SettingsError` where it can't be read, or is too short."""
    reference = loaded.settings.panel.token
    token = loaded.fetch(reference, "panel", "token") if reference else None
    if token is not None and len(token) < MIN_TOKEN_CHARS:
        text = f"has {len(token)} characters, at least {MIN_TOKEN_CHARS} are needed: `openssl rand -hex 16` makes one"
        raise loaded.error(text, "panel", "token")
    return token


def panel_factory(loaded: Loaded) -> PanelFactory | None:
    """The plan for these settings; None: no panel. Raises `SettingsError` for a token or a library that is missing."""
    settings, panel = loaded.settings, loaded.settings.panel
    if not panel.enabled:
        return None
    if importlib.util.find_spec("websockets") is None:
        raise loaded.error(f"needs websockets, which is not installed: {install_command('panel')}", "panel")
    is_board = settings.board.in_browser
    token = panel_token(loaded)
    board = settings.board
    about = server_messages.about(
        settings.device.name,
        __version__,
        is_board=is_board,
        has_token=token is not None,
        gestures=[(f"{row.part}: {row.gesture}", row.meaning) for row in gestures.gestures(board)],
        contacts=page_contacts(board) if is_board else (),
        has_dial=is_board and board.rotary_dial is not None,
        has_knob=is_board and board.volume_knob is not None,
    )
    policy = AccessPolicy(panel.address, socket.gethostname(), token, tuple(panel.allowed_hosts))
    return PanelFactory(policy, panel.port, about, is_board, panel.transcript, board)


def page_contacts(board: BoardSettings) -> tuple[str, ...]:
    """Names of buttons and switches beside the button, as a page has them."""
    switches = {MUTE_SWITCH: board.mute_switch, HOOK_SWITCH: board.hook_switch}
    return (*board.buttons, *(name for name, switch in switches.items() if switch))


def simulated_dial(board: BoardSettings) -> simulated.SimulatedRotaryDial | None:
    """A rotary dial in memory with the contacts of these settings; None: they have none."""
    dial = board.rotary_dial
    return simulated.SimulatedRotaryDial(has_off_normal=dial.off_normal_pin is not None) if dial else None


def simulated_knob(board: BoardSettings) -> simulated.SimulatedKnob | None:
    """A volume knob in memory, wired as these settings say; None: they have none."""
    knob = board.volume_knob
    return simulated.SimulatedKnob(knob.edges_per_detent, is_reversed=knob.reversed) if knob else None


_LIBRARIES = {"webrtc": (), "websocket": ("websockets", "google.protobuf"), "daily": ("daily",)}
"""What a transport needs beyond Callbox's own dependencies: the extra of its name."""
_REQUESTS: dict[str, dict[str, Any]] = {
    "webrtc": {"transport": "webrtc"},
    "websocket": {"transport": "websocket"},
    "daily": {"transport": "daily", "createDailyRoom": True},
}
"""What a start request says unless the file says otherwise; Pipecat's runner and Pipecat Cloud read it."""


def connection_configs(loaded: Loaded) -> dict[str, ConnectionConfig]:
    """How each bot of these settings is reached, by its name. Raises `SettingsError` for a secret or a library that
    isn't there.
    """
    return {place[-1]: _connection_config(loaded, place, bot) for place, bot in loaded.settings.all_bots.items()}


def _connection_config(loaded: Loaded, place: tuple[str, ...], bot: Bot) -> ConnectionConfig:
    headers = {
        name: loaded.fetch(value, *place, "headers", name) if isinstance(value, SecretRef) else value
        for name, value in bot.headers.items()
    }
    ice_servers = [
        {
            "urls": server.urls,
            "username": server.username,
            "credential": server.credential and loaded.fetch(server.credential, *place, "ice_servers", number),
        }
        for number, server in enumerate(bot.ice_servers)
    ]
    for library in _LIBRARIES[bot.transport]:
        if not _has(library):
            needs = f"{bot.transport} needs {library}, which is not installed: {install_command(bot.transport)}"
            raise loaded.error(needs, *place, "transport")
    url = bot.start_url or bot.offer_url or ""
    keep_alive = _http_pool(loaded, place, bot)
    transport, preparation = _transport(bot.transport, ice_servers, keep_alive, url, armed=bot.standby != "cold")
    mqtt = loaded.settings.mqtt
    deadline_s = bot.deadlines.start_s if bot.start_url else bot.deadlines.connect_s
    data = {**_REQUESTS[bot.transport], **bot.request_data} if bot.start_url else bot.request_data
    share_s = failover.share_s(deadline_s, 1 + len(bot.fallback_urls))
    request = APIRequest(url, headers, data, bot.fallback_urls, share_s)
    params: Params = request if bot.start_url else {"webrtc_request_params": request}
    return ConnectionConfig(
        transport,
        params,
        Deadlines(**bot.deadlines.model_dump()),
        allow_remote_connect=mqtt is not None and mqtt.allow_remote_connect,
        keep_alive=keep_alive,
        preparation=preparation,
        hot=bot.standby == "hot",
    )


def _http_pool(loaded: Loaded, place: tuple[str, ...], bot: Bot) -> HttpPool:
    """The HTTP connections to a bot. Raises `SettingsError` for a `tls.ca_file` that can't be used."""
    ca_file = bot.tls.ca_file if bot.tls else None
    pool = HttpPool(ca_file)
    if ca_file is not None:
        try:
            _ = pool.tls
        except OSError as error:  # ssl.SSLError is one
            why = "it holds no certificate (PEM)" if isinstance(error, ssl.SSLError) else error.strerror
            raise loaded.error(f"{ca_file}: {why}", *place, "tls", "ca_file") from None
    return pool


def _transport(
    kind: str, ice_servers: Sequence[Mapping[str, Any]], keep_alive: HttpPool, url: str, *, armed: bool
) -> tuple[TransportFactory, Prewarmer | None]:
    # Late: each brings a library of its own, and a box uses one.
    if kind == "webrtc":
        from callbox.transports.small_webrtc import SmallWebRTCTransport

        if not armed:
            return functools.partial(SmallWebRTCTransport, ice_servers=ice_servers), None
        from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

        ready = PrewarmedSmallWebRTC(keep_alive, url, ice_servers)
        return ready, ready
    from callbox.transports.http_preconnect import HttpPreconnect

    line = HttpPreconnect(keep_alive, url) if armed else None
    if kind == "websocket":
        from callbox.transports.websocket import WebSocketTransport

        return WebSocketTransport, line
    from callbox.transports.daily import DailyTransport

    return DailyTransport, line


def _has(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except ModuleNotFoundError:  # not even its parent package
        return False


log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything that a box is made of, secrets fetched. Nothing is opened yet."""

    loaded: Loaded
    connections: Mapping[str, ConnectionConfig]
    """Of each bot, by its name."""
    broker: Broker | None
    topics: Topics
    panel: PanelFactory | None

    @property
    def settings(self) -> Settings:
        """What is set."""
        return self.loaded.settings

    def audio(self, *, in_browser: bool) -> AudioConfig:
        """What is done to the sound; `in_browser`: of a board in the panel's page."""
        return audio_config(self.settings.sound, board_model(), in_browser=in_browser)

    def make_appliance(
        self,
        observers: Sequence[Observer] = (),
        *,
        jobs: JobRunner | None = None,
        pin_factory: Any = None,
        early_button: EarlyButton | None = None,
    ) -> Appliance:
        """The box. Call it in the running event loop.

        A part that is missing is left out, and the board says so. `pin_factory`: gpiozero's, for tests. `early_button`:
        button and lamp that work already; taken over if they are where these settings say.
        """
        main = button_config(self.settings.board.button)
        if early_button and early_button.wiring != wiring_of(self.settings):
            early_button.release()
            early_button = None
        panel = self.panel.make() if self.panel else None
        return Appliance(
            make_board(self.settings, pin_factory, early_button, panel),
            self.connections,
            main.gestures,
            [*self.make_mqtt_observers(panel), *([panel] if panel else []), *observers],
            audio=self.audio(in_browser=self.settings.board.in_browser),
            jobs=jobs,
            gesture_settings=main.settings,
            buttons={name: button_config(button) for name, button in self.settings.board.buttons.items()},
            chimes=chime_config(self.settings),
            max_volume_percent=self.settings.speaker.max_volume_percent,
            quiet_hours=quiet_hours(self.settings),
            telephone=telephone_config(self.settings),
        )

    @property
    def call_limits(self) -> CallLimits:
        """How long calls may last."""
        return CallLimits(**self.settings.calls.model_dump())

    def make_mqtt_observers(self, observer: TrafficObserver | None = None) -> list[Observer]:
        """The MQTT observer of the appliance, if there is a broker. `observer` is called for each publication."""
        mqtt = self.settings.mqtt
        if self.broker is None or mqtt is None:
            return []
        return [MqttObserver(self.broker, self.topics, info_payload(self.settings), self.discovery(), observer)]

    def discovery(self) -> Publication:
        """Home Assistant's discovery message; with an empty payload if the settings want none."""
        serial, mqtt = hardware_id(), self.settings.mqtt
        if mqtt is None or mqtt.homeassistant is None:
            return homeassistant.withdrawal(self.topics, serial)
        return homeassistant.discovery(self.topics, info_payload(self.settings), serial, hardware_address())

    def make_reconfiguration(
        self,
        board: Board,
        observers: Sequence[Observer],
        volume_percent: int | None = None,
        *,
        in_browser: bool = False,
    ) -> Reconfiguration:
        """What an appliance with `board` can replace while it runs: all but button and lamps.

        `volume_percent`: a new volume; None: as it is set at the moment. `in_browser`: whether `board` is in the
        panel's page; its sound stays there whatever these settings say, which need a restart for that.
        """
        microphone, speaker = board.microphone, board.speaker
        faults: list[PartFault] = []
        if not in_browser:
            microphone, speaker, faults = make_sound(self.settings)
        wired = [fault for fault in board.faults if fault.part not in (Part.MICROPHONE, Part.SPEAKER)]
        audio = self.audio(in_browser=in_browser)
        return Reconfiguration(
            microphone,
            speaker,
            (*wired, *faults),
            self.connections,
            audio,
            volume_percent,
            observers,
            chime_config(self.settings),
            self.settings.speaker.max_volume_percent,
            quiet_hours(self.settings),
            telephone_config(self.settings),
        )


def make_composition(loaded: Loaded) -> Composition:
    """The plan for these settings. Raises `SettingsError` if a secret can't be fetched, or an extra is missing."""
    settings = loaded.settings
    if settings.sound.echo == "cancel" and importlib.util.find_spec("pywebrtc_audio") is None:
        text = f"needs pywebrtc-audio, which is not installed: {install_command('echo')}"
        raise loaded.error(text, "sound", "echo")
    try:
        check_spoken_causes(loaded)
    except SettingsError as error:  # a telephone works without
        log.warning("%s; no cause is spoken", error)
        chimes = settings.chimes.model_copy(update={"speech": "none"})
        settings = settings.model_copy(update={"chimes": chimes})
        loaded = replace(loaded, settings=settings)
    mqtt = settings.mqtt
    topics = Topics(mqtt.prefix if mqtt else "callbox", settings.device.id or hardware_id())
    if mqtt and mqtt.homeassistant:
        topics = replace(topics, discovery_prefix=mqtt.homeassistant.discovery_prefix)
    return Composition(loaded, connection_configs(loaded), broker_config(loaded), topics, panel_factory(loaded))


def telephone_config(settings: Settings) -> TelephoneConfig:
    """What hook switch, dial and volume knob need to know."""
    board, bots = settings.board, settings.bots.items()
    hook, knob = board.hook_switch, board.volume_knob
    config = TelephoneConfig(digits={bot.dial_digit: name for name, bot in bots if bot.dial_digit})
    if hook:
        config = replace(config, hook_debounce_ms=hook.debounce_ms)
    if knob:
        config = replace(
            config,
            edges_per_detent=knob.edges_per_detent,
            step_percent=knob.step_percent,
            is_knob_reversed=knob.reversed,
        )
    return config


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


def chime_config(settings: Settings) -> ChimeConfig:
    """Which sounds of its own the box plays. None in the panel's page, which closes its sound with the call."""
    chimes = settings.chimes
    return ChimeConfig(
        chimes.enabled and not settings.board.in_browser,
        chimes.volume_percent,
        chimes.handset,
        _spoken_causes(settings),
    )


def _spoken_causes(settings: Settings) -> Path | None:
    speech = settings.chimes.speech
    if speech == "none":
        return None
    own = Path(str(importlib.resources.files("callbox") / "assets/spoken_causes"))
    return own / speech if speech in SENTENCES else Path(speech)


def check_spoken_causes(loaded: Loaded) -> None:
    """Read the spoken causes. Raises `SettingsError` for a folder of the user's that can't be used, or a file in it."""
    folder = _spoken_causes(loaded.settings)
    if folder is None or loaded.settings.chimes.speech in SENTENCES:
        return
    if not folder.is_dir():
        raise loaded.error(f"{folder}: there is no such folder", "chimes", "speech")
    try:
        found = [fault.code for fault in Fault if spoken_cause.read(folder, fault.code)]
    except (OSError, ValueError) as error:
        raise loaded.error(str(error), "chimes", "speech") from None
    if not found:
        names = ", ".join(f"{fault.code}.wav" for fault in Fault)
        raise loaded.error(f"{folder} holds none of {names}", "chimes", "speech")


def button_config(button: Button) -> ButtonConfig:
    """When the contact of `button` is which gesture, and what that means."""
    gestures = Gestures(debounce_ms=button.debounce_ms, hold_ms=button.hold_ms, double_press_ms=button.double_press_ms)
    settings = GestureSettings(
        GestureAction(button.on_double_press),
        GestureAction(button.on_hold),
        button.double_press_ms,
        GestureAction(button.on_press),
        button.bot,
    )
    return ButtonConfig(gestures, settings)


def make_board(
    settings: Settings, pin_factory: Any = None, early_button: EarlyButton | None = None, panel: "Panel | None" = None
) -> Board:
    """Button and lamps on GPIO, in memory or in the panel's page; microphone and loudspeaker through ALSA, or there.

    `early_button`: as for `Composition.make_appliance`.
    """
    faults: list[PartFault] = []

    def make_or_fault(part: Part, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except BoardError as error:
            faults.append(PartFault(part, error))
            return None

    microphone: Microphone
    speaker: Speaker
    silent: list[PartFault] = []
    button: Any = simulated.SimulatedButton()
    status_lamp: Any = simulated.SimulatedLamp()
    microphone_lamp: Any = simulated.SimulatedLamp()
    if panel and panel.board:
        button, microphone, speaker = panel.board.button, panel.board.microphone, panel.board.speaker
        speaker.volume_percent = settings.speaker.volume_percent
    else:
        microphone, speaker, silent = make_sound(settings)
    if settings.board.has_gpio:
        wiring, lamps = settings.board.button, settings.board.lamps
        lamp = functools.partial(gpio.GpioLamp, full=lamps.brightness_percent / 100, pin_factory=pin_factory)
        button = early_button or make_or_fault(
            Part.BUTTON, lambda: gpio.GpioButton(wiring.pin, wiring.pull, pin_factory=pin_factory)
        )
        status_lamp, microphone_lamp = (
            make_or_fault(part, functools.partial(lamp, wired.pin, wired.active_high, wired.dimmable))
            if wired
            else None
            for part, wired in (
                (Part.STATUS_LAMP, None if early_button else lamps.status),
                (Part.MICROPHONE_LAMP, lamps.microphone),
            )
        )
        status_lamp = early_button.lamp if early_button else status_lamp
    buttons: dict[str, interfaces.Button] = {}
    for name, wired_button in settings.board.buttons.items():
        make_button = functools.partial(gpio.GpioButton, wired_button.pin, wired_button.pull, pin_factory=pin_factory)
        made: interfaces.Button | None
        if settings.board.has_gpio:
            made = make_or_fault(Part.BUTTON, make_button)
        else:
            made = panel.board.contacts[name] if panel and panel.board else simulated.SimulatedButton()
        if made:
            buttons[name] = made
    mute_switch: interfaces.Button | None = None
    if switch := settings.board.mute_switch:
        mute_switch = panel.board.contacts[MUTE_SWITCH] if panel and panel.board else simulated.SimulatedButton()
        if settings.board.has_gpio:
            inverted = switch.mutes_when == "open"
            make_switch = functools.partial(gpio.GpioButton, switch.pin, switch.pull, inverted=inverted)
            mute_switch = make_or_fault(Part.MUTE_SWITCH, lambda: make_switch(pin_factory=pin_factory))
    hook_switch: interfaces.Button | None = None
    if hook := settings.board.hook_switch:
        hook_switch = panel.board.contacts[HOOK_SWITCH] if panel and panel.board else simulated.SimulatedButton()
        if settings.board.has_gpio:
            is_lifted_open = hook.off_hook_when == "open"
            make_hook = functools.partial(gpio.GpioButton, hook.pin, hook.pull, inverted=is_lifted_open)
            hook_switch = make_or_fault(Part.HOOK_SWITCH, lambda: make_hook(pin_factory=pin_factory))
    rotary_dial: tuple[interfaces.Button, ...] = ()
    if dial := settings.board.rotary_dial:
        # The pulse contact is closed at rest, the off-normal contact open.
        wiring_of_dial = [
            (dial.pulse_pin, True),
            *([(dial.off_normal_pin, False)] if dial.off_normal_pin is not None else []),
        ]
        if settings.board.has_gpio:
            rotary_dial = make_or_fault(Part.ROTARY_DIAL, lambda: _contacts(wiring_of_dial, pin_factory)) or ()
        elif in_memory := (panel.board.rotary_dial if panel and panel.board else simulated_dial(settings.board)):
            rotary_dial = in_memory.contacts
    volume_knob: tuple[interfaces.Button, ...] = ()
    if knob := settings.board.volume_knob:
        wiring_of_knob = [(knob.a_pin, False), (knob.b_pin, False)]
        if settings.board.has_gpio:
            volume_knob = make_or_fault(Part.VOLUME_KNOB, lambda: _contacts(wiring_of_knob, pin_factory)) or ()
        elif turned := (panel.board.volume_knob if panel and panel.board else simulated_knob(settings.board)):
            volume_knob = turned.contacts
    if panel:
        status_lamp, microphone_lamp = panel.watch("status", status_lamp), panel.watch("microphone", microphone_lamp)
    return Board(
        button,
        status_lamp,
        microphone_lamp,
        microphone,
        speaker,
        (*faults, *silent),
        mute_switch,
        buttons,
        hook_switch,
        rotary_dial,
        volume_knob,
    )


def _contacts(wiring: Sequence[tuple[int, bool]], pin_factory: Any) -> tuple[interfaces.Button, ...]:
    """Contacts to ground: pin of each, and whether it is inverted. All or none. Raises `BoardError`."""
    made: list[interfaces.Button] = []
    try:
        for pin, inverted in wiring:
            made.append(gpio.GpioButton(pin, "up", inverted=inverted, pin_factory=pin_factory))
    except BoardError:
        for contact in made:
            contact.close()
        raise
    return tuple(made)


def make_sound(settings: Settings) -> tuple[devices.AlsaMicrophone, devices.AlsaSpeaker, list[PartFault]]:
    """Microphone and loudspeaker through ALSA, and which of them is missing."""
    microphone = devices.AlsaMicrophone(settings.microphone.device, channel=settings.microphone.channel)
    speaker = devices.AlsaSpeaker(
        settings.speaker.device, buffer_ms=settings.speaker.buffer_ms, mixer=settings.speaker.mixer
    )
    speaker.volume_percent = settings.speaker.volume_percent
    faults = [
        PartFault(part, PartMissing(f"{device!r} for the {part.value}: {missing}"))
        for part, device in ((Part.MICROPHONE, settings.microphone.device), (Part.SPEAKER, settings.speaker.device))
        if (missing := alsa_names.missing_card(device, open_pcm.sound_cards()))
    ]
    return microphone, speaker, faults


def host_info() -> dict[str, Any]:
    """What runs where."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "os": os_name(),
        "model": board_model() or platform.machine(),
        "rtvi": PROTOCOL_VERSION,
    }


def info_payload(settings: Settings) -> dict[str, Any]:
    """What MQTT's `info` tells of the box. The hash is of what is in force, without secrets."""
    in_force = dump(as_dict(settings))
    may_connect = settings.mqtt is not None and settings.mqtt.allow_remote_connect
    return {
        "name": settings.device.name,
        **host_info(),
        "commands": [name for name in NAMES if may_connect or name != "connect"],
        "bots": [place[-1] for place in settings.all_bots],
        "buttons": list(settings.board.buttons),
        "settings": hashlib.sha256(in_force.encode()).hexdigest()[:12],
    }


def wired_lamps(settings: Settings) -> list[tuple[int, bool]]:
    """Pin of each lamp on GPIO, and whether a high pin lights it."""
    lamps = settings.board.lamps
    wired = [lamp for lamp in (lamps.status, lamps.microphone) if lamp and settings.board.has_gpio]
    return [(lamp.pin, lamp.active_high) for lamp in wired]


def find_status_lamp(data: Any, pin_factory: Any = None) -> gpio.GpioLamp | None:
    """The status lamp as far as `data`, which may be wrong everywhere, tells where it is; None: there is none."""
    if not kind_has_gpio(at(data, ("board", "kind"))):
        return None
    lamps = at(data, ("board", "lamps"))
    if isinstance(lamps, dict) and "status" in lamps and lamps["status"] is None:
        return None
    try:
        wired = Lamp.model_validate(at(lamps, ("status",)))
    except ValidationError:
        wired = Lamps().status or Lamp(pin=22)
    try:
        return gpio.GpioLamp(wired.pin, wired.active_high, wired.dimmable, pin_factory=pin_factory)
    except BoardError:
        return None


def audio_config(sound: SoundSettings, model: str, *, in_browser: bool = False) -> AudioConfig:
    """What is done to the sound on a board called `model`: what is set, else what suits the board.

    `in_browser`: the sound is a browser's, which does all that itself.
    """
    set_ = {name: value for name, value in sound.opus.model_dump().items() if value is not None}
    return AudioConfig(
        voice=replace(preset_for(model), **set_),
        echo="off" if in_browser else sound.echo,
        noise_suppression=sound.noise_suppression and not in_browser,
        gain_control=sound.gain_control and not in_browser,
        pre_roll=sound.pre_roll,
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
