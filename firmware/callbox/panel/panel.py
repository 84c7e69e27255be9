"""The panel of one box: an observer that shows it to its pages and takes their requests."""

import asyncio
import http
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.mqtt.model.topics import Publication
from callbox.panel import http_commands
from callbox.panel.browser_board import ObservableLamp, ObservableLight, PageBoard
from callbox.panel.connection import PageConnection, encode
from callbox.panel.handlers import RequestHandler
from callbox.panel.model import client_messages, server_messages
from callbox.panel.model.access import AccessPolicy
from callbox.panel.model.connect_timing import ConnectTiming
from callbox.panel.model.replay import ReplayBuffer
from callbox.panel.model.server_messages import Message
from callbox.panel.server import served
from callbox.rtvi import BotOutput, RTVIClient, RTVIEvent, Text, Transcript, TransportState
from callbox_device.interfaces import MAIN_BUTTON, Color, Lamp, Light
from callbox_device.model.gestures import Gesture

_EVENT_TEXTS = {
    RTVIEvent.UserStartedSpeaking: "the bot detects speech",
    RTVIEvent.UserStoppedSpeaking: "the bot detects the end of speech",
    RTVIEvent.BotStartedSpeaking: "the bot speaks",
    RTVIEvent.BotStoppedSpeaking: "the bot has said all",
    RTVIEvent.Reconnecting: "the network is gone; waiting for it",
    RTVIEvent.Reconnected: "the network is back, with the same bot",
}


def _subscribe(client: RTVIClient, publish: Callable[[Message], None], *, shows_transcript: bool) -> None:
    """Publish the events of `client` from now on."""

    def add_event(text: str) -> Callable[..., None]:
        return lambda *_: publish(server_messages.event(text, datetime.now(UTC)))

    for event, text in _EVENT_TEXTS.items():
        client.on(event, add_event(text))
    client.on(RTVIEvent.LocalAudioLevel, lambda level: publish(server_messages.level("microphone", level)))
    client.on(RTVIEvent.RemoteAudioLevel, lambda level, _: publish(server_messages.level("speaker", level)))
    if shows_transcript:

        def on_bot(text: Text | BotOutput) -> None:
            publish(server_messages.transcript("bot", text.text, datetime.now(UTC)))

        def on_output(output: BotOutput) -> None:
            if output.will_be_spoken is False:  # else it comes as BotTtsText
                on_bot(output)

        def on_user(spoken: Transcript) -> None:
            if spoken.final:
                publish(server_messages.transcript("you", spoken.text, datetime.now(UTC)))

        client.on(RTVIEvent.BotTtsText, on_bot)
        client.on(RTVIEvent.BotOutput, on_output)
        client.on(RTVIEvent.UserTranscript, on_user)


log = logging.getLogger(__name__)

WRONG_TOKEN_S = 1.0
"""Pause of all pages after a wrong token; neither another connection nor a new one is quicker."""
MAX_WRONG_TOKENS = 5
"""Of one page; then it is disconnected."""
MAX_REQUESTS = 16
"""Unfinished requests of one page: a fault that is cleared takes seconds, until its process listens."""
_LOOK_ONLY = "Without the panel's token a page may look, and nothing else."


class Panel:
    """Observer (`callbox.app.observers.Observer`) that serves the panel; event loop only.

    `board`: button and sound, if they live in the page. `shows_transcript`: whether pages show what is said in a call.
    """

    def __init__(
        self,
        policy: AccessPolicy,
        port: int,
        about: Message,
        *,
        board: PageBoard | None = None,
        shows_transcript: bool = False,
    ) -> None:
        self._policy, self._port = policy, port
        self.board = board
        """Button and sound that live in the page; None: the box has real ones."""
        self._shows_transcript = shows_transcript
        self._pages: set[PageConnection] = set()
        self._replay = ReplayBuffer()
        self._timing = ConnectTiming()
        self.handler = RequestHandler(board, self.broadcast)
        """Executes requests of pages."""
        self._published_state: tuple[TransportState, bool] | None = None
        self._token_lock = asyncio.Lock()
        self._since = datetime.now(UTC)
        self.when_served: Callable[[], None] = lambda: None
        """Called when the panel is served from now on."""
        self.broadcast(about)
        self.handler.publish_sound()

    # -- from the box ------------------------------------------------------------------------------

    def attach(self, execute: CommandHandler) -> None:
        """As `callbox.app.observers.Observer.attach`."""
        self.handler.execute = execute

    def listen(self, client: RTVIClient) -> None:
        """As `callbox.app.observers.ClientObserver.listen`."""
        self.handler.client = client
        _subscribe(client, self.broadcast, shows_transcript=self._shows_transcript)

    def on_status(self, status: Status) -> None:
        """Publish it."""
        now = datetime.now(UTC)
        if self._published_state != (status.transport, status.standing_by):
            self._published_state, self._since = (status.transport, status.standing_by), now
            self.broadcast(server_messages.event(server_messages.state(status), now))
            # A session that stands by is no call that takes its time.
            state = TransportState.DISCONNECTED if status.standing_by else status.transport
            if phases := self._timing.on_state(state, time.monotonic()):
                self.broadcast(phases)
        self.broadcast(server_messages.status(status, self._since))
        self.handler.on_session(status.session is not None)

    def on_gesture(self, gesture: Gesture, button: str = MAIN_BUTTON) -> None:
        """Publish it."""
        self.broadcast(server_messages.gesture(gesture, button, datetime.now(UTC)))

    def on_audio_stats(self, stats: AudioStats) -> None:
        """Publish it."""
        self.broadcast(server_messages.health(stats))

    def on_publication(self, publication: Publication) -> None:
        """Publish what is sent to the broker."""
        payload = publication.payload
        moment = datetime.now(UTC)
        self.broadcast(
            server_messages.published(publication.topic, payload, retained=publication.retained, moment=moment)
        )

    def on_broker(self, connected: bool) -> None:
        """Publish whether there is a connection to the broker."""
        self.broadcast(server_messages.broker(connected=connected))

    def watch(self, name: str, lamp: Lamp | None) -> Lamp | None:
        """`lamp`, published as `name` too; None stays None."""

        def on_brightness(brightness: float) -> None:
            self.broadcast(server_messages.lamp(name, brightness))

        def on_color(color: Color) -> None:
            self.broadcast(server_messages.light(name, color))

        if isinstance(lamp, Light):
            return ObservableLight(lamp, on_brightness, on_color)
        return lamp and ObservableLamp(lamp, on_brightness)

    def broadcast(self, message: Message) -> None:
        """Send `message` to all pages, and to those that are opened later."""
        self._replay.add(message)
        if self._pages:
            text = encode(message)
            for page in self._pages:
                page.send_encoded(text)

    # -- from pages --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve, until cancelled. Raises `server.PanelError`."""
        async with served(self._policy, self._port, self._serve_page, self._serve_command):
            log.info("The panel is at http://%s:%s/", self._policy.address, self._port)
            self.when_served()
            await asyncio.Event().wait()

    async def _serve_page(self, page: PageConnection, messages: AsyncIterator[str | bytes]) -> None:
        for message in self._replay:
            page.send(message)
        self._pages.add(page)
        try:
            async for received in messages:
                # Not read while it waits: TCP slows the page down.
                await asyncio.sleep(page.rate_limit.delay_s(time.monotonic()))
                if isinstance(received, str):
                    await self._on_text(page, received)
                elif self.board and self.board.is_attached(page.send):
                    self.board.browser_microphone.push(received)
                if page.wrong_tokens >= MAX_WRONG_TOKENS:
                    return
        finally:
            self._pages.discard(page)
            self.handler.on_page_gone(page)

    async def _serve_command(self, name: str, query: str, token: str) -> http_commands.Answer:
        async with self._token_lock:
            if not self._policy.is_token(token):
                await asyncio.sleep(WRONG_TOKEN_S)
                text = "Authorization: Bearer, and the panel's token, is needed."
                return http.HTTPStatus.UNAUTHORIZED, {"status": "error", "error": {"code": "no_token", "text": text}}
        return await http_commands.execute(name, query, self.handler.execute)

    async def _on_text(self, page: PageConnection, text: str) -> None:
        try:
            request = client_messages.parse(text)
        except client_messages.BadMessage as error:
            page.refuse(f"The message is not understood: {error}")
            return
        if isinstance(request, client_messages.Authenticate):
            await self._authenticate(page, request.token)
        elif isinstance(request, client_messages.ClockSample):
            page.clock.at_s(request.at_ms, time.monotonic())
        elif not page.may_act:
            page.refuse(_LOOK_ONLY)
        elif len(page.requests) >= MAX_REQUESTS:
            page.refuse(f"{MAX_REQUESTS} requests of this page are not finished yet.")
        else:
            # Beside later messages: a loudspeaker opens only when the page has answered to `open`.
            task = asyncio.create_task(self._handle(page, request), name="request of a page")
            page.requests.add(task)
            task.add_done_callback(page.requests.discard)

    async def _handle(self, page: PageConnection, request: client_messages.PageRequest) -> None:
        if page not in self._pages:  # closed meanwhile: what it pressed would stay down
            return
        try:
            if reason := await self.handler.handle(page, request):
                page.refuse(reason)
        except Exception:
            log.exception("A defect of Callbox: a request of a page failed")
            page.refuse("The request failed: a defect of Callbox; its log has the details.")

    async def _authenticate(self, page: PageConnection, token: str) -> None:
        # One attempt at a time, over all pages.
        async with self._token_lock:
            page.may_act = self._policy.is_token(token)
            page.send({"type": "token", "may_act": page.may_act})
            if not page.may_act:
                page.wrong_tokens += 1
                await asyncio.sleep(WRONG_TOKEN_S)
                page.refuse("That is not the panel's token.")
