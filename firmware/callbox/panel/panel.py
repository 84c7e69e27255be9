"""The panel of one box: shows it to pages, and hears what they ask for."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from callbox.appliance.remote import Obey
from callbox.appliance.status import Status
from callbox.panel import asked, words
from callbox.panel.board import PageBoard, WatchedLamp
from callbox.panel.desk import Desk
from callbox.panel.guard import Guard
from callbox.panel.listening import listen
from callbox.panel.memory import Memory
from callbox.panel.page import Page, encode
from callbox.panel.phases import Phases
from callbox.panel.server import served
from callbox.panel.words import Message
from callbox.report.topics import Publication
from callbox.rtvi import RTVIClient, TransportState
from callbox.sound.health import SoundHealth
from callbox_device.board import Lamp
from callbox_device.gestures import Gesture

log = logging.getLogger(__name__)

WRONG_TOKEN_S = 1.0
MOST_WRONG_TOKENS = 5
_LOOK_ONLY = "Without the panel's token a page may look, and nothing else."


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
        self.desk = Desk(board, self.tell)
        """Does what pages ask for."""
        self._shown: tuple[TransportState, bool] | None = None
        self._doing: set[asyncio.Task[None]] = set()
        self._since = datetime.now(UTC)
        self.when_served: Callable[[], None] = lambda: None
        """Called whenever pages can be had from now on."""
        self.tell(about)
        self.desk.tell_sound()

    # -- what the box tells ----------------------------------------------------------------------

    def attach(self, obey: Obey) -> None:
        """Orders go there."""
        self.desk.obey = obey

    def listen(self, client: RTVIClient) -> None:
        """As `callbox.service.parts.Listener.listen`."""
        self.desk.client = client
        listen(client, self.tell, shows_words=self._shows_words)

    def on_status(self, status: Status) -> None:
        """Show it."""
        now = datetime.now(UTC)
        if self._shown != (status.transport, status.standing_by):
            self._shown, self._since = (status.transport, status.standing_by), now
            self.tell(words.event(words.state(status), now))
            # A session that stands by is no call that takes its time.
            state = TransportState.DISCONNECTED if status.standing_by else status.transport
            if phases := self._phases.state(state, time.monotonic()):
                self.tell(phases)
        self.tell(words.status(status, self._since))
        self.desk.on_session(status.session is not None)

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
            self.desk.on_page_gone(page)

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
        reason = await self.desk.do(page, said) if page.may_act else _LOOK_ONLY
        if reason:
            page.refuse(reason)

    async def _show_token(self, page: Page, token: str) -> None:
        page.may_act = self._guard.knows(token)
        page.tell({"type": "token", "may_act": page.may_act})
        if not page.may_act:
            page.wrong_tokens += 1
            await asyncio.sleep(WRONG_TOKEN_S)
            page.refuse("That is not the panel's token.")
