"""The panel and who may use it, from its settings."""

import importlib.resources
import importlib.util
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callbox import __version__
from callbox.config import Loaded
from callbox.legend import gestures
from callbox.panel.model import server_messages
from callbox.panel.model.access import MIN_TOKEN_CHARS, AccessPolicy
from callbox.panel.model.client_messages import MUTE_SWITCH
from callbox.system.extras import install_command

if TYPE_CHECKING:
    from callbox.panel.panel import Panel


@dataclass(frozen=True, slots=True)
class PanelFactory:
    """What the panel is made of, its token fetched. Nothing is opened yet."""

    policy: AccessPolicy
    port: int
    about: server_messages.Message
    is_board: bool
    shows_transcript: bool
    contacts: tuple[str, ...]
    """Names of buttons and mute switch in the page, beside the button."""

    def make(self) -> "Panel":
        """The panel. Call it in the running loop."""
        from callbox.panel.browser_board import PageBoard
        from callbox.panel.panel import Panel

        sentence = Path(str(importlib.resources.files("callbox") / "assets/speech.wav"))
        board = PageBoard(sentence, further=self.contacts) if self.is_board else None
        return Panel(self.policy, self.port, self.about, board=board, shows_transcript=self.shows_transcript)


def panel_token(loaded: Loaded) -> str | None:
    """The panel's token; None: there is none. Raises `SettingsError` where it can't be read, or is too short."""
    reference = loaded.settings.panel.token
    token = loaded.fetch(reference, "panel", "token") if reference else None
    if token is not None and len(token) < MIN_TOKEN_CHARS:
        text = f"has {len(token)} characters, at least {MIN_TOKEN_CHARS} are needed: `openssl rand -hex 16` makes one"
        raise loaded.error(text, "panel", "token")
    return token


def panel_factory(loaded: Loaded) -> PanelFactory | None:
    """The plan for these settings; None: no panel. Raises `SettingsError` for a token or a library that is missing."""
    settings, panel = loaded.settings, loaded.settings.panel
    if not panel.enabled:
        return None
    if importlib.util.find_spec("websockets") is None:
        raise loaded.error(f"needs websockets, which is not installed: {install_command('panel')}", "panel")
    is_board = settings.board.in_browser
    token = panel_token(loaded)
    contacts = (*settings.board.buttons, *([MUTE_SWITCH] if settings.board.mute_switch else []))
    about = server_messages.about(
        settings.device.name,
        __version__,
        is_board=is_board,
        has_token=token is not None,
        gestures=[(f"{row.part}: {row.gesture}", row.meaning) for row in gestures.gestures(settings.board)],
        contacts=contacts if is_board else (),
    )
    policy = AccessPolicy(panel.address, socket.gethostname(), token, tuple(panel.allowed_hosts))
    return PanelFactory(policy, panel.port, about, is_board, panel.transcript, contacts)
