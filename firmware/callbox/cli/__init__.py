"""The command line. Exit codes are those of sysexits.h; see ``callbox --help``."""

import argparse
import importlib
import os
import pkgutil
import signal
import sys
import textwrap
from collections.abc import Sequence
from typing import NoReturn

from callbox import __version__
from callbox.cli import commands
from callbox.cli.common import EX_USAGE
from callbox.system.extras import missing_module

EXAMPLES = {
    "announce": ('callbox announce "Lunch is ready"', "callbox announce --file bell.mp3 --priority high"),
    "boards": ("callbox boards", "callbox boards --json"),
    "bundle": ("sudo callbox bundle", "callbox bundle --output - | less"),
    "check": ("callbox check", "callbox check callbox.yaml", "callbox check --set mqtt.host=192.168.1.10"),
    "config": ("callbox config show --origin", "callbox config schema"),
    "demo": ("callbox demo", "callbox demo --bot http://192.168.1.20:7860/start", "callbox demo --terminal"),
    "devices": ("callbox devices",),
    "doctor": ("callbox doctor", "callbox doctor --only gpio,button,lamps", "callbox doctor --json --no-press"),
    "explain": ("callbox explain GPIO-NO-CHIP", "callbox explain --card card.svg"),
    "import": ("sudo callbox import", "callbox import --from callbox.yaml --into /tmp/etc"),
    "mqtt": ("callbox mqtt clean",),
    "probe": (
        "callbox probe http://192.168.1.20:7860 --turns 5",
        "callbox probe http://192.168.1.20:7860 --network burst --max-latency-p95-ms 1500 --junit probe.xml",
    ),
    "ring": ('callbox ring "Lunch is ready"', 'callbox ring --id door-17 --data \'{"camera": "porch"}\''),
    "settings": (
        "callbox settings sign fleet.yaml --key fleet.pem --version 8 --percent 5",
        "callbox settings verify signed.yaml --key fleet.pub",
        "sudo callbox settings apply signed.yaml --key /etc/callbox/fleet.pub",
    ),
    "run": (
        "callbox run",
        "callbox run --set board.kind=simulated --set bot.start_url=http://192.168.1.20:7860/start",
    ),
    "simulate": ("callbox simulate", "callbox simulate --fleet 100 --host 127.0.0.1"),
    "talk": (
        "callbox talk http://192.168.1.20:7860",
        "callbox talk http://192.168.1.20:7860 --wav question.wav --out answer.wav",
        "callbox talk https://api.pipecat.daily.co/v1/public/AGENT/start --header Authorization=env:KEY",
    ),
    "timers": ("callbox timers", "callbox timers add 300 Tea", "callbox timers add 07:00 --weekdays mon,tue"),
    "wake": ("callbox wake room.wav", "callbox wake room.wav --model alexa --threshold 0.9"),
    "watch": ("callbox watch --host 192.168.1.10",),
}
"""Of each command, for its ``--help``; a test runs each one's parser."""


MODULES = {module.name.rstrip("_"): module.name for module in pkgutil.iter_modules(commands.__path__)}
"""Module of each command."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser(arguments[0] if arguments else "")
    if not arguments:
        parser.print_help(sys.stderr)
        return EX_USAGE
    if not arguments[0].startswith("-") and arguments[0] not in MODULES:
        parser.error(_no_such_command(arguments[0]))
    try:
        try:
            options = parser.parse_args(arguments)
            code: int = options.command(options)
        finally:  # --help too, which raises SystemExit
            if sys.stdout:  # None: it was closed before
                sys.stdout.flush()
    except ModuleNotFoundError as error:  # an extra is missing: the client alone is installed
        missing = missing_module(error)
        if missing is None:
            raise
        print(f"{parser.prog} {arguments[0]}: {missing}", file=sys.stderr)
        return EX_USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        return 128 + signal.SIGPIPE
    return code


def _no_such_command(word: str) -> str:
    import difflib

    from callbox.text import one_line

    near = difflib.get_close_matches(word.lower(), MODULES, 1)
    hint = f"did you mean {near[0]}?" if near else "`callbox --help` lists them"
    return f"there is no command {one_line(word, 60)!r}; {hint}"


def _parser(named: str = "") -> argparse.ArgumentParser:
    """For the command that is `named`, if there is one, which others needn't be imported for; else for all."""
    parser = _Parser(
        prog="callbox",
        description="Press the button, talk to your bot.",
        epilog="Exit codes: 0 all is well, 1 the demo's answer was not heard (doctor: warnings, 2: failures), "
        "64 wrong command line, 69 the broker can't be used, 70 a defect of Callbox, 74 a file can't be read or "
        "written, 75 told to start again, 78 wrong settings.",
    )
    parser.add_argument("--version", action="version", version=f"callbox {__version__}")
    found = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in [MODULES[named]] if named in MODULES else MODULES.values():
        importlib.import_module(f"callbox.cli.commands.{name}").add(found)
    about = {action.dest: action.help or "" for action in found._choices_actions}  # noqa: SLF001 - kept nowhere else
    for name, command in found.choices.items():
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.description = textwrap.fill(command.description or f"{about[name][:1].upper()}{about[name][1:]}.", 78)
        examples = "\n".join(["examples:", *(f"  {example}" for example in EXAMPLES[name])])
        command.epilog = f"{textwrap.fill(command.epilog, 78)}\n\n{examples}" if command.epilog else examples
    return parser
