"""Reads the settings and what they refer to."""

from callbox import assembly
from callbox.doctor.context import Context
from callbox.doctor.findings import Report, found
from callbox.settings import Loaded, SettingsError, config_files, load_all
from callbox.settings.secrets import SecretRef


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
        context.plan = assembly.plan(context.loaded)
    except SettingsError as error:
        code = "SETTINGS-EXTRA" if "pip install" in str(error) else "SETTINGS-SECRET"
        findings.append(found(code, str(error)))
    return Report(measured, tuple(findings))


def _secrets(loaded: Loaded) -> list[str]:
    """All of them that can be had: with their prefix, and without."""
    told = []
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
    return [secret for secret in told if secret]
