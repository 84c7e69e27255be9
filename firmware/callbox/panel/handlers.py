"""Requests of the panel's pages: commands, faults, and the board whose parts live in a page."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from callbox.control.remote_commands import CommandHandler, Denied, RemoteCommand
from callbox.panel.browser_board import PageBoard
from callbox.panel.connection import Page
from callbox.panel.model import client_messages
from callbox.panel.model.server_messages import Message
from callbox.rtvi import RTVIClient, RTVIError


class Fault(Protocol):
    """One thing that can go wrong. Event loop only."""

    name: str
    label: str
    """For people: ``pull the microphone out``."""
    expect: str
    """What is to be seen then."""

    @property
    def is_on(self) -> bool:
        """Whether it is broken now."""

    async def turn(self, on: bool) -> None:
        """Break it, or mend it. Raises what it likes; the page is told."""


log = logging.getLogger(__name__)

_ORDERS = (
    RemoteCommand.CONNECT,
    RemoteCommand.DISCONNECT,
    RemoteCommand.MUTE,
    RemoteCommand.UNMUTE,
    RemoteCommand.IDENTIFY,
    RemoteCommand.RESTART,
)
"""Those that need no answer but whether they are refused."""


class Desk:
    """Event loop only. `tell`: all pages. Whether a page may ask is decided before."""

    def __init__(self, board: PageBoard | None, tell: Callable[[Message], None]) -> None:
        self._board, self._tell = board, tell
        self._faults: dict[str, Fault] = {}
        self._in_session = False
        self.obey: CommandHandler | None = None
        """Orders go there."""
        self.client: RTVIClient | None = None
        """The box's."""

    def offer(self, faults: Sequence[Fault]) -> None:
        """Let pages break and mend these."""
        self._faults = {fault.name: fault for fault in faults}
        self.tell_faults()

    async def do(self, page: Page, said: client_messages.Asked) -> str | None:
        """Do what a page asks for; returns why not."""
        match said:
            case client_messages.Order():
                return self._order(said.order)
            case client_messages.Fault():
                return await self._turn(said)
            case _ if self._board is None:
                return "This box has a button, a microphone and a loudspeaker of its own."
            case _:
                return await self._at_the_board(self._board, page, said)

    def _order(self, name: str) -> str | None:
        if name not in _ORDERS:
            return f"There is no order {name} here; there are: {', '.join(_ORDERS)}."
        outcome = self.obey(RemoteCommand(name)) if self.obey else None
        return outcome.text if isinstance(outcome, Denied) else None

    async def _turn(self, said: client_messages.Fault) -> str | None:
        fault = self._faults.get(said.name)
        if fault is None:
            return "Nothing can be broken here."
        log.info("At the panel: %s: %s", fault.label, "on" if said.on else "off")
        try:
            await fault.turn(said.on)
        except Exception as error:
            log.warning("%s: %s", fault.label, error)
            return f"{fault.label}: {error}"
        finally:
            self.tell_faults()
        return None

    async def _at_the_board(self, board: PageBoard, page: Page, said: client_messages.Asked) -> str | None:
        match said:
            case client_messages.Edge():
                at_s = page.clock.at_s(said.at_ms, time.monotonic())
                page.is_pressing = said.closed
                (board.button.press if said.closed else board.button.release)(at_s)
            case client_messages.Lend():
                board.lend(page.tell)
                self.tell_sound()
            case client_messages.Use():
                return await self._use(board, said)
            case client_messages.Take() if board.is_lent_by(page.tell):
                board.far_speaker.take(said.periods, said.delay_ms, said.underruns)
            case client_messages.Refuse() if board.is_lent_by(page.tell):
                (board.far_microphone if said.part == "microphone" else board.far_speaker).fail(said.reason)
            case _:
                return "Another page lends its sound."
        return None

    async def _use(self, board: PageBoard, said: client_messages.Use) -> str | None:
        part = board.microphone if said.part == "microphone" else board.speaker
        if said.device not in [device.name for device in part.devices()]:
            return f"There is no {said.part} {said.device}."
        try:
            if (client := self.client) is not None:
                await (client.update_mic if said.part == "microphone" else client.update_speaker)(said.device)
        except RTVIError as error:
            return str(error)
        finally:
            self.tell_sound()
        return None

    def on_session(self, is_on: bool) -> None:
        """A call begins or ends. Between two calls nobody misses a page that lent its sound."""
        self._in_session = is_on
        self._do_without_lenders()

    def on_page_gone(self, page: Page) -> None:
        """With its finger, and with its sound."""
        if self._board and page.is_pressing:
            self._board.button.release()
        if self._board and self._board.is_lent_by(page.tell):
            self._board.give_back(page.tell)
            self._do_without_lenders()
            self.tell_sound()

    def _do_without_lenders(self) -> None:
        # In a call the sound is missed, and told to be missing: the page may be back in a moment.
        if self._board and not self._board.is_lent and not self._in_session and self._board.is_far:
            self._board.be_local()
            self.tell_sound()

    def tell_sound(self) -> None:
        """Which microphone and loudspeaker it is."""
        if self._board:
            board = self._board
            self._tell(
                {
                    "type": "sound",
                    "microphone": board.microphone.device,
                    "speaker": board.speaker.device,
                    "is_lent": board.is_lent,
                }
            )

    def tell_faults(self) -> None:
        """What is broken."""
        faults = [
            {"name": fault.name, "label": fault.label, "expect": fault.expect, "on": fault.is_on}
            for fault in self._faults.values()
        ]
        self._tell({"type": "faults", "faults": faults})
