"""Which files there are, and what counts more: file < conf.d/*.yaml < environment < options."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callbox.config import yaml_file
from callbox.config.loader import Loaded, SettingsError, build, is_reference
from callbox.config.merge import at, from_environment, from_options, merge
from callbox.config.schema import NAME_PATTERN
from callbox.config.yaml_file import Document, Issue, Location, Source
from callbox.system.files import open_regular

CONFIG = Path("/etc/callbox/callbox.yaml")
FOLDER = "conf.d"
"""Beside the file; what is in it is read in the order of the names."""
HARDWARE = ("board", "microphone", "speaker", "sound")
"""Sections that say how the parts of this machine are wired and set."""
_EXAMPLE = "/usr/share/callbox/callbox.example.yaml (in the source: config/callbox.example.yaml)"
_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: f"there is no such file; name another with --config FILE, or copy {_EXAMPLE} to it",
    IsADirectoryError: "is a folder; name a file in it",
}
_EMPTY = f"is empty; {_EXAMPLE} shows what it needs"


def load(file: Path) -> Loaded:
    """The settings in `file`, and nothing else. Raises `SettingsError` for whatever is wrong with it."""
    return _build_files([file], ())


def load_all(file: Path = CONFIG, options: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> Loaded:
    """The settings of the box: `file`, the folder beside it, the environment and `options` (``section.key=value``).

    `file` may be missing if the folder holds something. Raises `SettingsError` for whatever is wrong with all of them.
    """
    files = config_files(file)
    rank = len(files)
    loaded = _build_files(files, [from_environment(environ, rank), from_options(options, rank + 1)])
    return replace(loaded, warnings=(*loaded.warnings, *_overlooked(file)))


def readable(file: Path = CONFIG, options: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> Any:
    """What can be read of all that `load_all` reads, right or wrong."""
    files = [read(path, rank) for rank, path in enumerate(config_files(file))]
    return merge([*files, from_environment(environ, len(files)), from_options(options, len(files) + 1)]).data


def hardware_settings(file: Path = CONFIG, options: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> Any:
    """Settings with which the parts of this machine can be measured while others are wrong or missing; or None.

    `board`, `microphone`, `speaker` and `sound` as they are set, else their defaults; the bot is a placeholder. None: a
    file can't be read, or one of these sections is wrong, so that a pin might be driven that was not meant.
    """
    files = [path for path in config_files(file) if path.exists()]
    documents = [read(path, rank) for rank, path in enumerate(files)]
    documents += [from_environment(environ, len(files)), from_options(options, len(files) + 1)]
    if any(document.issues or not isinstance(document.data, dict | None) for document in documents):
        return None
    merged = merge(documents, is_reference).data or {}
    placeholder, names = {"start_url": "http://localhost"}, _called_bots(merged)
    bots = {"bots": dict.fromkeys(names, placeholder)} if names else {"bot": placeholder}
    data = {name: merged[name] for name in HARDWARE if name in merged} | bots
    if not isinstance(merged.get("board", {}), dict) or merged.get("board", {}).get("kind") == "panel":
        return None
    try:
        return build([Document(data=data)]).settings
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


def _build_files(files: Sequence[Path], more: Sequence[Document]) -> Loaded:
    documents = [*(read(file, rank) for rank, file in enumerate(files)), *more]
    if all(document.data is None and not document.issues for document in documents):
        documents = [document_with_issue(files[0], _EMPTY)]
    return build(documents)


def _overlooked(file: Path) -> list[str]:
    return [f"{path}: is not read; its name must end in .yaml" for path in (file.parent / FOLDER).glob("*.yml")]
