"""Common parts of the commands: exit codes, options for settings, signals."""

import argparse
import functools
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

from callbox.text import one_line

P = ParamSpec("P")

EX_OK, EX_USAGE, EX_UNAVAILABLE, EX_SOFTWARE, EX_IOERR, EX_TEMPFAIL, EX_CONFIG = 0, 64, 69, 70, 74, 75, 78
"""sysexits.h's."""
DEFAULT_CONFIG = Path("/etc/callbox/callbox.yaml")
"""The settings file of the package's service."""
_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e-?[0-9]+)?", re.IGNORECASE)
"""Python takes more for a number: 1_0, +5, digits of other scripts, blanks."""

if TYPE_CHECKING:
    import asyncio
    import signal

    from callbox.mqtt.model.topics import Topics
    from callbox.mqtt.paho_client import Broker

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it


def add_config(parser: argparse.ArgumentParser) -> None:
    """The options that say where settings come from."""
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="the settings file; conf.d/*.yaml beside it is read too (default: %(default)s)",
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="counts more than any file")


def number(least: float, most: float = math.inf, kind: type[int] | type[float] = int) -> Callable[[str], float]:
    """The `type` of an option whose value is a number from `least` to `most`, with a sentence for any other."""
    limits = f"from {least:g} to {most:.15g}" if most < math.inf else f"of at least {least:g}"

    def parse(text: str) -> float:
        try:
            value = kind(text) if _NUMBER.fullmatch(text) else math.nan
        except ValueError:
            value = math.nan
        if not least <= value <= most or value == math.inf:
            name = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f"a {name} {limits} is needed, not {one_line(text, 20)!r}")
        return value

    return parse


PORT = number(1, 65535)


def reads_settings(command: Callable[P, int]) -> Callable[P, int]:
    """A command that reads settings: `SettingsError` is printed, and its exit code is then `EX_CONFIG`."""

    @functools.wraps(command)
    def printing(*args: P.args, **kwargs: P.kwargs) -> int:
        from callbox.config import SettingsError

        try:
            return command(*args, **kwargs)
        except SettingsError as error:
            print(error, file=sys.stderr)
            return EX_CONFIG

    return printing


@reads_settings
def at_broker(options: argparse.Namespace, work: "Callable[[Broker, Topics], int]") -> int:
    """The exit code of `work`, which gets the broker and the topics of the settings; of what is wrong with them, which
    is printed; or of the `BrokerError` that `work` raised.
    """
    from callbox.app import compose
    from callbox.config import load_all
    from callbox.mqtt.paho_client import BrokerError

    composition = compose.make_composition(load_all(options.config, options.set))
    if composition.broker is None:
        print("The settings name no broker: set mqtt.host, or give --set mqtt.host=HOST.", file=sys.stderr)
        return EX_CONFIG
    try:
        return work(composition.broker, composition.topics)
    except BrokerError as error:
        print(error, file=sys.stderr)
        return EX_UNAVAILABLE


def event_on_signals(*numbers: "signal.Signals") -> "asyncio.Event":
    """An event that each of the signals sets; in the running event loop."""
    import asyncio

    event = asyncio.Event()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


def stop_on_signals() -> "asyncio.Event":
    """An event that SIGTERM, SIGINT and a closed terminal (SIGHUP, unless nohup ignores it) set."""
    import signal

    hangup = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return event_on_signals(signal.SIGTERM, signal.SIGINT, *hangup)
