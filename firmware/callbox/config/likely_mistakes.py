"""Likely mistakes in settings that are valid: limits that never apply, parts without effect, calls that nothing
begins or ends. Each is a warning with its place. Pure.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from callbox.config.cross_checks import CALLS, Conflict, pins
from callbox.config.merge import at
from callbox.config.messages import TYPOGRAPHIC_QUOTES_HINT, has_typographic_quotes
from callbox.config.schema import Settings
from callbox.config.secrets import SecretRef
from callbox.config.yaml_file import Path
from callbox_device.interfaces import MAIN_BUTTON

HANGS_UP = ("call_or_hang_up", "hang_up")
"""Actions that end a call with the chosen bot."""
_MQTT, _MQTT_TLS = 1883, 8883
"""Ports that brokers mostly have."""
_I2S = range(18, 22)
_I2S_CARD = re.compile(
    r"hifiberry|sndrpi|snd_rpi|seeed|voicehat|voicecard|wm8960|iqaudio|audioinjector|max98357|i2s", re.I
)
"""ALSA's names of cards that sit on the header and get their sound by GPIO 18 to 21."""


def likely_mistakes(data: Any, settings: Settings) -> Iterator[Conflict]:
    """Each of them. `data`: what `settings` were made of, which tells what is set and what is a default."""
    yield from _pins_of_cards(data)
    yield from _call_limits(data, settings)
    yield from _volume(data, settings)
    yield from _gestures(settings)
    yield from _digits(data, settings)
    yield from _chimes(settings)
    yield from _bots(settings)
    yield from _network(data, settings)
    yield from _permissions(settings)
    yield from _in_quiet_hours(settings)
    yield from _switched_off(data)
    if at(data, ("fleet", "check_every_s")) is not None and at(data, ("fleet", "url")) is None:
        yield Conflict(("fleet", "check_every_s"), "there is no fleet.url to look at, so nothing is fetched by it")
    yield from _typographic_quotes(data, ())


def _pins_of_cards(data: Any) -> Iterator[Conflict]:
    for part in ("microphone", "speaker"):
        card = at(data, (part, "device"))
        if not isinstance(card, str) or not _I2S_CARD.search(card):
            continue
        for path, pin, _ in pins(data):
            if pin in _I2S:
                text = f"GPIO {pin} carries the sound of a card on the header, as {part}.device {card} seems to be"
                yield Conflict(path, f"{text}; take a pin other than 18 to 21", (part, "device"))


def _call_limits(data: Any, settings: Settings) -> Iterator[Conflict]:
    limits = settings.calls
    longer = (("idle_s", "call_s"), ("idle_s", "day_s"), ("call_s", "day_s"))
    for name, than in longer:
        limit, other = getattr(limits, name), getattr(limits, than)
        if limit is not None and other is not None and limit >= other and at(data, ("calls", name)) is not None:
            text = f"{limit:g} s is not less than calls.{than}, {other:g} s{_default(data, than)}"
            yield Conflict(("calls", name), f"{text}: it never ends a call", ("calls", than))
    for name in ("idle_s", "call_s", "day_s"):
        limit = getattr(limits, name)
        if limit is not None and limits.warning_s >= limit:
            place = ("calls", "warning_s" if at(data, ("calls", "warning_s")) is not None else name)
            text = f"calls.warning_s is {limits.warning_s:g} s, and calls.{name} {limit:g} s"
            yield Conflict(place, f"{text}: the warning would be on from the beginning")


def _default(data: Any, name: str) -> str:
    return " (by default)" if at(data, ("calls", name)) is None else ""


def _volume(data: Any, settings: Settings) -> Iterator[Conflict]:
    speaker, hours = settings.speaker, settings.quiet_hours
    place: Path = ("speaker", "volume_percent")
    if speaker.volume_percent is not None and speaker.volume_percent > speaker.max_volume_percent:
        text = f"{speaker.volume_percent} % is more than speaker.max_volume_percent, {speaker.max_volume_percent} %"
        yield Conflict(place, f"{text}, and so it is that", ("speaker", "max_volume_percent"))
    if hours is None:
        return
    place = ("quiet_hours", "max_volume_percent")
    if hours.max_volume_percent is not None and hours.max_volume_percent > speaker.max_volume_percent:
        text = f"{hours.max_volume_percent} % is more than speaker.max_volume_percent, {speaker.max_volume_percent} %"
        yield Conflict(place, f"{text}: it limits nothing", ("speaker", "max_volume_percent"))
    place, full = ("quiet_hours", "lamp_brightness_percent"), settings.board.lamps.brightness_percent
    if at(data, place) is not None and hours.lamp_brightness_percent > full:
        text = f"{hours.lamp_brightness_percent} % is more than board.lamps.brightness_percent, {full} %"
        yield Conflict(place, f"{text}: nothing is dimmed", ("board", "lamps", "brightness_percent"))


def _gestures(settings: Settings) -> Iterator[Conflict]:
    board, mqtt, calls = settings.board, settings.mqtt, settings.calls
    actions = [
        action
        for button in board.all_buttons.values()
        for action in (button.on_press, button.on_double_press, button.on_hold)
    ]
    is_dialled = any(bot.dial_digit for bot in settings.all_bots.values())
    can_call = any(action in CALLS for action in actions) or is_dialled or board.hook_switch is not None
    if not can_call and not (mqtt and mqtt.allow_remote_connect):
        place: Path = ("board", "button", "on_press")
        text = "no button calls, and neither a handset, a digit nor MQTT does: set it to call_or_hang_up"
        yield Conflict(place, text)
    can_end = any(action in HANGS_UP for action in actions) or board.hook_switch is not None
    if not can_end and calls.idle_s is None and calls.call_s is None and calls.day_s is None:
        text = "null, as is calls.call_s, and no button hangs up: a call may last for ever"
        yield Conflict(("calls", "idle_s"), text, ("calls", "call_s"))
    for name, button in board.all_buttons.items():
        path: Path = ("board", "button") if name == MAIN_BUTTON else ("board", "buttons", name)
        for gesture in ("on_press", "on_double_press", "on_hold"):
            if getattr(button, gesture) == "next_bot" and len(settings.all_bots) < 2:
                yield Conflict((*path, gesture), "there is one bot only, so next_bot does nothing")


def _digits(data: Any, settings: Settings) -> Iterator[Conflict]:
    parts = [name for name in ("rotary_dial", "keypad") if at(data, ("board", name)) is not None]
    with_digit = [place for place, bot in settings.all_bots.items() if bot.dial_digit is not None]
    if with_digit and not parts:
        yield Conflict((*with_digit[0], "dial_digit"), "there is no board.rotary_dial or board.keypad to dial it with")
    if parts and not with_digit:
        yield Conflict(("board", parts[0]), "no bot has a dial_digit, so a digit does nothing but in a call")


def _chimes(settings: Settings) -> Iterator[Conflict]:
    chimes, hours = settings.chimes, settings.quiet_hours
    if not chimes.enabled:
        for name, is_set in (("speech", chimes.speech != "none"), ("handset", chimes.handset)):
            if is_set:
                yield Conflict(("chimes", name), "chimes.enabled is false: it is not played", _ENABLED)
        if hours and hours.chimes:
            yield Conflict(("quiet_hours", "chimes"), "chimes.enabled is false: there are none", _ENABLED)
    elif chimes.handset and settings.sound.echo == "half_duplex":
        text = "there is no ringing tone with sound.echo half_duplex; take auto or off"
        yield Conflict(("chimes", "handset"), text, ("sound", "echo"))


_ENABLED: Path = ("chimes", "enabled")


def _bots(settings: Settings) -> Iterator[Conflict]:
    for path, bot in settings.all_bots.items():
        urls = [bot.start_url or bot.offer_url or "", *bot.fallback_urls]
        if bot.tls and bot.tls.ca_file and not any(url.startswith("https:") for url in urls):
            place = (*path, "tls", "ca_file")
            yield Conflict(place, "no address of this bot is https://, so no certificate is checked")
        for name, url in (("start_url", bot.start_url), ("offer_url", bot.offer_url)):
            if reason := _other_path(name, url or ""):
                yield Conflict((*path, name), reason)
        if bot.ice_servers and bot.transport != "webrtc":
            yield Conflict((*path, "ice_servers"), f"{bot.transport} uses none", (*path, "transport"))
        for number, server in enumerate(bot.ice_servers):
            if server.urls.startswith("turn") and not (server.username and server.credential):
                yield Conflict((*path, "ice_servers", number), "a TURN server wants username and credential")
        for name, value in bot.headers.items():
            if name.lower() == "authorization" and isinstance(value, SecretRef) and value.prefix.isalpha():
                text = f'makes one word with the secret: write a blank at its end, in quotes: "{value.prefix} "'
                yield Conflict((*path, "headers", name, "prefix"), text)


def _other_path(name: str, url: str) -> str | None:
    """Reason why `url` is likely another one of a Pipecat server's than that for `name`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if parts.hostname in ("0.0.0.0", "::"):  # noqa: S104 - warned of, not bound
        return f"{parts.hostname} is an address to listen at; write the name or the address of the bot's machine"
    if url and not path:
        return f"has no path; a Pipecat server's {name} ends in {_PATHS[name]}"
    if name == "start_url" and path.endswith("/api/offer"):
        return "ends in /api/offer, where a Pipecat server takes offers: set offer_url, or end it in /start"
    if name == "offer_url" and path.endswith("/start"):
        return "ends in /start, where a Pipecat server takes start requests: set start_url, or end it in /api/offer"
    if path.endswith("/client"):
        return f"is the page for a browser; a Pipecat server's {name} ends in {_PATHS[name]}"
    return None


_PATHS = {"start_url": "/start", "offer_url": "/api/offer"}


def _network(data: Any, settings: Settings) -> Iterator[Conflict]:
    mqtt, panel = settings.mqtt, settings.panel
    discovery = mqtt.homeassistant.discovery_prefix if mqtt and mqtt.homeassistant else ""
    prefixes = (("prefix",), mqtt.prefix if mqtt else ""), (("homeassistant", "discovery_prefix"), discovery)
    for key, prefix in prefixes:
        if prefix.endswith("/"):
            text = "ends with /, and another one follows: topics have an empty level; leave it out"
            yield Conflict(("mqtt", *key), text)
    if mqtt and mqtt.port == _MQTT_TLS and not mqtt.tls:
        yield Conflict(("mqtt", "port"), f"{_MQTT_TLS} is mostly the port for TLS: set mqtt.tls too (tls: {{}})")
    if mqtt and mqtt.port == _MQTT and mqtt.tls:
        text = f"{_MQTT} is mostly the port without TLS; leave it out: with mqtt.tls it is {_MQTT_TLS}"
        yield Conflict(("mqtt", "port"), text, ("mqtt", "tls"))
    if mqtt and mqtt.password and mqtt.username is None:
        yield Conflict(("mqtt", "password"), "is sent with a name only: set mqtt.username")
    if mqtt and mqtt.tls:
        if mqtt.tls.key_file and not mqtt.tls.cert_file:
            yield Conflict(("mqtt", "tls", "key_file"), "there is no mqtt.tls.cert_file that it belongs to")
        if mqtt.tls.insecure and mqtt.tls.ca_file:
            text = "mqtt.tls.insecure is true, so nothing is checked by it"
            yield Conflict(("mqtt", "tls", "ca_file"), text, ("mqtt", "tls", "insecure"))
    if panel.port < _UNPRIVILEGED and at(data, ("panel", "port")) is not None:
        text = f"is below {_UNPRIVILEGED}, where the service may not listen; take a port from {_UNPRIVILEGED} on"
        yield Conflict(("panel", "port"), text)


_UNPRIVILEGED = 1024
"""The kernel's ``net.ipv4.ip_unprivileged_port_start``, where it was left as it is."""


def _permissions(settings: Settings) -> Iterator[Conflict]:
    """What is allowed to whoever reaches the box from outside, where nothing does."""
    if settings.mqtt or (settings.panel.enabled and settings.panel.token):
        return
    sections = (("ring", settings.ring.allow_ring), ("announce", settings.announce.allow_announce))
    for section, is_allowed in (*sections, ("alarm", settings.alarm.allow_alarm)):
        if is_allowed:
            text = "nobody can do it: there is neither a broker (mqtt) nor a panel with a token (panel.token)"
            yield Conflict((section, f"allow_{section}"), text)


def _in_quiet_hours(settings: Settings) -> Iterator[Conflict]:
    """What shall be otherwise in quiet hours, where there are none."""
    if settings.quiet_hours:
        return
    defaults = Settings()
    for section in ("ring", "announce", "wake"):
        if getattr(settings, section).quiet_hours != getattr(defaults, section).quiet_hours:
            yield Conflict((section, "quiet_hours"), "there are none: set quiet_hours too (start and end)")


def _switched_off(data: Any) -> Iterator[Conflict]:
    """Sections that are set, and not switched on."""
    announce = at(data, ("announce",))
    if isinstance(announce, dict) and "allow_announce" not in announce:
        for key in [key for key in announce if key != "voice"][:1]:  # rings speak by it too
            yield Conflict(("announce", key), "nothing is announced: set announce.allow_announce to true")
    for section, what in (("panel", "there is no panel"), ("wake", "no word is listened for")):
        keys = at(data, (section,))
        if isinstance(keys, dict) and keys and "enabled" not in keys:
            yield Conflict((section, next(iter(keys))), f"{what}: set {section}.enabled to true")


def _typographic_quotes(data: Any, path: Path) -> Iterator[Conflict]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _typographic_quotes(value, (*path, key))
    elif isinstance(data, str) and has_typographic_quotes(data):
        yield Conflict(path, TYPOGRAPHIC_QUOTES_HINT)
