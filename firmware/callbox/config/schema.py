"""Schema of the settings, with defaults and limits: the one source of loader, JSON schema and reference.

A unit is part of the name. Values are strict: ``"20"`` is no number, ``yes`` is no boolean.
"""

import contextlib
import difflib
import ipaddress
import re
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Meta

from callbox.config.secrets import SecretRef
from callbox.config.section import KIND, Condition, Section, Unfit
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.alsa_names import numbered_card
from callbox_device.model.key_codes import KEY_NAMES
from callbox_device.model.keypad import LAYOUTS as KEYPAD_LAYOUTS
from callbox_device.model.light_specs import MAX_PIN, MAX_PIXELS, SPI_PATTERN, Chip, ColorOrder, Order, RingModel

Pin = Annotated[int, Meta(ge=2, le=MAX_PIN, description="GPIO number (BCM), not the number on the header.")]


def _stable_name(name: str) -> str:
    number = numbered_card(name)
    if number is not None:
        raise Unfit(
            f"must call a card by its name, not by a number: which card is number {number} depends on what was plugged "
            "in first. `callbox devices` lists the names, such as plughw:CARD=Device"
        )
    return name


def _key_name(name: str) -> str:
    if name not in KEY_NAMES:
        near = difflib.get_close_matches(name.upper(), KEY_NAMES, 1, 0.7)
        hint = f"did you mean {near[0]}?" if near else "`callbox devices` lists those of each device"
        raise Unfit(f"is no key such as KEY_PHONE; {hint}")
    return name


KeyName = Annotated[str, Meta(max_length=40), Condition(_key_name)]
InputName = Annotated[str, Meta(min_length=1, max_length=200)]

PcmName = Annotated[
    str,
    Meta(min_length=1, max_length=200, description="ALSA PCM, such as default or plughw:CARD=U."),
    Condition(_stable_name),
]


def _http_url(url: str, example: str = "http://192.168.1.20:7860/start") -> str:
    parts = urlsplit("")
    with contextlib.suppress(ValueError):  # a bracket that isn't closed
        parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_good_port(parts) or not _is_written(url):
        too = "; it begins with http:// or https:// with transport websocket too"
        raise Unfit(f"must be an address such as {example}{too if parts.scheme in ('ws', 'wss') else ''}")
    if re.fullmatch(r"[\d.]+", parts.hostname) and not _is_ip_address(parts.hostname):
        raise Unfit(f"{parts.hostname} is no host: an IPv4 address has four numbers from 0 to 255")
    if reason := host_problem(parts.hostname):
        raise Unfit(f"must be an address such as {example}; of its host: {reason}")
    if parts.username or parts.password:
        raise Unfit("must not hold a password; give it as a header, by reference")
    return url


def _is_written(url: str) -> bool:
    """Whether `url` holds no blank, and nothing that can't be seen, as texts copied from web pages do."""
    return all(character.isprintable() and not character.isspace() for character in url)


def header_problem(name: str, value: str) -> str | None:
    """Reason why a header can't be sent, without its value; None: it can (RFC 9110, 5.5 and 5.6.2)."""
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        return "the name of a header is of letters, digits and -, such as X-Api-Key"
    if not value.isascii() or not value.isprintable():
        return "holds a line break or another character that HTTP forbids; a text behind | ends with a line break"
    return None


def _ice_url(url: str) -> str:
    from callbox.rtvi.protocol.ice_servers import parse_url  # late: few boxes have such servers

    try:
        parse_url(url)
    except ValueError as error:
        raise Unfit(str(error)) from None
    return url


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # beyond 65535, or no number
        return False


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Unfit("must be an address of this machine such as 127.0.0.1") from None


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        text = "must be a time zone of the IANA database such as Europe/Berlin"
        raise Unfit(text) from None
    return name


def _broker_host(text: str) -> str:
    """A name or address alone. The value isn't repeated: it may hold a password."""
    if reason := host_problem(text):
        raise Unfit(f"must be a host name or address alone; {reason}")
    return text


def host_problem(text: str) -> str | None:
    """Reason why `text` is no host name or address, and where the rest of it goes; None: it is one."""
    if _is_ip_address(text.partition("%")[0]):  # with a zone: fe80::1%eth0
        return None
    name = text.removesuffix(".")  # fully qualified
    return next((reason for mark, reason in _HOST_REASONS if re.search(mark, name)), None)


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_HOST_REASONS = (
    ("://", "without mqtt:// or mqtts://; TLS is mqtt.tls: {}"),
    ("@", "the user goes to mqtt.username, the password by reference to mqtt.password"),
    (r"[\[\]]", "an IPv6 address is written without brackets, the port goes to mqtt.port"),
    (":", "the port goes to mqtt.port"),
    (r"[/?#\\]", "without a path"),
    (r"\s|[\x00-\x1f\x7f]", "without blanks"),
    (r"\$", "a variable is not filled in here: one named CALLBOX__SECTION__KEY sets a key"),
    (r"[^\w.-]", "a name has letters, digits, - and . only"),
    (r"(^|\.)(\.|$)|[^.]{64}", "such as broker.lan or 192.168.1.20"),
    (r"^[\d.]+$", "an IPv4 address has four numbers from 0 to 255"),
)
"""What is no part of a host, and where it goes. A name with an underscore is one in a container's network."""


def _host_name(text: str) -> str:
    name = text.lower().removesuffix(".")
    if not _HOST_NAME.fullmatch(name):
        raise Unfit(
            "must be a host name such as box.fritz.box, without http:// and port; .lan stands for all names below"
        )
    return name


_HOST_NAME = re.compile(r"\.?(?=[a-z0-9.-]{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

RESTART = "requires_restart"
"""Marks, in the schema, what a running box can't change; all that is in a section so marked too."""

HttpUrl = Annotated[str, Condition(_http_url), Meta(extra_json_schema={"format": "uri"})]


NAME_PATTERN = r"^[a-z0-9-]{1,32}$"
"""Of boxes, bots and buttons."""
TOOL_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
"""Of tools and their arguments: what the services of language models take as the name of a function."""
_SECRET = Meta(extra_json_schema={"writeOnly": True})
_RESTART = Meta(extra_json_schema={RESTART: True})
_NAMED_TOOLS: dict[str, Any] = {"propertyNames": {"pattern": TOOL_NAME_PATTERN}}
_NAMED: dict[str, Any] = {"propertyNames": {"pattern": NAME_PATTERN}}
"""Of a mapping from such names; `cross_checks` tells the place of a wrong one."""


class Device(Section):
    """Name and id of this box."""

    id: Annotated[str, Meta(pattern=NAME_PATTERN)] | None = None
    """Name in MQTT topics: a-z, 0-9 and -, at most 32. Default: the end of the machine's hardware address."""
    name: Annotated[str, Meta(min_length=1, max_length=64)] = "Callbox"
    """Name that people see."""


ButtonAction = Literal[
    "none",
    "call_or_hang_up",
    "call",
    "hang_up",
    "mute",
    "interrupt",
    "next_bot",
    "repeat_problem",
    "volume_up",
    "volume_down",
]


class ContactSettings(Section):
    """A contact at a pin, or a key of an input device in its place."""

    pin: Pin | None = None
    """GPIO number (BCM), not the number on the header; null: `key` is set."""
    pull: Literal["up", "down", "none"] = "up"
    """up: the contact connects the pin to ground; down: to 3.3 V; none: a resistor outside does it, to 3.3 V."""
    key: KeyName | None = None
    """In place of `pin`, a key of a USB speakerphone, a foot switch, a keyboard: the kernel's name of it, such as
    KEY_VOLUMEUP; or HID_HOOK_SWITCH, a speakerphone's. `callbox devices` lists those of each device. The device's keys
    go to Callbox alone."""
    input: InputName = "*"
    """The input device of `key`, by the kernel's name; * stands for anything: "*Jabra*". Small and large letters count
    the same."""


class ButtonSettings(ContactSettings):
    """The push button."""

    pin: Pin | None = 17
    """GPIO number (BCM), not the number on the header; null: `key` is set."""
    debounce_ms: Annotated[int, Meta(ge=0, le=500)] = 20
    """The contact must be stable for this long."""
    double_press_ms: Annotated[int, Meta(ge=0, le=2000)] = 250
    """A second press within this time of the first one's end is a double press, and no second call."""
    hold_ms: Annotated[int, Meta(ge=200, le=30000)] = 1000
    """From here on a press counts as held."""
    on_press: Literal[ButtonAction, "push_to_talk"] = "call_or_hang_up"
    """What a press does; docs/gestures.md has the table. push_to_talk: calls; in a call, of what is captured only that
    leaves which is said while the button is pressed, from 200 ms before to 200 ms after. A press then never waits."""
    on_double_press: ButtonAction = "none"
    """What a double press does. Where that is something, a press waits until it is known to be no double press."""
    on_hold: ButtonAction = "none"
    """What holding the button does. Where that is something, a press acts when it ends."""
    bot: str | None = None
    """Name of the bot that `call` and `call_or_hang_up` call; null: the chosen one."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A button that is a key has no default pin."""
        return data if data.get("key") is None else {"pin": None, **data}


class FurtherButton(ButtonSettings):
    """A button beside `board.button`."""

    pin: Pin | None = None
    """GPIO number (BCM), not the number on the header; null: `key` is set."""


class LampSettings(Section, tag_field=KIND, tag="pin"):
    """A lamp at a pin."""

    pin: Pin
    active_high: bool = True
    """true: a high pin lights the lamp; false: a low one."""
    dimmable: bool = True
    """false: a relay or a lamp driver that must not be switched fast; shown as on or off."""


class RgbLampSettings(Section, tag_field=KIND, tag="rgb"):
    """A red, a green and a blue LED in one."""

    red_pin: Pin
    green_pin: Pin
    blue_pin: Pin
    active_high: bool = True
    """true: a high pin lights the LED (common cathode); false: a low one (common anode)."""


LED_PATTERN = "^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$"


class LedClassLampSettings(Section, tag_field=KIND, tag="led_class"):
    """A light of the kernel's LED class, with colour or without."""

    name: Annotated[str, Meta(pattern=LED_PATTERN)]
    """Its folder in /sys/class/leds, such as multicolor:status."""


LedName = Annotated[str, Meta(pattern=LED_PATTERN)]


class LedClassRgbLampSettings(Section, tag_field=KIND, tag="led_class_rgb"):
    """Three lights of the kernel's LED class that are red, green and blue of one LED."""

    red_name: LedName
    """Folder of its red component in /sys/class/leds, such as ktd202x:led1."""
    green_name: LedName
    blue_name: LedName


SpiDevice = Annotated[str, Meta(pattern=SPI_PATTERN)]
PixelCount = Annotated[int, Meta(ge=1, le=MAX_PIXELS)]


class Apa102LampSettings(Section, tag_field=KIND, tag="apa102"):
    """Pixels with a clock (APA102, SK9822, DotStar): by SPI, or by any two pins."""

    pixels: PixelCount
    """How many there are."""
    order: ColorOrder = "bgr"
    """Order of the components on the wire."""
    spi: SpiDevice | None = None
    """SPI bus and device, such as 0.0 for /dev/spidev0.0; null: two pins."""
    data_pin: Pin | None = None
    clock_pin: Pin | None = None
    power_pin: Pin | None = None
    """Pin that switches the pixels' power, high: on; null: there is none."""


class Ws2812LampSettings(Section, tag_field=KIND, tag="ws2812"):
    """Pixels with one wire (WS2812, SK6812, NeoPixel), at an SPI bus's MOSI: GPIO 10 of bus 0."""

    pixels: PixelCount
    """How many there are."""
    chip: Chip = "ws2812"
    """Which timing: the two take other pulses."""
    order: Order = "grb"
    """Order of the components on the wire; grbw: with a white LED, which stays dark."""
    spi: SpiDevice = "0.0"
    """SPI bus and device, such as 0.0 for /dev/spidev0.0."""


class UsbRingLampSettings(Section, tag_field=KIND, tag="usb_ring"):
    """The ring of twelve pixels of a ReSpeaker microphone array on USB."""

    model: RingModel
    """mic_array_v2: ReSpeaker Mic Array v2.0 (2886:0018); xvf3800: reSpeaker XVF3800 (2886:001a)."""


class SharedLampSettings(Section, tag_field=KIND, tag="status"):
    """A part of the status lamp, which needs colour: of one pixel its red component, of several those in `pixels`."""

    pixels: Annotated[list[Annotated[int, Meta(ge=0, le=255)]], Meta(max_length=255)] = []
    """Numbers of the pixels, from 0, that show the microphone and not the status."""


StatusLamp = (
    LampSettings
    | RgbLampSettings
    | LedClassLampSettings
    | LedClassRgbLampSettings
    | Apa102LampSettings
    | Ws2812LampSettings
    | UsbRingLampSettings
)
MicrophoneLamp = LampSettings | LedClassLampSettings | SharedLampSettings

DEFAULT_LAMP_PINS = {"status": 22, "microphone": 27}


class Lamps(Section):
    """The lamps; of each null: there is none."""

    status: StatusLamp | None = LampSettings(pin=DEFAULT_LAMP_PINS["status"])
    """Shows the state. `kind` says what it is: docs/lamps.md has the table."""
    microphone: MicrophoneLamp | None = LampSettings(pin=DEFAULT_LAMP_PINS["microphone"])
    """Lit exactly while the microphone is captured."""
    brightness_percent: Annotated[int, Meta(ge=1, le=100)] = 100
    """Of all lamps that can be dimmed."""

    @property
    def is_red_shared(self) -> bool:
        """Whether the status lamp has one pixel, whose red component shows the microphone."""
        has_one_pixel = getattr(self.status, "pixels", 1) == 1 and not isinstance(self.status, UsbRingLampSettings)
        return isinstance(self.microphone, SharedLampSettings) and has_one_pixel


class MuteSwitch(ContactSettings):
    """A switch that keeps the microphone's PCM closed (hard mute), in calls too; no command overrides it. A key must be
    one that stays: pressed is closed. While its input device is missing, it mutes.
    """

    mutes_when: Literal["closed", "open"] = "closed"
    """Which contact mutes. open: a wire that breaks mutes."""


class HookSwitchSettings(ContactSettings):
    """The hook switch of a telephone's handset: lifting it calls, putting it down hangs up. A handset that is lifted
    when the box starts makes no call until it was put down once.
    """

    off_hook_when: Literal["closed", "open"] = "closed"
    """Which contact means that the handset is lifted; `callbox doctor --only telephone` finds it by one lift."""
    debounce_ms: Annotated[int, Meta(ge=0, le=500)] = 25
    """The contact must be stable for this long."""


class RotaryDialSettings(Section):
    """A telephone's rotary dial: 8 to 12 pulses/s. In a call digits go to the bot as DTMF; else they choose the bot
    whose `dial_digit` they are, and call it if there is no hook switch.
    """

    pulse_pin: Pin
    """Contact that opens with each pulse, to ground."""
    off_normal_pin: Pin | None = None
    """Contact that closes while the dial is turned, to ground; null: a pause ends a digit."""


class KeypadSettings(Section):
    """A telephone's keys in a matrix of 4 rows and 3 columns (1 to 9, *, 0, #) or 4 (also A to D, right). What they do
    is as for the rotary dial. Several that are pressed together count as none.
    """

    row_pins: Annotated[tuple[Pin, ...], Meta(min_length=4, max_length=4)]
    """From the top: of the keys 1, 4, 7 and *."""
    column_pins: Annotated[tuple[Pin, ...], Meta(min_length=3, max_length=4)]
    """From the left: of the keys 1, 2, 3 and, if there is a fourth, A."""

    @property
    def layout(self) -> tuple[str, ...]:
        """The keys, a text a row."""
        return KEYPAD_LAYOUTS[len(self.column_pins)]


class VolumeKnob(Section):
    """A rotary encoder, whose contacts go to ground, for the volume."""

    a_pin: Pin
    b_pin: Pin
    edges_per_detent: Literal[1, 2, 4] = 4
    """Of the encoder's datasheet."""
    step_percent: Annotated[int, Meta(ge=1, le=25)] = 4
    """Of a detent; turned fast, a detent counts up to four times."""
    reversed: bool = False
    """true: turned clockwise it makes quieter, so A and B are exchanged; `callbox doctor --only telephone` tells."""


class Amplifier(Section):
    """The loudspeaker's amplifier, if a pin enables it: on before sound is played, off after it."""

    pin: Pin
    active_high: bool = True
    """true: a high pin enables it; false: a low one."""
    always_on: bool = False
    """true: on as long as the service runs, for an amplifier whose switching is heard."""


class Bell(Section):
    """A bell that rings while its pin is on, by a relay or a driver: of an old telephone too."""

    pin: Pin
    active_high: bool = True
    """true: a high pin rings it; false: a low one."""
    on_ms: Annotated[int, Meta(ge=50, le=10_000)] = 1000
    """For how long it rings at a time."""
    off_ms: Annotated[int, Meta(ge=50, le=10_000)] = 4000
    """Its pause. Both by default as the ringing signal of ETSI TR 101 041-2: 1 s on, 4 s off."""


class BoardSettings(Section):
    """Buttons, lamps, switches, dial, keypad."""

    kind: Literal["gpio", "simulated", "panel"] = "gpio"
    """simulated: button and lamps in memory, for a machine without GPIO; `kill -USR1` presses the button. panel:
    button, lamps, microphone and loudspeaker in the panel's page, in a browser on this machine."""
    preset: Annotated[str, Meta(min_length=1, max_length=40)] = "auto"
    """The board on the header or on USB, whose settings count where none are set here; `callbox boards` lists them.
    auto: the one that is recognised; none: none."""
    button: ButtonSettings = ButtonSettings()
    buttons: Annotated[dict[str, FurtherButton], Meta(max_length=8, extra_json_schema=_NAMED)] = {}
    """Further buttons, by name: a-z, 0-9 and -, at most 32."""
    lamps: Lamps = Lamps()
    mute_switch: MuteSwitch | None = None
    """null: there is none."""
    hook_switch: HookSwitchSettings | None = None
    """null: there is none."""
    rotary_dial: RotaryDialSettings | None = None
    """null: there is none."""
    keypad: KeypadSettings | None = None
    """null: there is none."""
    volume_knob: VolumeKnob | None = None
    """null: there is none."""
    amplifier: Amplifier | None = None
    """null: it needs no pin."""
    bell: Bell | None = None
    """null: rings sound from the loudspeaker alone."""

    @property
    def all_buttons(self) -> dict[str, ButtonSettings]:
        """Each button by its name."""
        return {MAIN_BUTTON: self.button, **self.buttons}

    @property
    def has_gpio(self) -> bool:
        """Whether button and lamps are on GPIO pins."""
        return kind_has_gpio(self.kind)

    @property
    def in_browser(self) -> bool:
        """Whether button, lamps and sound are in the panel's page."""
        return self.kind == "panel"


KINDS_WITHOUT_GPIO = ("simulated", "panel")


def kind_has_gpio(kind: object) -> bool:
    """Whether `kind`, as it stands in a file that may be wrong, says that pins may be driven. None: not set."""
    return kind in (None, "gpio")


class MicrophoneSettings(Section):
    """The microphone. Open only while a session wants it."""

    device: PcmName = "default"
    channel: Annotated[int, Meta(ge=1, le=32)] | None = None
    """Of a card with several channels, the one that is used, from 1. null: the loudest, never a sum of them: a dead or
    inverted one costs nothing."""


class SpeakerSettings(Section):
    """The loudspeaker."""

    device: PcmName = "default"
    buffer_ms: Annotated[int, Meta(ge=30, le=500)] = 60
    """How much sound the card holds: more survives a busier machine, less answers sooner."""
    volume_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    """As alsamixer counts. null: as the card was left. What is set over MQTT counts more, until this is changed."""
    max_volume_percent: Annotated[int, Meta(ge=1, le=100)] = 100
    """The loudest that anything may set it, in a room with children: settings, MQTT, panel. Below 100 it is also the
    volume where `volume_percent` is null."""
    mixer: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    """The card's control for it, such as Master (`amixer scontrols` lists them). null: the likeliest; where a card has
    none, samples are made smaller."""


class OpusSettings(Section):
    """Encoding of the voice. null: what suits the board."""

    bitrate_bps: Annotated[int, Meta(ge=8_000, le=128_000)] | None = None
    """More sounds better up to some 40000, and costs that much of the network."""
    complexity: Annotated[int, Meta(ge=0, le=10)] | None = None
    """More sounds better at the same bitrate, and costs processor time."""
    dtx: bool = False
    """true: send next to nothing in silence. Saves data; but a Pipecat bot then hears the last 80 ms of a sentence only
    when the next one begins."""


class MixerControl(Section):
    """State of a control of the sound cards' mixers. What is null stays as it is."""

    db: Annotated[float, Meta(ge=-200, le=100)] | None = None
    """Its volume in decibels, to the nearest step."""
    switch: bool | None = None
    """Its switch."""
    item: Annotated[str, Meta(min_length=1, max_length=63)] | None = None
    """Of a control with items, the chosen one."""
    direction: Literal["playback", "capture", "both"] = "both"
    """Which of its volumes and switches, where it has both."""


class SoundSettings(Section):
    """Processing of the sound."""

    echo: Literal["auto", "cancel", "half_duplex", "off"] = "auto"
    """So that the bot doesn't hear itself from an open loudspeaker. cancel: subtract it (needs the extra echo);
    half_duplex: the microphone is silent while the bot speaks; auto: cancel if it is installed, else half_duplex; off:
    for headsets, and microphones that cancel echoes themselves."""
    noise_suppression: bool = True
    """Needs the extra echo, as does `gain_control`; without it both are left out."""
    gain_control: bool = True
    """Speak from near or far, the bot hears you equally loud."""
    mixer_controls: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=100)], MixerControl], Meta(max_length=64)
    ] = {}
    """Controls of the sound cards' mixers, by their names (`amixer scontrols` lists them), and the state that they are
    brought to when the service first uses the card, and when it was unplugged. `speaker.volume_percent` comes after."""
    pre_roll: bool = True
    """Keep what is said between the press and ready, 3 s at most, and send it when the bot is ready."""
    opus: OpusSettings = OpusSettings()


class DeadlineSettings(Section):
    """Limits of time for each phase of a connection."""

    start_s: Annotated[float, Meta(ge=1, le=120)] = 10.0
    """The start request; more for a hosted bot that has to be woken."""
    connect_s: Annotated[float, Meta(ge=1, le=120)] = 15.0
    """Offer, answer, ICE, DTLS and data channel."""
    bot_ready_s: Annotated[float, Meta(ge=1, le=120)] = 15.0
    """From client-ready to bot-ready."""
    close_s: Annotated[float, Meta(ge=0.1, le=2)] = 1.5
    """Hanging up; after that the connection is abandoned. The service must end within 3 s."""


class IceServer(Section):
    """A STUN or TURN server (W3C RTCIceServer)."""

    urls: Annotated[str, Meta(pattern=r"^(stun|turns?):.+"), Condition(_ice_url)]
    """stun:HOST:PORT, turn:HOST:PORT?transport=udp (or tcp), turns:HOST:PORT. HOST: name, IPv4, or IPv6 in brackets."""
    username: str | None = None
    credential: Annotated[SecretRef | None, _SECRET] = None


class BotTls(Section):
    """TLS to the bot's server."""

    ca_file: str | None = None
    """CA certificate (PEM) of a server with an authority of its own; null: the system's."""


class Bot(Section):
    """Address of the bot, by exactly one of `start_url` and `offer_url`."""

    dial_digit: Annotated[str, Meta(pattern="^[0-9*#A-D]$")] | None = None
    """The digit of a rotary dial, or the key of a keypad, that chooses this bot. null: none."""

    transport: Literal["webrtc", "websocket", "daily"] = "webrtc"
    """How sound travels. webrtc: Pipecat's SmallWebRTC. websocket: over TCP, where a network lets no UDP through; for
    good networks only (needs the extra websocket). daily: a Daily room (needs the extra daily; not tested
    with Daily's service)."""
    standby: Literal["cold", "armed", "hot"] = "armed"
    """How the box waits for a press. cold: nothing is prepared. armed: certificate, candidates, offer and an open HTTP
    connection are ready; costs the bot's server an open socket. hot: a session waits in `connected`, microphone closed,
    and is made anew when the server ends it; costs the server a session all the time (`transport: webrtc` only)."""
    start_url: HttpUrl | None = None
    """Where the start request goes (POST .../start); its answer says where the session is."""
    offer_url: HttpUrl | None = None
    """Where the WebRTC offer goes directly (POST .../api/offer); with `transport: webrtc` only."""
    fallback_urls: Annotated[tuple[HttpUrl, ...], Meta(max_length=3)] = ()
    """Further addresses of the same bot, tried in turn when the one before doesn't answer: name, connection, time, or a
    status of 500 and more. Each is waited for an equal share of the deadline; headers and request data go there too."""
    headers: Annotated[dict[str, str | SecretRef], _SECRET] = {}
    """Sent with the start request. A key is given by reference: Authorization: {file: PATH, prefix: "Bearer "}."""
    request_data: Annotated[dict[str, Any], _SECRET] = {}
    """Goes with the start request, beside what `transport` puts there, or with the offer. Pipecat's bot is given its
    `body`."""
    ice_servers: Annotated[tuple[IceServer, ...], Meta(max_length=8)] = ()
    """Used when the bot's answer to the start request brings none. None are needed on one network. Of several, the
    first STUN server with an IPv4 address and the first TURN server are used."""
    tls: BotTls | None = None
    """TLS to the bot's server; null: the system's certificates."""
    deadlines: DeadlineSettings = DeadlineSettings()

    def __repr__(self) -> str:
        """Without `headers` and `request_data`, which may hold secrets."""
        names = (name for name in self.__struct_fields__ if name not in ("headers", "request_data"))
        return f"Bot({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


class Calls(Section):
    """Limits of a call's length: a call that was forgotten costs money. A sound and the lamp warn before."""

    idle_s: Annotated[float, Meta(ge=10, le=86_400)] | None = 300
    """A call ends when neither side has spoken for so long. null: never."""
    call_s: Annotated[float, Meta(ge=10, le=86_400)] | None = 3600
    """The longest call. null: any length."""
    day_s: Annotated[float, Meta(ge=10, le=86_400)] | None = None
    """All calls of a day together; after that a call ends as soon as the bot is ready. null: any length."""
    warning_s: Annotated[float, Meta(ge=0, le=60)] = 10
    """From the warning to the end."""


def _speech(value: str) -> str:
    if value not in ("none", "en", "de") and not value.startswith("/"):
        raise Unfit("must be none, en, de, or the whole path of a folder, such as /etc/callbox/speech")
    return value


class ChimeSettings(Section):
    """Sounds of the box's own: for people who can't see the lamps. Each lasts less than 0.5 s, an error's beeps less
    than 2 s.
    """

    enabled: bool = True
    """true: sounds tell that a call is being made, that the bot listens, that it has left, mute, a limit that is near,
    the end of the call, and an error (as many beeps as the status lamp blinks). In half duplex none tells that a call
    is being made: the microphone would be silent meanwhile."""
    volume_percent: Annotated[int, Meta(ge=0, le=100)] = 50
    """Of all these sounds, beside the loudspeaker's volume."""
    handset: bool = False
    """true: while a call is being made the ringing tone of a telephone is played (425 Hz; ITU-T E.180). For the
    receiver of an old telephone; not in half duplex."""
    speech: Annotated[str, Meta(max_length=200), Condition(_speech)] = "none"
    """What is said after an error's beeps. en, de: the cause, in that language; none: nothing; the path of a folder:
    your own WAV files (16 bits, one channel, 8 to 48 kHz, 10 s at most), named by the fault's word over MQTT:
    bot_unreachable.wav, no_microphone.wav and so on."""


TIME_PATTERN = "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
TimeOfDay = Annotated[str, Meta(pattern=TIME_PATTERN), Condition(lambda text: text.zfill(5))]


class QuietHoursSettings(Section):
    """Softer and darker, from a time of day to another, in this machine's time zone; over midnight if `start` is later.
    They apply once the clock is set: on a Raspberry Pi without a real-time clock, when a time server has answered.
    """

    start: TimeOfDay
    """The first minute, such as 22:00."""
    end: TimeOfDay
    """The first minute after them, such as 07:00."""
    max_volume_percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    """The loudest meanwhile, whatever is ordered; needs `speaker.volume_percent`. null: as at other times."""
    lamp_brightness_percent: Annotated[int, Meta(ge=1, le=100)] = 20
    """Of the status lamp, if it can be dimmed and `board.lamps.brightness_percent` isn't less. The microphone lamp
    isn't dimmed."""
    chimes: bool = False
    """true: chimes are played meanwhile too."""


class RingSettings(Section):
    """Rings: a bot, or the house, asks a person to talk; one press answers. Only the press opens the microphone."""

    allow_ring: bool = False
    """true: whoever may publish to the broker, or act at the panel, can ring here."""
    ring_s: Annotated[float, Meta(ge=5, le=600)] = 60
    """For how long a ring rings before it counts as missed."""
    volume_percent: Annotated[int, Meta(ge=0, le=100)] = 80
    """Of the melody, beside the loudspeaker's volume. 0: lamp and bell only."""
    burst: Annotated[int, Meta(ge=1, le=100)] = 5
    """So many rings may come at once."""
    period_s: Annotated[float, Meta(ge=1, le=86_400)] = 60
    """After that, one in so many seconds."""
    quiet_hours: Literal["ring", "lamp", "refuse"] = "lamp"
    """In quiet hours. ring: as ever; lamp: without melody and bell; refuse: none is accepted."""


def _origin(url: str) -> str:
    example = "http://homeassistant.local:8123"
    parts = urlsplit(_http_url(url, example))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Unfit(f"must be scheme, host and port alone, such as {example}")
    return url.rstrip("/")


VOICE_PATTERN = r"^[A-Za-z0-9]{1,20}([-+][A-Za-z0-9]{1,20}){0,4}$"


class AnnounceSettings(Section):
    """Announcements: sounds, or words, that the box plays to whoever is near. They never open the microphone."""

    allow_announce: bool = False
    """true: whoever may publish to the broker, or act at the panel, can announce here."""
    origins: Annotated[list[Annotated[str, Condition(_origin)]], Meta(max_length=32)] = []
    """Scheme, host and port of servers from which sound files are downloaded, such as
    http://homeassistant.local:8123. None: no announcement may name a URL."""
    voice: Annotated[str, Meta(pattern=VOICE_PATTERN)] = "en"
    """Voice of espeak-ng, which speaks words where it is installed (`sudo apt install espeak-ng`), such as en, de or
    en-us+f3: `espeak-ng --voices` lists them. Rings with words take it too."""
    spoken_by: Literal["espeak-ng", "bot"] = "espeak-ng"
    """Who speaks the words of announcements. bot: the chosen bot, in a session of its own that has no microphone; where
    it can't, espeak-ng. Those of rings are always espeak-ng's."""
    volume_percent: Annotated[int, Meta(ge=0, le=100)] = 80
    """Of the amplitude, beside the loudspeaker's volume, unless the announcement says it itself."""
    max_s: Annotated[float, Meta(ge=1, le=300)] = 60
    """For how long one is played; what is longer is cut."""
    wait_s: Annotated[float, Meta(ge=1, le=86_400)] = 600
    """For how long one waits for the end of a call, a ring or others; then it has expired."""
    burst: Annotated[int, Meta(ge=1, le=100)] = 5
    """So many announcements may come at once."""
    period_s: Annotated[float, Meta(ge=1, le=86_400)] = 10
    """After that, one in so many seconds."""
    quiet_hours: Literal["play", "high", "refuse"] = "high"
    """In quiet hours. play: as ever; high: those of high priority alone; refuse: none is accepted."""


class AlarmSettings(Section):
    """Alarms, timers and reminders, rung by the box alone. A press snoozes, a hold stops; none opens the microphone."""

    allow_alarm: bool = False
    """true: whoever may publish to the broker, or act at the panel, can set, cancel and stop them."""
    ring_s: Annotated[float, Meta(ge=5, le=7200)] = 600
    """For how long one rings before it counts as missed."""
    snooze_s: Annotated[float, Meta(ge=0, le=7200)] = 540
    """How long after a press it rings again; a timer never does. 0: a press stops."""
    volume_percent: Annotated[int, Meta(ge=0, le=100)] = 80
    """Of the melody, beside the loudspeaker's volume; in quiet hours too. 0: lamp and bell only."""
    time_zone: Annotated[str, Meta(min_length=1, max_length=64), Condition(_time_zone)] | None = None
    """Time zone of alarms, such as Europe/Berlin. null: that of this machine."""
    burst: Annotated[int, Meta(ge=1, le=1000)] = 10
    """So many may be set at once."""
    period_s: Annotated[float, Meta(ge=1, le=86_400)] = 6
    """After that, one in so many seconds."""


class WakeWordSettings(Section):
    """One word to listen for."""

    model: Annotated[str, Meta(min_length=1, max_length=200)]
    """hey_jarvis, alexa, hey_mycroft or okay_nabu; or the path of a model's .json file in microWakeWord's format."""
    bot: str | None = None
    """The bot that it calls, by its name in `bots`; null: the chosen one."""
    action: Literal["call", "hang_up"] = "call"
    """call: begins a call, and in one interrupts the bot if `wake.interrupt` is true; hang_up: a stop word, listened
    for in calls, which it ends."""
    threshold: Annotated[float, Meta(ge=0.1, le=0.99)] | None = None
    """Score from which on it counts; less: detected more often, also when something else was said. null: the model's
    own. `callbox wake FILE.wav` prints scores."""


class WakeSettings(Section):
    """Wake word: while there is no call the microphone is open for a detector in the box, nothing leaves, and its lamp
    shows that (needs the extra wake; not with push-to-talk).
    """

    enabled: bool = False
    """true: the name calls, as a press does. The button works as ever."""
    words: Annotated[tuple[WakeWordSettings, ...], Meta(min_length=1, max_length=4)] = (
        WakeWordSettings(model="hey_jarvis"),
    )
    """The words, each with its bot. One of them calls, at least."""
    interrupt: bool = False
    """true: the name interrupts a bot that is speaking, as its gesture does. The echo canceller has to tell it from the
    bot's voice: not with `sound.echo: half_duplex`."""
    name: Literal["cut", "keep"] = "cut"
    """cut: the bot receives what is said from the name's end on; keep: from its begin on."""
    group: Annotated[str, Meta(min_length=1, max_length=64)] | None = "home"
    """Of the boxes of one group and broker that detect a name, one answers. null: this one answers always."""
    quiet_hours: Literal["listen", "off"] = "listen"
    """In `quiet_hours`. listen: as at other times; off: only the button calls, and the microphone is closed."""


TOPIC_PATTERN = r"^[^/#+\s$][^#+\s]{0,199}$"


class ToolArgument(Section):
    """An argument of a tool, in the words of JSON Schema."""

    type: Literal["string", "integer", "number", "boolean"]
    description: Annotated[str, Meta(max_length=300)] = ""
    """What it means, for the bot's model."""
    enum: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=50)] = []
    """The texts that are allowed; empty: any."""
    minimum: Annotated[float, Meta(ge=-1e9, le=1e9)] | None = None
    maximum: Annotated[float, Meta(ge=-1e9, le=1e9)] | None = None
    max_length: Annotated[int, Meta(ge=1, le=1000)] = 200
    """Characters of a text."""
    required: bool = True


class PublishTool(Section):
    """A message to the broker that the bot may send."""

    description: Annotated[str, Meta(min_length=1, max_length=500)]
    """What it does, for the bot's model: "Switch the light in the kitchen on or off"."""
    topic: Annotated[str, Meta(pattern=TOPIC_PATTERN)]
    """Where it goes. Not below `mqtt.prefix`: commands to boxes are not for bots."""
    arguments: Annotated[dict[str, ToolArgument], Meta(max_length=8, extra_json_schema=_NAMED_TOOLS)] = {}
    """What the bot gives along, by name."""
    payload: Annotated[str, Meta(max_length=1000)] | None = None
    """What is published: {name} in it stands for the argument of that name. null: a JSON object of the arguments."""


class ToolSettings(Section):
    """Tools: functions of the box that the bot's model may call. The bot is told of those that are allowed. No tool
    opens the microphone.
    """

    volume: bool = True
    """true: the bot may set the volume, up to `speaker.max_volume_percent`."""
    mute: bool = True
    """true: the bot may switch the microphone off until the end of the call, and never on."""
    hang_up: bool = True
    """true: the bot may end the call, after its last word was played."""
    lamp: bool = True
    """true: the bot may let the status lamp blink for up to a minute."""
    time: bool = True
    """true: the bot may ask for date, time and time zone."""
    timers: bool = True
    """true: the bot may set, list and cancel timers, alarms and reminders, also those of others."""
    ring_later: bool = True
    """true: the bot may let this box ring at a later time; one press answers, and calls it."""
    health: bool = False
    """true: the bot may ask what is wrong here, and for temperature, signal strength and volume."""
    next_bot: bool = False
    """true: the bot may choose the next one of `bots` for the next call."""
    publish: Annotated[dict[str, PublishTool], Meta(max_length=32, extra_json_schema=_NAMED_TOOLS)] = {}
    """Messages to the broker that the bot may send, by the name of their function; needs `mqtt`. One of the name of a
    tool that every box has, such as set_volume, takes its place."""


class Tls(Section):
    """TLS to the broker."""

    ca_file: str | None = None
    """CA certificate (PEM) of a broker of one's own; null: the system's."""
    cert_file: str | None = None
    """Certificate (PEM) of this box, for a broker that lets in by it; with `key_file`."""
    key_file: str | None = None
    """The key of `cert_file` (PEM, without a password)."""
    insecure: bool = False
    """true: don't check the broker's certificate. Anybody on the way can then read along."""


PREFIX_PATTERN = r"^[^/#+\s$][^#+\s]{0,99}$"
TopicPrefix = Annotated[str, Meta(pattern=PREFIX_PATTERN)]


class HomeAssistant(Section):
    """The box as a device in Home Assistant, by MQTT discovery. null: not, and no longer if it was."""

    discovery_prefix: TopicPrefix = "homeassistant"
    """Where Home Assistant looks for devices, as it is set there."""


class Mqtt(Section):
    """The broker that is told."""

    host: Annotated[str, Meta(min_length=1, max_length=253), Condition(_broker_host)]
    """Name or address of the broker."""
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    """Default: 1883, with TLS 8883."""
    prefix: TopicPrefix = "callbox"
    """Topics begin with PREFIX/DEVICE-ID/."""
    protocol: Literal["3.1.1", 5] = "3.1.1"
    """Version of MQTT. With 5 brokers drop what is outdated, and the last will says whose it is."""
    username: str | SecretRef | None = None
    """A name, or a reference as for the password."""
    password: Annotated[SecretRef | None, _SECRET] = None
    """By reference: {file: PATH}, {env: NAME} or {credential: NAME}."""
    keep_alive_s: Annotated[int, Meta(ge=5, le=300)] = 20
    """The broker says offline for us one and a half times this after we vanish."""
    retry_s: Annotated[int, Meta(ge=1, le=300)] = 1
    """Mean pause between attempts while the broker isn't there. For a fleet 1 for each 500 boxes on one broker."""
    tls: Tls | None = None
    """TLS, with {} for the system's certificates; null: none."""
    allow_remote_connect: bool = False
    """true: whoever may publish to the broker can call the bot from here, and so opens the microphone."""
    homeassistant: HomeAssistant | None = HomeAssistant()


class FleetSettings(Section):
    """Of a box in a fleet: a new version of the package is on trial first; and so are signed settings, which the box
    fetches by itself: from `url`, by MQTT from `topic`, or both.
    """

    public_key: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    """The file with the public key (Ed25519, PEM) that the settings must be signed by; null: none are fetched."""
    url: HttpUrl | None = None
    """Where the signed file is, by HTTP or HTTPS; null: it isn't fetched so."""
    check_every_s: Annotated[int, Meta(ge=10, le=604800)] = 21600
    """Mean pause between two looks at `url`."""
    topic: Annotated[str, Meta(pattern=TOPIC_PATTERN)] | None = None
    """Topic with the signed file as its retained message; null: none. Needs `mqtt`."""
    healthy_for_s: Annotated[int, Meta(ge=5, le=86400)] = 600
    """For so long the box must be healthy with a new version, without a break; then it is accepted."""
    give_up_after_s: Annotated[int, Meta(ge=10, le=604800)] = 3600
    """If it isn't by then, the box goes back to the version before, and refuses this one from then on."""
    check_bot: bool = True
    """true: to be healthy, each bot must answer `callbox doctor`'s check once, which connects and hangs up."""


class PanelSettings(Section):
    """A page that shows the box in a browser."""

    enabled: bool = False
    """true: serve it. It shows state, lamps, presses, sound quality and what goes to the broker; it can't act without
    the token."""
    address: Annotated[str, Condition(_ip_address)] = "127.0.0.1"
    """Address to listen at. 127.0.0.1: this machine only; 0.0.0.0: whoever reaches it, unencrypted."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 8067
    allowed_hosts: Annotated[list[Annotated[str, Condition(_host_name)]], Meta(max_length=32)] = []
    """Further host names of this page: behind a proxy with TLS (box.example.net), in a router's domain (box.fritz.box,
    or .lan for all names below). The machine's own host name, NAME.local and addresses need no entry."""
    token: Annotated[SecretRef | None, _SECRET] = None
    """By reference, at least 8 characters. Who types it into the page may do what commands over MQTT may; null: it only
    shows."""
    transcript: bool = False
    """true: show what is said in a call, to whoever sees the page."""


class Log(Section):
    """The journal."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    """The settings of one box."""

    config_version: Literal[1] = 1
    """Version of this file's format."""
    device: Device = Device()
    board: Annotated[BoardSettings, _RESTART] = BoardSettings()
    microphone: MicrophoneSettings = MicrophoneSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    sound: SoundSettings = SoundSettings()
    bot: Bot | None = None
    """The bot, if there is one only; else `bots`."""
    bots: Annotated[dict[str, Bot], Meta(max_length=16, extra_json_schema=_NAMED)] = {}
    """Several bots, by name: a-z, 0-9 and -, at most 32. The first is called unless another one is chosen."""
    calls: Calls = Calls()
    quiet_hours: QuietHoursSettings | None = None
    """null: there are none."""
    chimes: ChimeSettings = ChimeSettings()
    ring: RingSettings = RingSettings()
    announce: AnnounceSettings = AnnounceSettings()
    alarm: AlarmSettings = AlarmSettings()
    tools: ToolSettings = ToolSettings()
    wake: WakeSettings = WakeSettings()
    mqtt: Mqtt | None = None
    """null: no broker."""
    fleet: FleetSettings | None = None
    """null: the box fetches no settings, and no new version of the package is on trial."""
    panel: Annotated[PanelSettings, _RESTART] = PanelSettings()
    log: Log = Log()

    @property
    def all_bots(self) -> dict[tuple[str, ...], Bot]:
        """Each bot by its place in the file, of which the last step is its name."""
        return {("bots", name): bot for name, bot in self.bots.items()} or ({("bot",): self.bot} if self.bot else {})
