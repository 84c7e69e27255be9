"""Probe of the settings and what they refer to."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from callbox.app import compose
from callbox.config import Loaded, SettingsError, load_all, source_files
from callbox.config.messages import SCHEMA
from callbox.config.secrets import SecretMissing, SecretRef
from callbox.config.sources import hardware_settings
from callbox.doctor.context import Context
from callbox.doctor.model.findings import Report, finding

MIN_SECRET_CHARS = 8
"""Of a text in `bot.request_data`; shorter ones are words such as ``webrtc``."""


async def settings(context: Context) -> Report:
    """Put settings and plan into the context. Never says what a secret is."""
    measured = {"files": " ".join(map(str, source_files(context.config)))}
    try:
        context.loaded = load_all(context.config, context.options, root=context.root)
    except SettingsError as error:
        context.parts = hardware_settings(context.config, context.options, root=context.root)
        return Report(measured, (finding("SETTINGS-WRONG", str(error)),))
    context.parts = context.loaded.settings
    context.secrets += _secrets(context.loaded)
    warnings, failures = list(context.loaded.warnings), []
    try:
        context.composition = compose.make_composition(context.loaded)
        warnings += context.composition.warnings
    except SettingsError as error:
        code = "SETTINGS-EXTRA" if "not installed" in str(error) else "SETTINGS-WRONG"
        if isinstance(error.__cause__, SecretMissing):
            code = "SETTINGS-SECRET"
            place = str(error).partition(": ")[0]
            warnings = [warning for warning in warnings if warning.partition(": ")[0] != place]
        failures = [finding(code, str(error))]
    return Report(measured, (*(finding("SETTINGS-WARNING", warning) for warning in warnings), *failures))


def _secrets(loaded: Loaded) -> list[str]:
    """All of them that can be had: with their prefix, and without; and other texts given in confidence."""
    texts: list[str] = []
    for path, value in SCHEMA.secrets(loaded.document.data):
        if isinstance(value, dict) and SCHEMA.is_reference(path):
            reference = SecretRef(**value)
            try:
                secret = loaded.fetch(reference)
            except SettingsError:
                continue
            texts += [secret, secret.removeprefix(reference.prefix)]
        elif isinstance(value, str):
            texts += [value, value.rpartition(" ")[2]]
        else:
            texts += _texts(value)
    for bot in loaded.settings.all_bots.values():
        texts += [urlsplit(url or "").query for url in (bot.start_url, bot.offer_url, *bot.fallback_urls)]
    return [secret for secret in texts if secret]


def _texts(data: Any) -> Iterator[str]:
    """Every text in `data` that is long enough to be a secret."""
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, list):
        for inner in data:
            yield from _texts(inner)
    if isinstance(data, str) and len(data) >= MIN_SECRET_CHARS:
        yield data
