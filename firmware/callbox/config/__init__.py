"""One model; files in layers, environment and options. Every error has its place: file:line:column."""

from callbox.config.loader import Loaded, SettingsError
from callbox.config.schema import Settings
from callbox.config.sources import config_files, load, load_all, readable

__all__ = ["Loaded", "Settings", "SettingsError", "config_files", "load", "load_all", "readable"]
