"""The command line: check, run, devices, demo. Exit codes are those of sysexits.h; see ``callbox --help``."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from callbox import __version__

EX_OK, EX_USAGE, EX_SOFTWARE, EX_CONFIG = 0, 64, 70, 78
EX_UNHEARD = 1
"""`callbox demo`: the bot's answer was not heard."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        code: int = options.command(options)
        return code
    return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="callbox",
        description="Press the button, talk to your bot.",
        epilog="Exit codes: 0 all is well, 1 the demo's answer was not heard, 64 wrong command line, "
        "70 a defect of Callbox, 78 wrong settings.",
    )
    parser.add_argument("--version", action="version", version=f"callbox {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="say everything that is wrong with a settings file")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(command=_check)

    run = commands.add_parser("run", help="be the box, until SIGTERM")
    run.add_argument("--config", type=Path, default=Path("/etc/callbox/callbox.yaml"), metavar="FILE")
    run.set_defaults(command=_run)

    devices = commands.add_parser("devices", help="list microphones and loudspeakers, and recommend one of each")
    devices.set_defaults(command=_devices)

    demo = commands.add_parser("demo", help="try it on this machine: a simulated board, a bot of its own")
    demo.add_argument("--bot", metavar="URL", help="the start URL of a bot that is running already")
    demo.add_argument(
        "--wav",
        type=Path,
        default=Path("answer.wav"),
        metavar="FILE",
        help="where the answer goes (default: %(default)s)",
    )
    demo.set_defaults(command=_demo)
    return parser


def _check(options: argparse.Namespace) -> int:
    from callbox.settings import SettingsError, load

    try:
        loaded = load(options.file)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    for warning in loaded.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(f"{options.file}: good")
    return EX_OK


def _run(options: argparse.Namespace) -> int:
    from callbox import assembly
    from callbox.service import logs
    from callbox.settings import SettingsError, load

    try:
        loaded = load(options.config)
        logs.set_up(loaded.settings.log.level)
        for warning in loaded.warnings:
            logs.log.warning("%s", warning)
        plan = assembly.plan(loaded)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG

    async def work() -> None:
        box = plan.make_box()
        stop = _stop_on_signals()
        assembly.press_on_signal(box)
        await box.run(stop)

    try:
        asyncio.run(work())
    except Exception:
        logs.log.critical("A defect of Callbox", exc_info=True)
        return EX_SOFTWARE
    return EX_OK


def _devices(_: argparse.Namespace) -> int:
    from callbox_device import alsa_names, alsa_pcm

    if not alsa_pcm.is_installed():
        print("Sound needs pyalsaaudio: pip install 'callbox[alsa]'.", file=sys.stderr)
        return EX_USAGE
    settings = []
    for part, direction, tool in (("microphone", "capture", "arecord"), ("speaker", "playback", "aplay")):
        devices = alsa_pcm.sound_devices(direction)
        best = alsa_names.recommended(devices)
        print(
            f"{part}:"
            if best
            else f"{part}: none. Is it plugged in, is its driver loaded? `{tool} -l` asks the kernel."
        )
        for device in devices:
            print(f"  {'*' if device is best else ' '} {device.name:32} {device.label}")
        if best:
            settings.append(f'{part}: {{device: "{best.name}"}}')
    if settings:
        print("\nIn the settings file:", *settings, sep="\n")
    return EX_OK


def _demo(options: argparse.Namespace) -> int:
    try:
        from callbox.demo.stage import play
    except ModuleNotFoundError as error:
        print(f"The demo needs {error.name}: pip install 'callbox[demo]'.", file=sys.stderr)
        return EX_USAGE

    async def work() -> bool:
        return await play(options.bot, options.wav, _stop_on_signals())

    return EX_OK if asyncio.run(work()) else EX_UNHEARD


def _stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
