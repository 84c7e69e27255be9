"""Reads the settings and what they refer to."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from callbox.app import compose
from callbox.config import Loaded, SettingsError, config_files, load_all
from callbox.config.secrets import SecretRef
from callbox.doctor.context import Context
from callbox.doctor.model.findings import Report, found

SECRET_LENGTH = 8
"""Of a text in `bot.request_data`; shorter ones are words such as ``webrtc``."""


async def settings(context: Context) -> Report:
    """Puts settings and plan into the context. Never says what a secret is."""
    measured = {"files": " ".join(map(str, config_files(context.config)))}
    try:
        context.loaded = load_all(context.config, context.options)
    except SettingsError as error:
        return Report(measured, (found("SETTINGS-WRONG", str(error)),))
    context.secrets += _secrets(context.loaded)
    findings = [found("SETTINGS-WARNING", warning) for warning in context.loaded.warnings]
    try:
        context.composition = compose.make_composition(context.loaded)
    except SettingsError as error:
        code = "SETTINGS-EXTRA" if "pip install" in str(error) else "SETTINGS-SECRET"
        findings.append(found(code, str(error)))
    return Report(measured, tuple(findings))


def _secrets(loaded: Loaded) -> list[str]:
    """All of them that can be had: with their prefix, and without; and other texts given in confidence."""
    told = [*_words(loaded.settings.bot.request_data)]
    bot, mqtt = loaded.settings.bot, loaded.settings.mqtt
    references: list[str | SecretRef | None] = [*bot.headers.values()]
    references += [server.credential for server in bot.ice_servers]
    references.append(mqtt.password if mqtt else None)
    for reference in references:
        if isinstance(reference, SecretRef):
            try:
                secret = loaded.fetch(reference)
            except SettingsError:
                continue
            told += [secret, secret.removeprefix(reference.prefix)]
        elif reference:
            told += [reference, reference.rpartition(" ")[2]]
    for url in (bot.start_url, bot.offer_url):
        told.append(urlsplit(url or "").query)
    return [secret for secret in told if secret]


def _words(data: Any) -> Iterator[str]:
    """Every text in `data` that is long enough to be a secret."""
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, list):
        for inner in data:
            yield from _words(inner)
    if isinstance(data, str) and len(data) >= SECRET_LENGTH:
        yield data
