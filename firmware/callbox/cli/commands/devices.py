"""``callbox devices``: what there is to hear and to speak with."""

import argparse
import sys
from typing import TYPE_CHECKING

from callbox.cli.common import EX_OK, EX_USAGE

if TYPE_CHECKING:
    from callbox.cli.common import Commands

_MAX_KEYS = 12
"""Of a device; a keyboard has a hundred."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    devices = commands.add_parser(
        "devices", help="list microphones, loudspeakers and keys, and recommend one of the first two each"
    )
    devices.set_defaults(command=_devices)


def _devices(_: argparse.Namespace) -> int:
    from callbox.text import one_line
    from callbox_device import input_devices
    from callbox_device.alsa import open_pcm
    from callbox_device.model import alsa_names

    if not open_pcm.is_installed():
        print(open_pcm.MISSING, file=sys.stderr)
        return EX_USAGE
    settings = []
    for part, direction, tool in (("microphone", "capture", "arecord"), ("speaker", "playback", "aplay")):
        devices = open_pcm.sound_devices(direction)
        best = alsa_names.recommended(devices)
        print(
            f"{part}:"
            if best
            else f"{part}: none. Is it plugged in, is its driver loaded? `{tool} -l` asks the kernel."
        )
        for device in devices:
            print(f"  {'*' if device is best else ' '} {one_line(device.name):32} {one_line(device.label)}")
        if best:
            settings.append(f'{part}: {{device: "{best.name}"}}')
    for found in input_devices.find_devices():
        keys = ", ".join(found.keys[:_MAX_KEYS]) + (", ..." if len(found.keys) > _MAX_KEYS else "")
        print(f"keys of {one_line(found.name)}: {keys}" if found.name else f"keys of {found.path}: {found.error}")
    if settings:
        print("\nIn the settings file:", *settings, sep="\n")
    return EX_OK
