"""``callbox announce``: lets a box announce a sound, or words, over MQTT."""

import argparse
import base64
import functools
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callbox.cli.commands.ring import send_request
from callbox.cli.common import EX_IOERR, EX_USAGE, add_config, at_broker, number

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    announce = commands.add_parser("announce", help="let the box play a sound, or speak words")
    announce.add_argument("text", nargs="?", default=None, help="words, spoken by espeak-ng on the box")
    announce.add_argument("--file", type=Path, default=None, help="a WAV, Ogg Opus or MP3 file of at most 1 MiB")
    announce.add_argument("--url", default=None, help="of such a file; the box's announce.origins must have its origin")
    announce.add_argument("--priority", default=None, choices=("low", "normal", "high"), help="(default: normal)")
    announce.add_argument(
        "--volume", type=number(0, 100), default=None, metavar="PERCENT", help="0 to 100 of its amplitude"
    )
    announce.add_argument("--until", default=None, metavar="TIME", help="not begun after it")
    announce.add_argument("--id", default=None, help="the same id again is the same announcement (default: a new one)")
    add_config(announce)
    announce.set_defaults(command=_announce)


def _announce(options: argparse.Namespace) -> int:
    from callbox.control.announcements import MAX_SOUND_BYTES

    if sum(source is not None for source in (options.text, options.file, options.url)) != 1:
        print("One of TEXT, --file and --url is needed.", file=sys.stderr)
        return EX_USAGE
    fields: dict[str, Any] = {"id": options.id or uuid.uuid4().hex}
    names = ("text", "url", "priority", "volume", "until")
    fields |= {name: value for name in names if (value := getattr(options, name)) is not None}
    if options.file is not None:
        try:
            with options.file.open("rb") as file:
                sound = file.read(MAX_SOUND_BYTES + 1)
        except OSError as error:
            print(f"{options.file}: {error.strerror}", file=sys.stderr)
            return EX_IOERR
        if len(sound) > MAX_SOUND_BYTES:
            print(f"{options.file} is too long: at most {MAX_SOUND_BYTES} bytes are sent.", file=sys.stderr)
            return EX_USAGE
        fields["sound"] = base64.b64encode(sound).decode()
    return at_broker(options, functools.partial(send_request, "announce", fields, "It is announced"))
