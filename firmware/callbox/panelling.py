"""From settings to the panel, if there shall be one. Its library is asked for then only."""

import importlib.resources
import importlib.util
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callbox import __version__
from callbox.panel import words
from callbox.panel.guard import Guard
from callbox.settings import Loaded

if TYPE_CHECKING:
    from callbox.panel.panel import Panel


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """What the panel is made of, its token fetched. Nothing is opened yet."""

    guard: Guard
    port: int
    about: words.Message
    is_board: bool
    shows_words: bool

    def make(self) -> "Panel":
        """The panel. Call it in the running loop."""
        from callbox.panel.board import PageBoard
        from callbox.panel.panel import Panel

        sentence = Path(str(importlib.resources.files("callbox.demo") / "speech.wav"))
        board = PageBoard(sentence) if self.is_board else None
        return Panel(self.guard, self.port, self.about, board=board, shows_words=self.shows_words)


def panel_plan(loaded: Loaded) -> PanelPlan | None:
    """The plan for these settings; None: no panel. Raises `SettingsError` for a token or a library that is missing."""
    settings, shown = loaded.settings, loaded.settings.panel
    if not shown.enabled:
        return None
    if importlib.util.find_spec("websockets") is None:
        raise loaded.error("needs callbox[panel], which is not installed: pip install 'callbox[panel]'", "panel")
    is_board = settings.board.kind == "panel"
    token = loaded.fetch(shown.token, "panel", "token") if shown.token else None
    about = words.about(settings.device.name, __version__, is_board=is_board, has_token=token is not None)
    return PanelPlan(Guard(shown.address, socket.gethostname(), token), shown.port, about, is_board, shown.transcript)
