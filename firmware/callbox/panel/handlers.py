"""Handler of the pages' requests: commands, faults, and the board whose parts live in a page."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from callbox.control.alarm_requests import parse_typed
from callbox.control.announcements import MAX_TEXT_CHARS, Announcement, Words
from callbox.control.remote_commands import (
    Announce,
    CancelAlarm,
    ChooseBot,
    Command,
    CommandHandler,
    Denied,
    RemoteCommand,
    RequestRing,
    SetAlarm,
    SetHardMute,
    SetVolume,
)
from callbox.control.rings import MAX_REASON_CHARS, Ring
from callbox.panel.browser_board import PageBoard
from callbox.panel.connection import PageConnection
from callbox.panel.model import client_messages, server_messages
from callbox.panel.model.server_messages import Message
from callbox.rtvi import RTVIClient, RTVIError
from callbox.text import one_line


class FaultInjection(Protocol):
    """A fault that pages can inject and clear. Event loop only."""

    name: str
    label: str
    """For people: ``Pull the microphone``."""
    expect: str
    """What people see then."""

    @property
    def is_on(self) -> bool:
        """Whether it is injected now."""

    async def turn(self, on: bool) -> None:
        """Inject it, or clear it. Any exception is shown in the page."""


log = logging.getLogger(__name__)

_COMMANDS = (
    RemoteCommand.CONNECT,
    RemoteCommand.DISCONNECT,
    RemoteCommand.MUTE,
    RemoteCommand.UNMUTE,
    RemoteCommand.IDENTIFY,
    RemoteCommand.RESTART,
)
"""Commands without an answer, except that they are refused."""


class RequestHandler:
    """Handler of what pages request. Event loop only. `broadcast`: to all pages. Permission is checked before."""

    def __init__(self, board: PageBoard | None, broadcast: Callable[[Message], None]) -> None:
        self._board, self._broadcast = board, broadcast
        self._faults: dict[str, FaultInjection] = {}
        self._in_session = False
        self.execute: CommandHandler | None = None
        """Executes the commands; None: there is no box yet."""
        self.client: RTVIClient | None = None
        """The box's client; None: there is no box yet."""

    def set_faults(self, faults: Sequence[FaultInjection]) -> None:
        """Offer these to the pages."""
        self._faults = {fault.name: fault for fault in faults}
        self.publish_faults()

    async def handle(self, page: PageConnection, request: client_messages.PageRequest) -> str | None:
        """Do what `page` requests. Returns why it is refused, else None."""
        match request:
            case client_messages.SendCommand():
                return self._command(request.order)
            case client_messages.VolumeRequest():
                return self._execute(SetVolume(request.percent))
            case client_messages.BotRequest():
                return self._execute(ChooseBot(request.name))
            case client_messages.HardMuteRequest():
                return self._execute(SetHardMute(request.on))
            case client_messages.RingRequest():
                return self._execute(RequestRing(Ring("", one_line(request.reason, MAX_REASON_CHARS))))
            case client_messages.AnnounceRequest():
                words = Words(one_line(request.text, MAX_TEXT_CHARS))
                return self._execute(Announce(Announcement("", words))) if words.text else "There is nothing to say."
            case client_messages.SetAlarmRequest():
                wanted = parse_typed(request.time, request.text)
                return wanted if isinstance(wanted, str) else self._execute(SetAlarm(wanted))
            case client_messages.CancelAlarmRequest():
                return self._execute(CancelAlarm(request.id))
            case client_messages.ToggleFault():
                return await self._toggle_fault(request)
            case _ if self._board is None:
                return "This box has a button, a microphone and a loudspeaker of its own."
            case _:
                return await self._handle_board(self._board, page, request)

    def _command(self, name: str) -> str | None:
        if name not in _COMMANDS:
            return f"There is no command {name} here; there are: {', '.join(_COMMANDS)}."
        return self._execute(RemoteCommand(name))

    def _execute(self, command: Command) -> str | None:
        result = self.execute(command) if self.execute else None
        return result.text if isinstance(result, Denied) else None

    async def _toggle_fault(self, request: client_messages.ToggleFault) -> str | None:
        fault = self._faults.get(request.name)
        if fault is None:
            return "This panel has no such fault."
        log.info("At the panel: %s: %s", fault.label, "on" if request.on else "off")
        try:
            await fault.turn(request.on)
        except Exception as error:
            reason = f"{fault.label}: {one_line(error)}"
            log.warning("%s", reason)
            return reason
        finally:
            self.publish_faults()
        return None

    async def _handle_board(
        self, board: PageBoard, page: PageConnection, request: client_messages.PageRequest
    ) -> str | None:
        match request:
            case client_messages.ButtonEdge():
                at_s = page.clock.edge_at_s(request.at_ms, time.monotonic())
                contact = board.contacts.get(request.contact)
                if contact is None:
                    return f"This box has no button {one_line(request.contact, 40)}."
                if request.contact in client_messages.LATCHING:
                    self._broadcast(server_messages.contact(request.contact, closed=request.closed))
                else:
                    (page.pressing.add if request.closed else page.pressing.discard)(request.contact)
                (contact.press if request.closed else contact.release)(at_s)
            case client_messages.DialDigit():
                if board.rotary_dial is None:
                    return "This box has no dial."
                if not board.rotary_dial.is_at_rest:
                    return "The dial still turns."
                board.rotary_dial.dial(request.digit)
            case client_messages.ClickKey():
                if board.keypad is None:
                    return "This box has no keypad."
                if request.key not in board.keypad.keys:
                    return f"The keypad has no key {request.key}."
                board.keypad.click(request.key)
            case client_messages.TurnKnob():
                if board.volume_knob is None:
                    return "This box has no volume knob."
                board.volume_knob.turn(request.detents)
            case client_messages.OfferAudio():
                board.attach(page.send)
                self.publish_sound()
            case client_messages.SelectDevice():
                return await self._select_device(board, request)
            case client_messages.RequestAudio() if board.is_attached(page.send):
                board.browser_speaker.request(request.periods, request.delay_ms, request.underruns)
            case client_messages.MediaDenied() if board.is_attached(page.send):
                (board.browser_microphone if request.part == "microphone" else board.browser_speaker).fail(
                    request.reason
                )
            case _:
                return "Another page is the microphone and the loudspeaker of the box."
        return None

    async def _select_device(self, board: PageBoard, request: client_messages.SelectDevice) -> str | None:
        part = board.microphone if request.part == "microphone" else board.speaker
        if request.device not in [device.name for device in part.devices()]:
            return f"There is no {request.part} {request.device}."
        try:
            if (client := self.client) is not None:
                await (client.update_mic if request.part == "microphone" else client.update_speaker)(request.device)
        except RTVIError as error:
            return str(error)
        finally:
            self.publish_sound()
        return None

    def on_session(self, is_on: bool) -> None:
        """Note that a call begins or ends."""
        self._in_session = is_on
        self._fall_back()

    def on_page_gone(self, page: PageConnection) -> None:
        """Release the buttons and detach the audio that a closed page held. Mute and hook switch stay as they are."""
        if self._board:
            for name in page.pressing:
                self._board.contacts[name].release()
        if self._board and self._board.is_attached(page.send):
            self._board.detach(page.send)
            self._fall_back()
            self.publish_sound()

    def _fall_back(self) -> None:
        # Not in a call: there a missing device is reported, and the page may be reloaded in a moment.
        if self._board and not self._board.has_browser and not self._in_session and self._board.uses_browser:
            self._board.use_recordings()
            self.publish_sound()

    def publish_sound(self) -> None:
        """Tell the pages which microphone and loudspeaker are in use."""
        if self._board:
            board = self._board
            self._broadcast(
                {
                    "type": "sound",
                    "microphone": board.microphone.device,
                    "speaker": board.speaker.device,
                    "is_lent": board.has_browser,
                }
            )

    def publish_faults(self) -> None:
        """Tell the pages which faults there are, and which are injected."""
        faults = [
            {"name": fault.name, "label": fault.label, "expect": fault.expect, "on": fault.is_on}
            for fault in self._faults.values()
        ]
        self._broadcast({"type": "faults", "faults": faults})
