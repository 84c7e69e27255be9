"""A card's own volume, and the state of its other controls, through alsa-lib's mixer.

By ctypes, as `libasound`: a card on USB may take its time, and the other threads run meanwhile.
"""

import contextlib
import ctypes
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callbox_device.model import volume
from callbox_device.model.mixer_controls import ControlState

log = logging.getLogger(__name__)

_MAX_ITEM = 64
"""Bytes of an enumerated item's name: the kernel's own limit."""


@dataclass(frozen=True, slots=True)
class MixerState:
    """State of a card's control."""

    control: str
    share: float
    """0.0 to 1.0 of its steps."""
    is_on: bool
    """False: its switch is off, and nothing is played."""


def set_volume(device: str, percent: int, name: str | None = None) -> bool:
    """Set the volume of a card; whether it has one. `device`: ``hw:1``; `name`: of the control, else the likeliest.

    0 switches off too, if there is a switch; anything more switches on. May block while the card answers. Never raises.
    """
    with _control(device, name) as found:
        if found is None:
            return False
        library, element, _ = found
        lowest, highest = _range(library.snd_mixer_selem_get_playback_dB_range, element)
        if lowest < highest:
            wanted = volume.hundredths_db(percent, lowest, highest)
            failed = library.snd_mixer_selem_set_playback_dB_all(element, ctypes.c_long(wanted), 0)
        else:
            lowest, highest = _range(library.snd_mixer_selem_get_playback_volume_range, element)
            wanted = round(lowest + percent / 100 * (highest - lowest))
            failed = library.snd_mixer_selem_set_playback_volume_all(element, ctypes.c_long(wanted))
        if library.snd_mixer_selem_has_playback_switch(element):
            library.snd_mixer_selem_set_playback_switch_all(element, int(percent > 0))
        return not failed


def get_state(device: str, name: str | None = None) -> MixerState | None:
    """State of the control that `set_volume` would set; None: there is none."""
    with _control(device, name) as found:
        if found is None:
            return None
        library, element, control = found
        lowest, highest = _range(library.snd_mixer_selem_get_playback_volume_range, element)
        now, on = ctypes.c_long(lowest), ctypes.c_int(1)
        library.snd_mixer_selem_get_playback_volume(element, 0, ctypes.byref(now))
        if library.snd_mixer_selem_has_playback_switch(element):
            library.snd_mixer_selem_get_playback_switch(element, 0, ctypes.byref(on))
        share = (now.value - lowest) / (highest - lowest) if highest > lowest else 1.0
        return MixerState(control, share, bool(on.value))


def set_controls(device: str, states: Mapping[str, ControlState]) -> list[str] | None:
    """Set controls by their names. Returns those that could not be set, as there is none, or it has no such thing.

    None: there is no such mixer. May block while the card answers. Never raises.
    """
    with _mixer(device) as opened:
        if opened is None:
            return None
        library, mixer = opened
        found = _by_name(_controls(library, mixer))
        return [
            name for name, state in states.items() if not (name in found and _set_control(library, found[name], state))
        ]


def _set_control(library: Any, element: ctypes.c_void_p, state: ControlState) -> bool:
    """Whether all that `state` says could be set."""
    done = []
    if state.db is not None:
        level = ctypes.c_long(round(100 * state.db))
        done.append(_set_each(library, element, state, "volume", "dB_all", level, ctypes.c_int(0)))
    if state.switch is not None:
        done.append(_set_each(library, element, state, "switch", "switch_all", ctypes.c_int(state.switch)))
    if state.item is not None:
        done.append(_set_item(library, element, state.item))
    return all(done)


def _set_each(
    library: Any, element: ctypes.c_void_p, state: ControlState, what: str, function: str, *values: Any
) -> bool:
    """Call ``snd_mixer_selem_set_DIRECTION_FUNCTION`` for each direction that has `what`; whether one could be set."""
    results = [
        getattr(library, f"snd_mixer_selem_set_{direction}_{function}")(element, *values)
        for direction in ("playback", "capture")
        if state.direction in (direction, "both")
        and getattr(library, f"snd_mixer_selem_has_{direction}_{what}")(element)
    ]
    return any(result >= 0 for result in results)


def _set_item(library: Any, element: ctypes.c_void_p, item: str) -> bool:
    if not library.snd_mixer_selem_is_enumerated(element):
        return False
    text = ctypes.create_string_buffer(_MAX_ITEM)
    for number in range(library.snd_mixer_selem_get_enum_items(element)):
        named = library.snd_mixer_selem_get_enum_item_name(element, number, _MAX_ITEM, text) >= 0
        if named and text.value.decode(errors="replace") == item:
            return bool(library.snd_mixer_selem_set_enum_item(element, 0, number) >= 0)
    return False


@contextlib.contextmanager
def _mixer(device: str) -> Iterator[tuple[Any, ctypes.c_void_p] | None]:
    """alsa-lib, and the mixer with its controls loaded; None: there is no such mixer."""
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError:
        yield None
        return
    library.snd_mixer_first_elem.restype = library.snd_mixer_elem_next.restype = ctypes.c_void_p
    library.snd_mixer_selem_get_name.restype = ctypes.c_char_p
    mixer = ctypes.c_void_p()
    if library.snd_mixer_open(ctypes.byref(mixer), 0) < 0:
        yield None
        return
    try:
        loaded = (
            library.snd_mixer_attach(mixer, device.encode()) >= 0
            and library.snd_mixer_selem_register(mixer, None, None) >= 0
            and library.snd_mixer_load(mixer) >= 0
        )
        yield (library, mixer) if loaded else None
    finally:
        library.snd_mixer_close(mixer)


@contextlib.contextmanager
def _control(device: str, name: str | None) -> Iterator[tuple[Any, ctypes.c_void_p, str] | None]:
    """alsa-lib, the element, and its name; None: there is no such mixer or control."""
    with _mixer(device) as opened:
        found = _by_name(_playback_controls(*opened)) if opened else {}
        chosen = name if name in found else None if name else volume.pick_control(list(found))
        if name and not chosen:
            log.warning("%s has no playback control %r; there are: %s", device, name, ", ".join(found) or "none")
        yield (opened[0], found[chosen], chosen) if opened and chosen else None


def _by_name(controls: Iterator[tuple[str, ctypes.c_void_p]]) -> dict[str, ctypes.c_void_p]:
    """Of several that are called alike, the first: the one that amixer means."""
    found: dict[str, ctypes.c_void_p] = {}
    for name, element in controls:
        found.setdefault(name, element)
    return found


def _playback_controls(library: Any, mixer: ctypes.c_void_p) -> Iterator[tuple[str, ctypes.c_void_p]]:
    for name, element in _controls(library, mixer):
        if library.snd_mixer_selem_has_playback_volume(element):
            yield name, element


def _controls(library: Any, mixer: ctypes.c_void_p) -> Iterator[tuple[str, ctypes.c_void_p]]:
    place = library.snd_mixer_first_elem(mixer)
    while place:
        element = ctypes.c_void_p(place)
        yield library.snd_mixer_selem_get_name(element).decode(errors="replace"), element
        place = library.snd_mixer_elem_next(element)


def _range(ask: Any, element: ctypes.c_void_p) -> tuple[int, int]:
    """From and to; (0, 0): it doesn't tell."""
    lowest, highest = ctypes.c_long(), ctypes.c_long()
    result = ask(element, ctypes.byref(lowest), ctypes.byref(highest))
    return (lowest.value, highest.value) if result >= 0 else (0, 0)
