"""Causes for which a PCM can't be opened or stops working: one row a cause, by errno, with its sentence. Pure.

The table in ``docs/sound/README.md`` is made of it; nothing else words an error of a PCM.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from callbox_device.interfaces import STALL_S, BoardError, PartBusy, PartFailed, PartMissing
from callbox_device.model.alsa_names import card_of, cards_here, is_card_pcm

SoundServer = Literal["down", "hangs"]


@dataclass(frozen=True, slots=True)
class PcmCause:
    """One cause. Fields: ``{part}`` microphone or loudspeaker, ``{device}`` the PCM, ``{reason}`` the errno in words,
    ``{cards}`` those that are there, ``{offer}`` formats.
    """

    errnos: tuple[int, ...]
    """Of alsa-lib's calls; none: it is recognised otherwise."""
    sentence: str
    advice: str = ""
    error: type[BoardError] = PartFailed
    sound_server: SoundServer | None = None
    seen: str = ""
    """How it is recognised, for the documentation, beside the errnos."""
    of_card: bool | None = None
    """Only of a card's own PCM (True), or of any other, which may have a sound server behind it (False)."""


_NOT_THERE = (errno.ENOENT, errno.ENODEV, errno.ENXIO)
_NO_SERVER = (errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTDOWN, errno.EPIPE)
"""What the plugins of PulseAudio and PipeWire return without their daemon."""
_USB = (errno.EPIPE, errno.EPROTO, errno.EILSEQ, errno.EOVERFLOW, errno.ETIMEDOUT)
"""Errors of a USB transfer (the kernel's usb/error-codes)."""
_REPLUG = "Pull it out and plug it in again; try another cable, port or power supply. `dmesg` may say more."

OPEN: Mapping[str, PcmCause] = {
    "busy": PcmCause(
        (errno.EBUSY,),
        "The {part} {device!r} is held by another program.",
        "`fuser -v /dev/snd/*` says which; or use `default`, which can be shared.",
        PartBusy,
    ),
    "forbidden": PcmCause(
        (errno.EACCES, errno.EPERM),
        "No permission for the {part} {device!r}: add this user to the group `audio`.",
        error=PartMissing,
        seen="or a card that is there, is called missing, and whose device files this user may not use",
    ),
    "missing": PcmCause(_NOT_THERE, "There is no {part} {device!r}.", "{cards}", PartMissing),
    "server down": PcmCause(
        _NO_SERVER,
        "The sound server behind the {part} {device!r} does not run ({reason}).",
        "`systemctl --user status pipewire wireplumber` may say why.",
        PartMissing,
        "down",
        of_card=False,
    ),
    "usb": PcmCause(_USB, "The {part} {device!r} does not answer on USB ({reason}).", _REPLUG, of_card=True),
    "usb bandwidth": PcmCause(
        (errno.ENOSPC,),
        "The USB bus has no bandwidth left for the {part} {device!r}.",
        "Use another port, or fewer devices on it.",
        of_card=True,
    ),
    "configuration": PcmCause(
        (errno.EINVAL,),
        "The {part} {device!r} can't be opened: {reason}.",
        "Its name, or ALSA's configuration for it (/etc/asound.conf, ~/.asoundrc), can't be used: "
        "`callbox devices` lists names that can.",
    ),
    "resources": PcmCause(
        (errno.ENOMEM, errno.EMFILE, errno.ENFILE),
        "The {part} {device!r} can't be opened: {reason}.",
        "This machine has no memory or no file descriptors left.",
    ),
    "input/output": PcmCause((errno.EIO,), "The {part} {device!r} can't be opened: {reason}.", _REPLUG),
    "other": PcmCause((), "The {part} {device!r} can't be opened: {reason}.", seen="open: any other errno"),
    "hangs": PcmCause(
        (),
        "The {part} {device!r} does not answer: its sound server hangs.",
        sound_server="hangs",
        seen="a call of alsa-lib takes longer than 3 s",
    ),
    "format": PcmCause(
        (),
        "The {part} {device!r} gives {offer}, which can't be converted here.",
        "A name that begins with plughw: in place of hw: lets ALSA convert.",
        seen="no format that can be converted",
    ),
}
"""Causes for which a PCM can't be opened, by name; the first row that fits an errno."""

ENDED: Mapping[str, PcmCause] = {
    "gone": PcmCause(_NOT_THERE, "The {part} {device!r} is gone: was it pulled out?"),
    "disconnected": PcmCause(
        (errno.EBADFD, errno.ESHUTDOWN), "The {part} {device!r} is gone: was it pulled out?", of_card=True
    ),
    "server ended": PcmCause(
        (*_NO_SERVER, errno.EBADFD, errno.EIO),
        "The sound server behind the {part} {device!r} has ended ({reason}).",
        sound_server="down",
        of_card=False,
    ),
    "usb": PcmCause(_USB, "The {part} {device!r} does not answer on USB any more ({reason}).", _REPLUG, of_card=True),
    "suspended": PcmCause((errno.ESTRPIPE,), "The sound card behind {device!r} was suspended."),
    "input/output": PcmCause(
        (errno.EIO,), "The sound card behind {device!r} stopped working: {reason}.", _REPLUG, of_card=True
    ),
    "other": PcmCause(
        (), "The sound card behind {device!r} stopped working: {reason}.", seen="read or write: any other errno"
    ),
    "card stands still": PcmCause(
        (),
        "The {part} {device!r} has moved no sound for {stall_s:g} s.",
        seen="a card moves no frame for {stall_s} s, also with EPIPE (overrun, underrun) again and again",
        of_card=True,
    ),
    "server stands still": PcmCause(
        (),
        "The {part} {device!r} has moved no sound for {stall_s:g} s.",
        sound_server="hangs",
        seen="what isn't a card's own moves no frame for {stall_s} s",
        of_card=False,
    ),
}
"""Causes for which a PCM stops working, by name; the first row that fits an errno. The device is opened again."""


def cause(rows: Mapping[str, PcmCause], number: int, device: str) -> str:
    """The row of `OPEN` or `ENDED` for an errno of alsa-lib."""
    is_card = is_card_pcm(device)
    return next(
        (name for name, row in rows.items() if number in row.errnos and row.of_card in (None, is_card)), "other"
    )


def unopened(direction: str, device: str, number: int, cards: list[str], forbidden: list[str]) -> BoardError:
    """Error for a `device` that could not be opened because of ALSA's errno `number`.

    `forbidden`: those of the `cards` that this user may not use. ALSA calls them missing.
    """
    name = cause(OPEN, number, device)
    if name == "missing" and forbidden and (not is_card_pcm(device) or card_of(device) in forbidden):
        name = "forbidden"
    return _error(OPEN[name], direction, device, reason=os.strerror(number), cards=cards_here(cards))


def silent_server(direction: str, device: str) -> BoardError:
    """Error for a `device` behind which a sound server takes the call and says nothing."""
    return _error(OPEN["hangs"], direction, device)


def unusable(direction: str, device: str, offer: str) -> BoardError:
    """A card that offers nothing which can be converted; `offer`: what it does offer."""
    return _error(OPEN["format"], direction, device, offer=offer)


def broken(direction: str, device: str, number: int) -> BoardError:
    """A PCM that worked, until ALSA's errno `number`."""
    return _error(ENDED[cause(ENDED, number, device)], direction, device, reason=os.strerror(number))


def failed(direction: str, device: str, reason: str) -> BoardError:
    """A PCM that worked, until something that isn't an error of ALSA."""
    return _error(ENDED["other"], direction, device, reason=reason)


def stalled(direction: str, device: str) -> BoardError:
    """A card that is there, and stands still; what isn't a card's own has a sound server in between."""
    name = "card stands still" if is_card_pcm(device) else "server stands still"
    return _error(ENDED[name], direction, device, stall_s=STALL_S)


def _error(row: PcmCause, direction: str, device: str, **fields: object) -> BoardError:
    text = " ".join(part for part in (row.sentence, row.advice) if part)
    message = text.format(part=_PARTS[direction], device=device, **fields)
    return row.error(message, sound_server=row.sound_server)


_PARTS = {"capture": "microphone", "playback": "loudspeaker"}
