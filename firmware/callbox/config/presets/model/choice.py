"""Choice of the preset: the one that is set, or the one that was recognised. Pure."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callbox.config.presets.model.preset import Preset
from callbox.config.presets.model.recognition import PresetMatch, question, recognise
from callbox.config.schema import DEFAULT_LAMP_PINS
from callbox_device.model.hardware_ids import HardwareIds

AUTO, NONE = "auto", "none"


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """The preset that counts, and why."""

    name: str | None
    """None: there is none."""
    reason: str
    """For people: ``board.preset`` is set; or by what the board was recognised; or that none was."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the preset sets, beneath the user's settings."""
    source: str = ""
    """What `settings` come from, for people: ``preset codec-zero``."""
    reserved_pins: Mapping[int, str] = field(default_factory=dict)
    """GPIO of the board itself, and for what."""
    matches: tuple[PresetMatch, ...] = ()
    """Every board that was recognised."""
    question: str | None = None
    """What a person has to decide: there are several boards."""
    error: str | None = None
    """What is wrong with ``board.preset``."""


def choose(
    wanted: object, presets: Mapping[str, Preset], ids: HardwareIds | None, *, has_gpio: bool = True
) -> PresetChoice:
    """The preset for ``board.preset``, as it stands in a file that may be wrong.

    `ids`: what is on this machine; None: not known, so nothing is recognised. `has_gpio`: whether ``board.kind`` is a
    real board; nothing is recognised for others.
    """
    if not isinstance(wanted, str):
        return PresetChoice(None, "board.preset is wrong")  # the schema says how
    if wanted == NONE:
        return PresetChoice(None, "board.preset is none")
    if wanted == AUTO:
        if not has_gpio:
            return PresetChoice(None, "nothing is looked for: board.kind is no real board")
        return _recognised(presets, ids) if ids else PresetChoice(None, "no board was recognised")
    preset = presets.get(wanted)
    if preset is None:
        name = wanted.lower().replace("_", "-").removesuffix(".yaml")
        near = [one for one in sorted(presets) if one.startswith(name)] or difflib.get_close_matches(
            name, presets, 1, 0.5
        )
        hint = f"did you mean {' or '.join(near[:2])}?" if near else "`callbox boards` lists them"
        return PresetChoice(None, "board.preset is wrong", error=f"there is no such preset; {hint}")
    matches = recognise(presets, ids) if ids else ()
    card = next((match.card for match in matches if match.name == wanted), None)
    return _use(wanted, preset, card, "board.preset is set", matches)


def is_another(before: PresetChoice, now: PresetChoice) -> bool:
    """Whether `now` a board is there that `before` wasn't. One that has only been unplugged may come back."""
    is_gone = before.name not in [match.name for match in now.matches]
    return now.name is not None and now.name != before.name and is_gone


def _recognised(presets: Mapping[str, Preset], ids: HardwareIds) -> PresetChoice:
    matches = recognise(presets, ids)
    if not matches:
        return PresetChoice(None, "no board was recognised")
    if len(matches) == 1:
        [match] = matches
        return _use(match.name, presets[match.name], match.card, f"recognised: {', '.join(match.evidence)}", matches)
    reserved = {pin for match in matches for pin in presets[match.name].reserved_pins}
    dark = {lamp: None for lamp, pin in DEFAULT_LAMP_PINS.items() if pin in reserved}
    return PresetChoice(
        None,
        "several boards were recognised",
        # Until somebody decides, no pin of any of them is driven.
        settings={"board": {"lamps": dark}} if dark else {},
        source="several boards were recognised",
        matches=matches,
        question=question(matches),
    )


def _use(name: str, preset: Preset, card: str | None, reason: str, matches: tuple[PresetMatch, ...]) -> PresetChoice:
    return PresetChoice(name, reason, preset.fragment(card), f"preset {name}", preset.reserved_pins, matches)
