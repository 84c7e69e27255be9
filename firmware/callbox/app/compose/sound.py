"""Processing of the sound, and the sounds of the box itself, from the settings."""

import importlib.resources
from dataclasses import replace
from pathlib import Path

import msgspec

from callbox.app.chimes import ChimeConfig
from callbox.audio.codec_presets import preset_for
from callbox.audio.media import AudioConfig
from callbox.audio.playout import spoken_cause
from callbox.config import Loaded, Settings
from callbox.config.schema import SoundSettings
from callbox.control.faults import Fault
from callbox.control.spoken_causes import SENTENCES


def audio_config(sound: SoundSettings, model: str, *, in_browser: bool = False) -> AudioConfig:
    """Processing of the sound on a board called `model`: what is set, else what suits the board.

    `in_browser`: the sound is a browser's, which does all that itself.
    """
    set_ = {name: value for name, value in msgspec.structs.asdict(sound.opus).items() if value is not None}
    return AudioConfig(
        voice=replace(preset_for(model), **set_),
        echo="off" if in_browser else sound.echo,
        noise_suppression=sound.noise_suppression and not in_browser,
        gain_control=sound.gain_control and not in_browser,
        pre_roll=sound.pre_roll,
    )


def chime_config(settings: Settings) -> ChimeConfig:
    """Sounds of its own that the box plays, from the settings."""
    chimes = settings.chimes
    return ChimeConfig(
        chimes.enabled,
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


def spoken_causes_warning(loaded: Loaded) -> str | None:
    """Warning, with its place, if a folder of the user's, or a file in it, can't be used; None: all can. Reads them."""
    folder = _spoken_causes(loaded.settings)
    if folder is None or loaded.settings.chimes.speech in SENTENCES:
        return None
    wrong = _wrong_with(folder)
    return wrong and f"{loaded.error(wrong, 'chimes', 'speech')}; no cause is spoken"


def _wrong_with(folder: Path) -> str | None:
    if not folder.is_dir():
        return f"{folder}: there is no such folder"
    try:
        found = [fault.code for fault in Fault if spoken_cause.read(folder, fault.code)]
    except (OSError, ValueError) as error:
        return str(error)
    names = ", ".join(f"{fault.code}.wav" for fault in Fault)
    return None if found else f"{folder} holds none of {names}"
