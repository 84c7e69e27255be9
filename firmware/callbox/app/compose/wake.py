"""Wake words, from the settings."""

import importlib.util

from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.wake_word import WakeWord, check_model
from callbox.config import Loaded, Settings
from callbox.mqtt.wake_arbiter import WakeGroup
from callbox.system.extras import install_command


def wake_config(settings: Settings) -> WakeConfig:
    """Words to listen for; none if that is off."""
    wake = settings.wake
    if not wake.enabled:
        return WakeConfig()
    words = tuple(WakeWord(word.model, word.bot, word.threshold, word.action == "hang_up") for word in wake.words)
    return WakeConfig(words, wake.name == "keep", wake.quiet_hours == "listen", interrupts=wake.interrupt)


def wake_group(settings: Settings) -> WakeGroup | None:
    """Words that begin a call, and the group in which one box answers; None: this box answers always."""
    config, name = wake_config(settings), settings.wake.group
    return (
        WakeGroup(name, tuple(word.model for word in config.of_state(in_call=False))) if config.words and name else None
    )


def check_wake(loaded: Loaded) -> None:
    """Raise `SettingsError` if the detector isn't installed, or a model can't be used."""
    if not loaded.settings.wake.enabled:
        return
    if importlib.util.find_spec("pymicro_wakeword") is None:
        text = f"needs pymicro-wakeword, which is not installed: {install_command('wake')}"
        raise loaded.error(text, "wake", "enabled")
    for number, word in enumerate(loaded.settings.wake.words):
        if reason := check_model(word.model):
            raise loaded.error(f"{word.model} {reason}", "wake", "words", number, "model")
