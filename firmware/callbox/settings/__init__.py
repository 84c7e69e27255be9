"""One YAML file, checked by one model. Every error has its place: file:line:column."""

from callbox.settings.loader import Loaded, SettingsError, load
from callbox.settings.model import Settings

__all__ = ["Loaded", "Settings", "SettingsError", "load"]
