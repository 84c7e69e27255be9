"""Demo in a browser: the service itself with its board in a page, a settings file, a bot and a broker of its own."""

import asyncio
import contextlib
import functools
import html
import os
import secrets
import shlex
import shutil
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from callbox.app import compose
from callbox.app.appliance import Appliance
from callbox.app.run import run_until
from callbox.config import Loaded, load_all
from callbox.demo import processes
from callbox.demo.fault_injection import faults
from callbox.demo.processes import ChildProcess
from callbox.demo.script import ConsoleObserver
from callbox.panel.panel import Panel

PORT = 8067
"""Taken unless another program listens there."""


def has_browser(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a browser can be started from here."""
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def open_page(url: str, folder: Path) -> None:
    """Open `url`. The browser is started with a file in `folder` that leads there, for this user's eyes only."""
    lead = folder / "open.html"
    lead.touch(mode=0o600)
    lead.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">\n')
    webbrowser.open(lead.as_uri())


def own_command(arguments: Sequence[str] = sys.argv) -> str:
    """Command by which this program was started, for a shell in the same folder."""
    program = Path(arguments[0])
    if program.name == "__main__.py":
        return shlex.join([sys.executable, "-m", program.parent.name])
    found = shutil.which(program.name)
    if found and Path(found).resolve() == program.resolve():
        return program.name
    folder = Path.cwd()
    name = str(program.relative_to(folder) if program.is_relative_to(folder) else program)
    return shlex.quote(name if "/" in name else f"./{name}")


def next_steps(
    port: int, command: str, environment: Mapping[str, str] = os.environ, *, is_demo: bool = True
) -> list[str]:
    """Lines after the page's address: how to open it without a browser here, and how to end."""
    lines = []
    if not has_browser(environment):
        user = environment.get("USER") or environment.get("LOGNAME") or "pi"
        connection = environment.get("SSH_CONNECTION", "").split()
        _, _, host, ssh_port = connection if len(connection) == 4 else ("", "", socket.gethostname(), "22")
        other = f"-p {ssh_port} " if ssh_port != "22" else ""
        lines.append("open it in a browser on this machine; from another one, run there")
        lines.append(f"    ssh {other}-L {port}:127.0.0.1:{port} {user}@{host}")
        lines.append("and open the same address in its browser")
        if is_demo:
            lines.append(f"in this terminal instead: {command} demo --terminal")
    return [*lines, "Ctrl-C ends it"]


async def run(bot_url: str | None, stop: asyncio.Event, options: Sequence[str] = ()) -> None:
    """Run the demo until `stop`: a bot at `bot_url` or the small one, a broker if Mosquitto is installed.

    `options`: as of ``--set``. Raises `SettingsError`.
    """
    async with _processes(bot_url) as (folder, settings, bot, broker):
        settings.write_text(_settings(f"http://127.0.0.1:{bot.port}/start" if bot else str(bot_url), broker))
        hints = () if broker else ("no MQTT broker: Mosquitto is not installed (apt-get install mosquitto)",)
        await run_panel(settings, options, folder, stop, bot, broker, hints, is_demo=True)


async def run_panel(
    settings: Path,
    options: Sequence[str],
    folder: Path,
    stop: asyncio.Event,
    bot: ChildProcess | None = None,
    broker: ChildProcess | None = None,
    hints: Sequence[str] = (),
    *,
    is_demo: bool = False,
) -> None:
    """Run the box of `settings` and `options` with its board in a page, until `stop`. Raises `SettingsError`.

    `folder`: for temporary files of this run, such as its token. `hints`: printed after the page's address. `bot`: None
    for one that is somewhere else.
    """
    token = secrets.token_urlsafe(16)
    token_file = folder / "token"
    token_file.touch(mode=0o600)
    token_file.write_text(token)
    port = PORT if processes.is_free(PORT) else processes.free_port()
    in_page = (
        "board.kind=panel",
        "panel.enabled=true",
        "panel.address=127.0.0.1",
        f"panel.port={port}",
        f"panel.token.file={token_file}",
        "panel.transcript=true",
    )

    extra_options: list[str] = []
    reload = asyncio.Event()

    def load() -> Loaded:
        return load_all(settings, [*options, *in_page, *extra_options])

    console = ConsoleObserver()

    def announce() -> None:
        url = f"http://127.0.0.1:{port}/#token={token}"
        console.say(f"the box is at {url}")
        if has_browser():
            open_page(url, folder)
        for line in (*next_steps(port, own_command(), is_demo=is_demo), *hints):
            console.say(line)

    composition = compose.make_composition(load())
    has_volume = composition.settings.speaker.volume_percent is not None

    def on_box(box: Appliance) -> None:
        for panel in (observer for observer in box.observers if isinstance(observer, Panel)):
            panel.when_served = announce
            if panel.board:
                panel.handler.set_faults(faults(panel.board, extra_options, reload, bot, broker, has_volume=has_volume))

    await run_until(composition, load, stop, reload, observers=[console], begin=on_box)


@contextlib.asynccontextmanager
async def _processes(bot_url: str | None) -> AsyncIterator[tuple[Path, Path, ChildProcess | None, ChildProcess | None]]:
    with tempfile.TemporaryDirectory(prefix="callbox-demo-") as name:
        folder, mosquitto = Path(name), processes.MOSQUITTO
        bot = broker = None
        try:
            if not bot_url:
                bot = await processes.started(processes.bot)
            if mosquitto:
                broker = await processes.started(functools.partial(processes.broker, mosquitto, folder))
            yield folder, folder / "callbox.yaml", bot, broker
        finally:
            for process in (bot, broker):
                if process:
                    await process.kill()


_BOARD = """\
board:
  buttons:
    interrupt: {pin: 5, on_press: interrupt}
    mute: {pin: 6, on_press: mute}
  mute_switch: {pin: 26}
  hook_switch: {pin: 12}
  rotary_dial: {pulse_pin: 13, off_normal_pin: 16}
  keypad: {row_pins: [7, 8, 9, 10], column_pins: [11, 19, 20]}
  volume_knob: {a_pin: 23, b_pin: 24}
speaker: {volume_percent: 80}
ring: {allow_ring: true, burst: 100}
announce: {allow_announce: true, burst: 100}
alarm: {allow_alarm: true, burst: 100, snooze_s: 30}
"""
"""Beside the button, as in docs/gestures.md; nothing is on pins."""
_BOTS = ("kitchen", "doctor")
"""Two names of one bot, for the choice: the digits 1 and 2."""


def _settings(start_url: str, broker: ChildProcess | None) -> str:
    mqtt = f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n" if broker else ""
    bots = "".join(
        f'  {name}: {{start_url: {start_url!r}, dial_digit: "{digit}"}}\n' for digit, name in enumerate(_BOTS, 1)
    )
    return f"device: {{id: demo, name: Callbox demo}}\nbots:\n{bots}{mqtt}{_BOARD}"
