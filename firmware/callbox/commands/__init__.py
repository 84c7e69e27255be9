"""The commands, a module each, found by `callbox.cli`: `add(commands)` puts one into the parser.

A command imports what it needs when it runs: `callbox check` shall not wait for aiortc.
"""

import argparse
import asyncio
import signal
from typing import TYPE_CHECKING

EX_OK, EX_USAGE, EX_SOFTWARE, EX_CONFIG = 0, 64, 70, 78
"""sysexits.h's."""

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
