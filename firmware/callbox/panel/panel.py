"""The panel of one box: shows it to pages, and does what pages may ask for."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

from callbox.appliance.remote import Obey, Refusal, Remote
from callbox.appliance.status import Status
from callbox.panel import asked, words
from callbox.panel.board import PageBoard, WatchedLamp
from callbox.panel.faults import Fault
from callbox.panel.guard import Guard
from callbox.panel.listening import listen
from callbox.panel.memory import Memory
from callbox.panel.page import Page, encode
from callbox.panel.phases import Phases
from callbox.panel.server import served
from callbox.panel.words import Message
from callbox.report.topics import Publication
from callbox.rtvi import RTVIClient, RTVIError
from callbox.sound.health import SoundHealth
from callbox_device.board import Lamp
from callbox_device.gestures import Gesture

log = logging.getLogger(__name__)

WRONG_TOKEN_S = 1.0
MOST_WRONG_TOKENS = 5
_ORDERS = (Remote.CONNECT, Remote.DISCONNECT, Remote.MUTE, Remote.UNMUTE, Remote.IDENTIFY, Remote.RESTART)
"""Those that need no answer but whether they are refused."""


class Panel:
    """Fulfils `callbox.service.parts.Observer`; event loop only.

    `board`: button and sound, if they live in the page. `shows_words`: whether pages see what is said in a call.
    """

    def __init__(
        self, guard: Guard, port: int, about: Message, *, board: PageBoard | None = None, shows_words: bool = False
    ) -> None:
        self._guard, self._port = guard, port
        self.board = board
        """Whose button and sound live in the page; None: the box has real ones."""
        self._shows_words = shows_words
        self._pages: set[Page] = set()
        self._memory = Memory()
        self._phases = Phases()
        self._obey: Obey | None = None
        self._client: RTVIClient | None = None
        self._transport = ""
        self._in_session = False
        self._doing: set[asyncio.Task[None]] = set()
        self._since = datetime.now(UTC)
        self._faults: dict[str, Fault] = {}
        self.when_served: Callable[[], None] = lambda: None
        """Called whenever pages can be had from now on."""
        self.tell(about)
        self._tell_sound()

    def offer(self, faults: Sequence[Fault]) -> None:
        """Let pages break and mend these."""
        self._faults = {fault.name: fault for fault in faults}
        self._tell_faults()

    # -- what the box tells ----------------------------------------------------------------------

    def attach(self, obey: Obey) -> None:
        """Orders go there."""
        self._obey = obey

    def listen(self, client: RTVIClient) -> None:
        """As `callbox.service.parts.Listener.listen`."""
        self._client = client
        listen(client, self.tell, shows_words=self._shows_words)

    def on_status(self, status: Status) -> None:
        """Show it."""
        now = datetime.now(UTC)
        if status.transport.value != self._transport:
            self._transport, self._since = status.transport.value, now
            problem = f": {status.problem.text}" if status.problem else ""
            self.tell(words.event(f"{status.transport.value}{problem}", now))
            if phases := self._phases.state(status.transport, time.monotonic()):
                self.tell(phases)
        self._in_session = status.session is not None
        self.tell(words.status(status, self._since))
        self._do_without_lenders()

    def on_gesture(self, gesture: Gesture) -> None:
        """Show it."""
        self.tell(words.gesture(gesture, datetime.now(UTC)))

    def on_health(self, health: SoundHealth) -> None:
        """Show it."""
        self.tell(words.health(health))

    def on_publication(self, publication: Publication) -> None:
        """Show what goes to the broker."""
        payload = publication.payload
        moment = datetime.now(UTC)
        self.tell(words.published(publication.topic, payload, retained=publication.retained, moment=moment))

    def on_broker(self, connected: bool) -> None:
        """Show whether there is a connection to the broker."""
        self.tell(words.broker(connected=connected))

    def watch(self, name: str, lamp: Lamp | None) -> Lamp | None:
        """The lamp called `name`, shown to pages too; None stays None."""
        return lamp and WatchedLamp(lamp, lambda brightness: self.tell(words.lamp(name, brightness)))

    def tell(self, message: Message) -> None:
        """All pages, and those that come later."""
        self._memory.note(message)
        if self._pages:
            text = encode(message)
            for page in self._pages:
                page.send(text)

    # -- pages -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve, until cancelled. Raises `server.PanelError`."""
        async with served(self._guard, self._port, self._visit):
            log.info("The panel is at http://%s:%s/", self._guard.address, self._port)
            self.when_served()
            await asyncio.Event().wait()

    async def _visit(self, page: Page, said: AsyncIterator[str | bytes]) -> None:
        for message in self._memory:
            page.tell(message)
        self._pages.add(page)
        try:
            async for text in said:
                if isinstance(text, bytes):
                    if self.board and self.board.is_lent_by(page.tell):
                        self.board.far_microphone.feed(text)
                else:
                    await self._said(page, text)
                if page.wrong_tokens >= MOST_WRONG_TOKENS:
                    return
        finally:
            self._pages.discard(page)
            if self.board and self.board.is_lent_by(page.tell):
                self.board.give_back(page.tell)
                self._do_without_lenders()
                self._tell_sound()

    async def _said(self, page: Page, text: str) -> None:
        try:
            said = asked.read(text)
        except asked.NotUnderstood as error:
            page.refuse(f"This was not understood: {error}")
            return
        if isinstance(said, asked.Token):  # one after the other: nobody tries them all
            await self._show_token(page, said.token)
            return
        if isinstance(said, asked.Clock):
            page.clock.at_s(said.at_ms, time.monotonic())
            return
        # Beside what the page says next: a loudspeaker opens only when the page has answered to `open`.
        doing = asyncio.create_task(self._do(page, said), name="for a page")
        self._doing.add(doing)
        doing.add_done_callback(self._doing.discard)

    async def _do(self, page: Page, said: asked.Asked) -> None:
        if reason := await self._done(page, said):
            page.refuse(reason)

    async def _done(self, page: Page, said: asked.Asked) -> str | None:
        """Do what a page says; returns why not."""
        if not page.may_act:
            return "Without the panel's token a page may look, and nothing else."
        match said:
            case asked.Order():
                return self._order(said.order)
            case asked.Fault():
                return await self._turn(said)
            case _ if self.board is None:
                return "This box has a button, a microphone and a loudspeaker of its own."
            case _:
                return await self._at_the_board(self.board, page, said)

    async def _show_token(self, page: Page, token: str) -> None:
        page.may_act = self._guard.knows(token)
        page.tell({"type": "token", "may_act": page.may_act})
        if not page.may_act:
            page.wrong_tokens += 1
            await asyncio.sleep(WRONG_TOKEN_S)
            page.refuse("That is not the panel's token.")

    def _order(self, name: str) -> str | None:
        if name not in _ORDERS:
            return f"There is no order {name} here; there are: {', '.join(_ORDERS)}."
        outcome = self._obey(Remote(name)) if self._obey else None
        return outcome.text if isinstance(outcome, Refusal) else None

    async def _turn(self, said: asked.Fault) -> str | None:
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
            self._tell_faults()
        return None

    async def _at_the_board(self, board: PageBoard, page: Page, said: asked.Asked) -> str | None:
        match said:
            case asked.Edge():
                at_s = page.clock.at_s(said.at_ms, time.monotonic())
                (board.button.press if said.closed else board.button.release)(at_s)
            case asked.Lend():
                board.lend(page.tell)
                self._tell_sound()
            case asked.Use():
                return await self._use(board, said)
            case asked.Take() if board.is_lent_by(page.tell):
                board.far_speaker.take(said.periods, said.delay_ms, said.underruns)
            case asked.Refuse() if board.is_lent_by(page.tell):
                (board.far_microphone if said.part == "microphone" else board.far_speaker).fail(said.reason)
            case _:
                return "Another page lends its sound."
        return None

    async def _use(self, board: PageBoard, said: asked.Use) -> str | None:
        part = board.microphone if said.part == "microphone" else board.speaker
        if said.device not in [device.name for device in part.devices()]:
            return f"There is no {said.part} {said.device}."
        try:
            if (client := self._client) is not None:
                await (client.update_mic if said.part == "microphone" else client.update_speaker)(said.device)
        except RTVIError as error:
            return str(error)
        finally:
            self._tell_sound()
        return None

    def _do_without_lenders(self) -> None:
        # In a call the sound is missed, and told to be missing: the page may be back in a moment.
        if self.board and not self.board.is_lent and not self._in_session and self.board.is_far:
            self.board.be_local()
            self._tell_sound()

    def _tell_sound(self) -> None:
        if self.board:
            board = self.board
            self.tell(
                {
                    "type": "sound",
                    "microphone": board.microphone.device,
                    "speaker": board.speaker.device,
                    "is_lent": board.is_lent,
                }
            )

    def _tell_faults(self) -> None:
        faults = [
            {"name": fault.name, "label": fault.label, "expect": fault.expect, "on": fault.is_on}
            for fault in self._faults.values()
        ]
        self.tell({"type": "faults", "faults": faults})
