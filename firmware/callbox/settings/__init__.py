"""One model; files in layers, environment and options. Every error has its place: file:line:column."""

from callbox.settings.layers import config_files, load, load_all, readable
from callbox.settings.loader import Loaded, SettingsError
from callbox.settings.model import Settings

__all__ = ["Loaded", "Settings", "SettingsError", "config_files", "load", "load_all", "readable"]
