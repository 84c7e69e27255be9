"""The box in a page of the browser: the service itself, with a settings file, a bot and a broker of its own."""

import asyncio
import contextlib
import functools
import html
import os
import secrets
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from callbox.app import compose
from callbox.app.appliance import Box
from callbox.app.run import serve
from callbox.config import Loaded, load_all
from callbox.demo import processes
from callbox.demo.fault_injection import faults
from callbox.demo.processes import Neighbour
from callbox.demo.script import Narrator
from callbox.panel.panel import Panel


def has_browser() -> bool:
    """Whether a page can be seen from where this runs."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def open_page(url: str, folder: Path) -> None:
    """Open `url`. The browser is started with a file in `folder` that leads there, for this user's eyes only."""
    lead = folder / "open.html"
    lead.touch(mode=0o600)
    lead.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">\n')
    webbrowser.open(lead.as_uri())


PORT = 8067
"""Unless somebody else has it."""


async def play(bot_url: str | None, stop: asyncio.Event) -> None:
    """The demo: a bot at `bot_url` or one of our own, a broker if Mosquitto is installed. Until `stop`."""
    async with _scene(bot_url) as (folder, settings, bot, broker):
        settings.write_text(_settings(f"http://127.0.0.1:{bot.port}/start" if bot else str(bot_url), broker))
        hints = () if broker else ("no Mosquitto here, so nothing goes to a broker; apt-get install mosquitto",)
        await show(settings, (), folder, stop, bot, broker, hints)


async def show(
    settings: Path,
    options: Sequence[str],
    folder: Path,
    stop: asyncio.Event,
    bot: Neighbour | None = None,
    broker: Neighbour | None = None,
    hints: Sequence[str] = (),
) -> None:
    """Be the box of `settings` and `options` with its board in a page, until `stop`. Raises `SettingsError`.

    `folder`: for what only this run needs; its token is there. `hints`: printed after the page's address.
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

    wrong: list[str] = []

    def load() -> Loaded:
        return load_all(settings, [*options, *in_page, *wrong])

    narrator = Narrator()

    def invite() -> None:
        url = f"http://127.0.0.1:{port}/#token={token}"
        narrator.say(f"the box is at {url}")
        if has_browser():
            open_page(url, folder)
        else:
            narrator.say("open it in a browser on this machine; `callbox demo --terminal` draws the box here instead")
        for hint in hints:
            narrator.say(hint)

    def begin(box: Box) -> None:
        for panel in (observer for observer in box.observers if isinstance(observer, Panel)):
            panel.when_served = invite
            if panel.board:
                panel.desk.offer(faults(panel.board, wrong, bot, broker))

    await serve(compose.plan(load()), load, stop, observers=[narrator], begin=begin)


@contextlib.asynccontextmanager
async def _scene(bot_url: str | None) -> AsyncIterator[tuple[Path, Path, Neighbour | None, Neighbour | None]]:
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
            for neighbour in (bot, broker):
                if neighbour:
                    await neighbour.kill()


def _settings(start_url: str, broker: Neighbour | None) -> str:
    mqtt = f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n" if broker else ""
    return f"device: {{id: demo, name: Callbox demo}}\nbot: {{start_url: {start_url!r}}}\n{mqtt}"
