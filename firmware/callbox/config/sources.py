"""Sources of the settings, and what counts more: file < conf.d/*.yaml and the fleet's < environment < options."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callbox.config import yaml_file
from callbox.config.loader import Loaded, SettingsError, build, is_reference
from callbox.config.merge import at, from_environment, from_options, from_preset, merge
from callbox.config.messages import SCHEMA
from callbox.config.model import signed
from callbox.config.presets import files as preset_files
from callbox.config.presets.model.choice import AUTO, PresetChoice, choose
from callbox.config.presets.model.preset import HARDWARE
from callbox.config.schema import NAME_PATTERN, Settings, kind_has_gpio
from callbox.config.yaml_file import Document, Issue, Location, Source
from callbox.system import fetched_settings
from callbox.system.files import open_regular, read_regular
from callbox.text import one_line
from callbox_device.hardware_probe import read_hardware_ids
from callbox_device.model.hardware_ids import HardwareIds

CONFIG = Path("/etc/callbox/callbox.yaml")
FOLDER = "conf.d"
"""Beside the file; what is in it is read in the order of the names."""
FLEET = "90-fleet.yaml"
"""In that folder: signed settings that `callbox settings apply` has put there."""
_EXAMPLE = "/usr/share/callbox/callbox.example.yaml (in the source: config/callbox.example.yaml)"
_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: f"there is no such file; name another with --config FILE, or copy {_EXAMPLE} to it",
    IsADirectoryError: "is a folder; name a file in it",
}
_EMPTY = f"is empty; {_EXAMPLE} shows what it needs"


def load(file: Path) -> Loaded:
    """The settings in `file`, and nothing else, on whatever machine: no board is looked for.

    Raises `SettingsError` for whatever is wrong with it.
    """
    return _build_files([file], (), None)


def load_all(
    file: Path = CONFIG,
    options: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
    fetched: Path | None = None,
) -> Loaded:
    """The settings of the box: `file`, the folder beside it, the fleet's settings that it has fetched, the environment
    and `options` (``section.key=value``).

    They lie over those of the board's preset; `root`: the folder that has the machine's ``proc`` and ``sys``. `file`
    may be missing if the folder holds something. `fetched`: the fleet's settings to read in place of those in force.
    Raises `SettingsError` for whatever is wrong with all of them.
    """
    files = source_files(file, environ, fetched)
    rank = len(files)
    more = [from_environment(environ, rank), from_options(options, rank + 1)]
    loaded = _build_files(files, more, read_hardware_ids(root))
    return replace(loaded, warnings=(*loaded.warnings, *_overlooked(file), *_misnamed(environ, loaded)))


def preset_for(data: Any, ids: HardwareIds | None) -> PresetChoice:
    """The preset that counts for the settings in `data`, right or wrong, on a machine with `ids`; None: not known."""
    board = at(data, ("board",))
    wanted = board.get("preset", AUTO) if isinstance(board, dict) else AUTO
    is_unknown = wanted == AUTO and ids in (None, HardwareIds())
    presets = {} if is_unknown else preset_files.presets()  # reading them takes time
    return choose(wanted, presets, ids, has_gpio=kind_has_gpio(at(board, ("kind",))))


def readable(
    file: Path = CONFIG,
    options: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> Any:
    """Read all that `load_all` reads as far as it can be read, right or wrong."""
    files = [read(path, rank) for rank, path in enumerate(source_files(file, environ))]
    own = merge([*files, from_environment(environ, len(files)), from_options(options, len(files) + 1)])
    preset = preset_for(own.data, read_hardware_ids(root))
    return merge([from_preset(preset.settings, preset.source, own.data), own]).data


def hardware_settings(
    file: Path = CONFIG,
    options: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> Any:
    """Settings with which the parts of this machine can be measured while others are wrong or missing; or None.

    `board`, `microphone`, `speaker` and `sound` as they are set, else their defaults; the bot is a placeholder. None: a
    file can't be read, or one of these sections is wrong, so that a pin might be driven that was not meant.
    """
    files = [path for path in source_files(file, environ) if path.exists()]
    documents = [read(path, rank) for rank, path in enumerate(files)]
    documents += [from_environment(environ, len(files)), from_options(options, len(files) + 1)]
    if any(document.issues or not isinstance(document.data, dict | None) for document in documents):
        return None
    merged = merge(documents, is_reference).data or {}
    placeholder, names = {"start_url": "http://localhost"}, _called_bots(merged)
    bots = {"bots": dict.fromkeys(names, placeholder)} if names else {"bot": placeholder}
    data = {name: merged[name] for name in HARDWARE if name in merged} | bots
    try:
        return build([Document(data=data)], preset_for(data, read_hardware_ids(root))).settings
    except SettingsError:
        return None


def _called_bots(data: Any) -> list[str]:
    """The bots that buttons name, so far as these can be names."""
    further = at(data, ("board", "buttons"))
    buttons = [at(data, ("board", "button")), *(further.values() if isinstance(further, dict) else ())]
    named = [button.get("bot") for button in buttons if isinstance(button, dict)]
    return [name for name in named if isinstance(name, str) and re.search(NAME_PATTERN, name)]


def config_files(file: Path = CONFIG) -> list[Path]:
    """`file` and what the folder beside it holds, in their order. Files that the desktop hides are none of ours."""
    extra = sorted(path for path in (file.parent / FOLDER).glob("*.yaml") if not path.name.startswith("."))
    return [file, *extra] if file.exists() or not extra else extra


def source_files(
    file: Path = CONFIG, environ: Mapping[str, str] = os.environ, fetched: Path | None = None
) -> list[Path]:
    """As `config_files`, and the fleet's settings that the box has fetched, in the place of `FLEET`.

    If `callbox settings apply` has put such a file into the folder, that with the higher version is read.
    """
    files = config_files(file)
    fetched = fetched or fetched_settings.file_in_force(fetched_settings.folder(file, environ))
    if fetched is None:
        return files
    applied = file.parent / FOLDER / FLEET
    if signed_version(applied) >= signed_version(fetched):
        return files
    before = [path for path in files if path.parent != applied.parent or path.name < FLEET]
    return [*before, fetched, *(path for path in files[len(before) :] if path != applied)]


def signed_version(file: Path | None) -> int:
    """The version of the signed settings in `file`; 0: there are none."""
    try:
        return signed.parse(read_regular(file, yaml_file.MAX_BYTES)).version if file else 0
    except (OSError, ValueError):
        return 0


def read(file: Path, rank: int = 0) -> Document:
    """The document in `file`. That it can't be read is a flaw of it."""
    try:
        with open(open_regular(file, follow=True), "rb") as opened:  # noqa: PTH123 - a descriptor
            content = opened.read(yaml_file.MAX_BYTES + 1)
    except OSError as error:
        reason = _REASONS.get(type(error), error.strerror)
        return document_with_issue(file, str(reason), rank)
    return yaml_file.read(content, Source(rank, str(file)))


def document_with_issue(file: Path, text: str, rank: int = 0) -> Document:
    """A document of which there is only one thing to say."""
    source = Source(rank, str(file), has_lines=False)
    return Document(source, issues=[Issue(Location(source, 1, 1), text)])


def build_with_preset(documents: Sequence[Document], ids: HardwareIds | None) -> Loaded:
    """As `loader.build`, over the preset of the board that the settings name, or that is there."""
    return build(documents, preset_for(merge(documents, is_reference).data, ids))


def _build_files(files: Sequence[Path], more: Sequence[Document], ids: HardwareIds | None) -> Loaded:
    documents = [*(read(file, rank) for rank, file in enumerate(files)), *more]
    if all(document.data is None and not document.issues for document in documents):
        documents = [document_with_issue(files[0], _EMPTY)]
    return build_with_preset(documents, ids)


def _overlooked(file: Path) -> list[str]:
    others = (path for path in (file.parent / FOLDER).glob("*.*") if path.suffix.lower() in (".yml", ".yaml"))
    return [f"{path}: is not read; its name must end in .yaml" for path in sorted(others) if path.suffix != ".yaml"]


def _misnamed(environ: Mapping[str, str], loaded: Loaded) -> list[str]:
    """Variables that look like settings, such as CALLBOX_MQTT_HOST, and are none; nor one that a reference names."""
    secrets = [value.get("env") for _, value in SCHEMA.secrets(loaded.document.data) if isinstance(value, dict)]
    names = (name for name in sorted(environ) if name not in secrets)
    text = "is not read; CALLBOX is in capitals, with two underscores between the parts: CALLBOX__mqtt__host"
    return [f"{one_line(name)}: {text}" for name in names if _LIKE_A_SETTING.match(name)]


_LIKE_A_SETTING = re.compile(rf"(?!CALLBOX__)(?i:CALLBOX__?({'|'.join(Settings.__struct_fields__)})_)")
