"""Files of the presets: one YAML file for each board, by its name."""

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml

from callbox.config.presets.model.preset import Preset
from callbox.config.section import convert

_FOLDERS = (Path(__file__).with_name("boards"), Path(__file__).parents[4] / "config/boards")
"""In a wheel and the Debian package; in a checkout."""
# libyaml reads all presets in a tenth of the time, which counts on a Zero 2 W; PyYAML's wheels have it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def presets() -> Mapping[str, Preset]:
    """Every preset, by its name, in the order of the names."""
    folder = next(folder for folder in _FOLDERS if folder.is_dir())
    return {file.stem: read(file) for file in sorted(folder.glob("*.yaml"))}


def read(file: Path) -> Preset:
    """The preset in `file`. Raises OSError, yaml.YAMLError or section.Invalid."""
    return convert(yaml.load(file.read_text("utf-8"), _Loader), Preset)  # noqa: S506 - it is a safe loader
