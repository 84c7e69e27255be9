"""The panel of one box: an observer that shows it to pages, and takes their requests."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.mqtt.model.topics import Publication
from callbox.panel.browser_board import PageBoard, WatchedLamp
from callbox.panel.connection import Page, encode
from callbox.panel.handlers import Desk
from callbox.panel.model import client_messages, server_messages
from callbox.panel.model.access import Guard
from callbox.panel.model.connect_timing import Phases
from callbox.panel.model.replay import Memory
from callbox.panel.model.server_messages import Message
from callbox.panel.server import served
from callbox.rtvi import BotOutput, RTVIClient, RTVIEvent, Text, Transcript, TransportState
from callbox_device.interfaces import Lamp
from callbox_device.model.gestures import Gesture

_TURNS = {
    RTVIEvent.UserStartedSpeaking: "the bot hears somebody speak",
    RTVIEvent.UserStoppedSpeaking: "the bot thinks that they have ended",
    RTVIEvent.BotStartedSpeaking: "the bot speaks",
    RTVIEvent.BotStoppedSpeaking: "the bot has said all",
    RTVIEvent.Reconnecting: "the network is gone; waiting for it",
    RTVIEvent.Reconnected: "the network is back, with the same bot",
}


def listen(client: RTVIClient, tell: Callable[[server_messages.Message], None], *, shows_words: bool) -> None:
    """Tell what `client` hears from now on."""

    def note(text: str) -> Callable[..., None]:
        return lambda *_: tell(server_messages.event(text, datetime.now(UTC)))

    for event, text in _TURNS.items():
        client.on(event, note(text))
    client.on(RTVIEvent.LocalAudioLevel, lambda level: tell(server_messages.level("microphone", level)))
    client.on(RTVIEvent.RemoteAudioLevel, lambda level, _: tell(server_messages.level("speaker", level)))
    if shows_words:

        def on_bot(said: Text | BotOutput) -> None:
            tell(server_messages.said("bot", said.text, datetime.now(UTC)))

        def on_user(said: Transcript) -> None:
            if said.final:
                tell(server_messages.said("you", said.text, datetime.now(UTC)))

        client.on(RTVIEvent.BotTtsText, on_bot)
        client.on(RTVIEvent.UserTranscript, on_user)


log = logging.getLogger(__name__)

WRONG_TOKEN_S = 1.0
MOST_WRONG_TOKENS = 5
_LOOK_ONLY = "Without the panel's token a page may look, and nothing else."


class Panel:
    """Fulfils `callbox.app.observers.Observer`; event loop only.

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

    def attach(self, obey: CommandHandler) -> None:
        """Orders go there."""
        self.desk.obey = obey

    def listen(self, client: RTVIClient) -> None:
        """As `callbox.app.observers.Listener.listen`."""
        self.desk.client = client
        listen(client, self.tell, shows_words=self._shows_words)

    def on_status(self, status: Status) -> None:
        """Show it."""
        now = datetime.now(UTC)
        if self._shown != (status.transport, status.standing_by):
            self._shown, self._since = (status.transport, status.standing_by), now
            self.tell(server_messages.event(server_messages.state(status), now))
            # A session that stands by is no call that takes its time.
            state = TransportState.DISCONNECTED if status.standing_by else status.transport
            if phases := self._phases.state(state, time.monotonic()):
                self.tell(phases)
        self.tell(server_messages.status(status, self._since))
        self.desk.on_session(status.session is not None)

    def on_gesture(self, gesture: Gesture) -> None:
        """Show it."""
        self.tell(server_messages.gesture(gesture, datetime.now(UTC)))

    def on_health(self, health: AudioStats) -> None:
        """Show it."""
        self.tell(server_messages.health(health))

    def on_publication(self, publication: Publication) -> None:
        """Show what goes to the broker."""
        payload = publication.payload
        moment = datetime.now(UTC)
        self.tell(server_messages.published(publication.topic, payload, retained=publication.retained, moment=moment))

    def on_broker(self, connected: bool) -> None:
        """Show whether there is a connection to the broker."""
        self.tell(server_messages.broker(connected=connected))

    def watch(self, name: str, lamp: Lamp | None) -> Lamp | None:
        """The lamp called `name`, shown to pages too; None stays None."""
        return lamp and WatchedLamp(lamp, lambda brightness: self.tell(server_messages.lamp(name, brightness)))

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
            said = client_messages.read(text)
        except client_messages.NotUnderstood as error:
            page.refuse(f"This was not understood: {error}")
            return
        if isinstance(said, client_messages.Token):  # one after the other: nobody tries them all
            await self._show_token(page, said.token)
            return
        if isinstance(said, client_messages.Clock):
            page.clock.at_s(said.at_ms, time.monotonic())
            return
        # Beside what the page says next: a loudspeaker opens only when the page has answered to `open`.
        doing = asyncio.create_task(self._do(page, said), name="for a page")
        self._doing.add(doing)
        doing.add_done_callback(self._doing.discard)

    async def _do(self, page: Page, said: client_messages.Asked) -> None:
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
