"""One model; files in layers, environment and options. Every error has its place: file:line:column."""

from callbox.config.loader import Loaded, SettingsError
from callbox.config.schema import Settings
from callbox.config.sources import load, load_all, readable, source_files

__all__ = ["Loaded", "Settings", "SettingsError", "load", "load_all", "readable", "source_files"]
