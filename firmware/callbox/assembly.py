"""From settings to concrete parts: which button, which card, which transport, which reports.

With `cli`, the only place that names them; every other room sees Protocols.
"""

import asyncio
import functools
import hashlib
import importlib
import logging
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from callbox import __version__
from callbox.dialling import dialling
from callbox.panelling import PanelPlan, panel_plan
from callbox.report import homeassistant
from callbox.report.broker import Broker
from callbox.report.chosen import broker_of
from callbox.report.command_table import NAMES
from callbox.report.mqtt import Ear, MqttReport
from callbox.report.topics import Topics
from callbox.rtvi import rest
from callbox.rtvi.messages import PROTOCOL_VERSION
from callbox.service.errands import Errands
from callbox.service.parts import Dialling, Observer, Parts
from callbox.service.runtime import Box
from callbox.settings import Loaded, Settings
from callbox.settings.merging import at
from callbox.settings.model import Lamp, Lamps, SoundSettings
from callbox.settings.shown import dump, effective
from callbox.sound.boards import voice_for
from callbox.sound.media import Processing
from callbox.waking import wiring_of
from callbox_device import alsa, alsa_names, alsa_pcm, gpio, simulated
from callbox_device.board import Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.first_light import FirstLight
from callbox_device.gestures import Gestures

if TYPE_CHECKING:
    from callbox.panel.panel import Panel

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a box is made of, secrets fetched. Nothing is opened yet."""

    loaded: Loaded
    dialling: Dialling
    broker: Broker | None
    topics: Topics
    panel: PanelPlan | None

    @property
    def settings(self) -> Settings:
        """What is set."""
        return self.loaded.settings

    @property
    def processing(self) -> Processing:
        """What is done to the sound."""
        in_browser = self.settings.board.kind == "panel"
        return processing(self.settings.sound, board_model(), in_browser=in_browser)

    def make_box(
        self,
        observers: Sequence[Observer] = (),
        *,
        errands: Errands | None = None,
        pin_factory: Any = None,
        light: FirstLight | None = None,
    ) -> Box:
        """The box. Call it in the running event loop.

        A part that is missing is left out, and the board says so. `pin_factory`: gpiozero's, for tests. `light`: button
        and lamp that work already; taken over if they are where these settings say.
        """
        button = self.settings.board.button
        if light and light.wiring != wiring_of(self.settings):
            light.give_up()
            light = None
        shown = self.panel.make() if self.panel else None
        return Box(
            make_board(self.settings, pin_factory, light, shown),
            self.dialling,
            Gestures(debounce_ms=button.debounce_ms, hold_ms=button.hold_ms, double_press_ms=button.double_press_ms),
            [*self.make_reports(shown), *([shown] if shown else []), *observers],
            processing=self.processing,
            errands=errands,
        )

    def make_reports(self, ear: Ear | None = None) -> list[Observer]:
        """Who tells the world. `ear` hears it."""
        mqtt = self.settings.mqtt
        if self.broker is None or mqtt is None:
            return []
        info = about(self.settings)
        serial = hardware_id()
        told = (
            homeassistant.discovery(self.topics, info, serial, hardware_address())
            if mqtt.homeassistant
            else homeassistant.withdrawal(self.topics, serial)
        )
        return [MqttReport(self.broker, self.topics, info, told, ear)]

    def make_parts(self, board: Board, observers: Sequence[Observer], volume_percent: int | None = None) -> Parts:
        """What a box with `board` can exchange while it runs: all but button and lamps.

        `volume_percent`: a new volume; None: as it is set at the moment.
        """
        microphone, speaker = board.microphone, board.speaker
        faults: list[PartFault] = []
        if self.settings.board.kind != "panel":
            microphone, speaker, faults = make_sound(self.settings)
        wired = [fault for fault in board.faults if fault.part not in (Part.MICROPHONE, Part.SPEAKER)]
        faults = [*wired, *faults]
        return Parts(microphone, speaker, tuple(faults), self.dialling, self.processing, volume_percent, observers)


def plan(loaded: Loaded) -> Plan:
    """The plan for these settings. Raises `SettingsError` if a secret can't be fetched, or an extra is missing."""
    settings = loaded.settings
    if settings.sound.echo == "cancel" and find_spec("pywebrtc_audio") is None:
        raise loaded.error("needs callbox[echo], which is not installed: pip install 'callbox[echo]'", "sound", "echo")
    mqtt = settings.mqtt
    topics = Topics(mqtt.prefix if mqtt else "callbox", settings.device.id or hardware_id())
    if mqtt and mqtt.homeassistant:
        topics = replace(topics, discovery_prefix=mqtt.homeassistant.discovery_prefix)
    return Plan(loaded, dialling(loaded), broker_of(loaded), topics, panel_plan(loaded))


def make_board(
    settings: Settings, pin_factory: Any = None, light: FirstLight | None = None, panel: "Panel | None" = None
) -> Board:
    """Button and lamps on GPIO, in memory or in the panel's page; microphone and loudspeaker through ALSA, or there.

    `light`: as for `Plan.make_box`.
    """
    faults: list[PartFault] = []

    def have(part: Part, make: Callable[[], T]) -> T | None:
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
    else:
        microphone, speaker, silent = make_sound(settings)
    if settings.board.kind == "gpio":
        wiring, lamps = settings.board.button, settings.board.lamps
        lamp = functools.partial(gpio.GpioLamp, full=lamps.brightness_percent / 100, pin_factory=pin_factory)
        button = light or have(Part.BUTTON, lambda: gpio.GpioButton(wiring.pin, wiring.pull, pin_factory=pin_factory))
        status_lamp, microphone_lamp = (
            have(part, functools.partial(lamp, wired.pin, wired.active_high, wired.dimmable)) if wired else None
            for part, wired in (
                (Part.STATUS_LAMP, None if light else lamps.status),
                (Part.MICROPHONE_LAMP, lamps.microphone),
            )
        )
        status_lamp = light.lamp if light else status_lamp
    if panel:
        status_lamp, microphone_lamp = panel.watch("status", status_lamp), panel.watch("microphone", microphone_lamp)
    return Board(button, status_lamp, microphone_lamp, microphone, speaker, (*faults, *silent))


def make_sound(settings: Settings) -> tuple[alsa.AlsaMicrophone, alsa.AlsaSpeaker, list[PartFault]]:
    """Microphone and loudspeaker through ALSA, and which of them is missing."""
    microphone = alsa.AlsaMicrophone(settings.microphone.device)
    speaker = alsa.AlsaSpeaker(
        settings.speaker.device, buffer_ms=settings.speaker.buffer_ms, mixer=settings.speaker.mixer
    )
    speaker.volume_percent = settings.speaker.volume_percent
    faults = [
        PartFault(part, PartMissing(f"{device!r} for the {part.value}: {missing}"))
        for part, device in ((Part.MICROPHONE, settings.microphone.device), (Part.SPEAKER, settings.speaker.device))
        if (missing := alsa_names.missing_card(device, alsa_pcm.sound_cards()))
    ]
    return microphone, speaker, faults


def machine() -> dict[str, Any]:
    """What runs where."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "os": _os_name(),
        "model": board_model() or platform.machine(),
        "rtvi": PROTOCOL_VERSION,
    }


def about(settings: Settings) -> dict[str, Any]:
    """What MQTT's `info` tells of the box. The hash is of what is in force, without secrets."""
    in_force = dump(effective(settings))
    may_connect = settings.mqtt is not None and settings.mqtt.allow_remote_connect
    return {
        "name": settings.device.name,
        **machine(),
        "commands": [name for name in NAMES if may_connect or name != "connect"],
        "settings": hashlib.sha256(in_force.encode()).hexdigest()[:12],
    }


def _os_name() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return platform.system()


def wired_lamps(settings: Settings) -> list[tuple[int, bool]]:
    """Pin of each lamp on GPIO, and whether a high pin lights it."""
    lamps = settings.board.lamps
    wired = [lamp for lamp in (lamps.status, lamps.microphone) if lamp and settings.board.kind == "gpio"]
    return [(lamp.pin, lamp.active_high) for lamp in wired]


def find_status_lamp(data: Any, pin_factory: Any = None) -> gpio.GpioLamp | None:
    """The status lamp as far as `data`, which may be wrong everywhere, tells where it is; None: there is none."""
    if at(data, ("board", "kind")) == "simulated":
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


def processing(sound: SoundSettings, model: str, *, in_browser: bool = False) -> Processing:
    """What is done to the sound on a board called `model`: what is set, else what suits the board.

    `in_browser`: the sound is a browser's, which does all that itself.
    """
    set_ = {name: value for name, value in sound.opus.model_dump().items() if value is not None}
    return Processing(
        voice=replace(voice_for(model), **set_),
        echo="off" if in_browser else sound.echo,
        noise_suppression=sound.noise_suppression and not in_browser,
        gain_control=sound.gain_control and not in_browser,
        pre_roll=sound.pre_roll,
    )


def board_model(file: Path = Path("/proc/device-tree/model")) -> str:
    """The board's name (``Raspberry Pi Zero 2 W Rev 1.0``); empty where the kernel knows none: on a PC."""
    try:
        return file.read_text().rstrip("\0\n")
    except OSError:
        return ""


def warm_up() -> None:
    """Import what the first call will need, so that its press isn't answered later than the others. For a thread."""
    rest.warm_up()
    if peer := sys.modules.get("callbox.transports.peer"):
        peer.warm_up()
    if find_spec("alsaaudio"):  # the canceller is loaded by the media that wants it
        importlib.import_module("alsaaudio")


def press_on_signal(box: Box) -> None:
    """Let SIGUSR1 press a simulated button. Call it in the running event loop."""

    def press() -> None:
        if isinstance(box.board.button, simulated.SimulatedButton):
            box.board.button.click()
        else:
            log.warning("SIGUSR1 presses a simulated button only; this board has a real one")

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, press)


_NET, _MACHINE_ID = Path("/sys/class/net"), Path("/etc/machine-id")


def hardware_id(net: Path = _NET, machine_id: Path = _MACHINE_ID) -> str:
    """Six hex digits that stay with the machine: the end of a network card's address, or of what Debian made up."""
    if address := hardware_address(net):
        return address.replace(":", "")[-6:]
    try:
        return machine_id.read_text().strip()[-6:] or "000000"
    except OSError:
        return "000000"


def hardware_address(net: Path = _NET) -> str | None:
    """Of the first real network card, as ``b8:27:eb:1a:2b:3c``; None: there is none."""
    for interface in sorted(net.glob("*/device")):  # the real ones have a device
        address = (interface.parent / "address").read_text().strip()
        if address.strip("0:"):
            return address
    return None
