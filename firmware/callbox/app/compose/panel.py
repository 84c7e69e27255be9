"""The panel and who may use it, from its settings."""

import importlib.resources
import importlib.util
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callbox import __version__
from callbox.config import Loaded
from callbox.config.schema import BoardSettings
from callbox.panel.model import server_messages
from callbox.panel.model.access import MIN_TOKEN_CHARS, AccessPolicy
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox.system.extras import install_command
from callbox_device import simulated

if TYPE_CHECKING:
    from callbox.panel.panel import Panel


@dataclass(frozen=True, slots=True)
class PanelFactory:
    """Ingredients of the panel, its token fetched. Nothing is opened yet."""

    policy: AccessPolicy
    port: int
    about: server_messages.Message
    is_board: bool
    shows_transcript: bool
    settings: BoardSettings
    """What is in the page beside the button, if `is_board`."""

    def make(self) -> "Panel":
        """The panel. Call it in the running loop."""
        from callbox.panel.browser_board import PageBoard
        from callbox.panel.panel import Panel

        sentence = Path(str(importlib.resources.files("callbox") / "assets/speech.wav"))
        board = None
        if self.is_board:
            contacts = page_contacts(self.settings)
            matrix = self.settings.keypad
            board = PageBoard(
                sentence,
                None,
                contacts,
                _rotary_dial(self.settings),
                _volume_knob(self.settings),
                simulated.SimulatedKeypad(matrix.layout) if matrix else None,
            )
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
    from callbox.legend import gestures  # late: few boxes have a panel

    is_board = settings.board.in_browser
    token = panel_token(loaded)
    board = settings.board
    about = server_messages.about(
        settings.device.name,
        __version__,
        is_board=is_board,
        has_token=token is not None,
        gestures=[(f"{row.part}: {row.gesture}", row.meaning) for row in gestures.gestures(board)],
        contacts=page_contacts(board) if is_board else (),
        has_dial=is_board and board.rotary_dial is not None,
        has_knob=is_board and board.volume_knob is not None,
        keypad=board.keypad.layout if is_board and board.keypad else (),
    )
    policy = AccessPolicy(panel.address, socket.gethostname(), token, tuple(panel.allowed_hosts))
    return PanelFactory(policy, panel.port, about, is_board, panel.transcript, board)


def page_contacts(board: BoardSettings) -> tuple[str, ...]:
    """Names of buttons and switches beside the button, as a page has them."""
    switches = {MUTE_SWITCH: board.mute_switch, HOOK_SWITCH: board.hook_switch}
    return (*board.buttons, *(name for name, switch in switches.items() if switch))


def _rotary_dial(board: BoardSettings) -> simulated.SimulatedRotaryDial | None:
    """A rotary dial in memory with the contacts of these settings; None: they have none."""
    dial = board.rotary_dial
    return simulated.SimulatedRotaryDial(has_off_normal=dial.off_normal_pin is not None) if dial else None


def _volume_knob(board: BoardSettings) -> simulated.SimulatedKnob | None:
    """A volume knob in memory, wired as these settings say; None: they have none."""
    knob = board.volume_knob
    return simulated.SimulatedKnob(knob.edges_per_detent, is_reversed=knob.reversed) if knob else None
