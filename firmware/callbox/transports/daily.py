"""A Pipecat bot in a Daily room, over daily-python (libwebrtc inside, a closed binary).

Not yet run against Daily's service: it was written after Pipecat's own Daily transport and daily-python
0.36's interface, and is tested against a stand-in for that module. Its callbacks come on threads of its own.
"""

import asyncio
import functools
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from callbox.rtvi.errors import InvalidTransportParamsError, SessionLostError, TransportStartError
from callbox.rtvi.media import Media
from callbox.rtvi.protocol import auth_bundle
from callbox.rtvi.protocol.messages import LABEL
from callbox.rtvi.transport import APIRequest, Participant, TransportListener
from callbox.system.event_loop import call_in_loop
from callbox.system.extras import install_command
from callbox.text import one_line
from callbox.transports import tracks
from callbox.transports.task_set import TaskSet

log = logging.getLogger(__name__)

RENDER_MS = 20
MAX_BACKLOG = 25
"""Periods of 20 ms that may wait inside daily-python; more is dropped."""


class DailyTransport:
    """Transport (`callbox.rtvi.Transport`) by Daily's SDK. Understands ``daily_room`` or ``room_url`` and
    ``daily_token`` or ``token``.

    The first remote participant is the bot. Reconnection is Daily's own business.
    """

    def __init__(self, media: Media | None, listener: TransportListener) -> None:
        self._media = media
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._made: asyncio.Future[Any] | None = None
        self._call: Any = None
        self._source: Any = None
        self._tasks = TaskSet(self._lost)
        self._waiting = 0
        self._bot: Participant | None = None
        self._bot_is_audible = asyncio.Event()
        self._failure: asyncio.Future[None] = self._loop.create_future()
        self._connected = False
        self._closed = False

    @property
    def bot(self) -> Participant:
        """The first who came."""
        return self._bot or Participant("bot", "bot")

    @property
    def endpoint(self) -> str | None:
        """None: there is no offer."""
        return None

    @property
    def max_message_bytes(self) -> int:
        """Limit of the official client where a domain says nothing else, in bytes."""
        return 10 << 20

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Join the room; returns when the bot's microphone can be heard."""
        url, token = parse_room(params, request)
        daily = _library()
        self._made = asyncio.ensure_future(asyncio.to_thread(daily.CallClient, event_handler=_handler(daily, self)))
        self._call = await asyncio.shield(self._made)  # a thread can't be cancelled: close() releases what it makes
        self._call.update_subscription_profiles({"base": {"camera": "unsubscribed", "screenVideo": "unsubscribed"}})
        microphone: dict[str, Any] = {"isEnabled": False}
        if self._media is not None:
            self._source = daily.CustomAudioSource(tracks.RATE_HZ, 1)
            track = daily.CustomAudioTrack(self._source)
            microphone = {"isEnabled": True, "settings": {"customTrack": {"id": track.id}}}
        settings = {
            "inputs": {"camera": {"isEnabled": False}, "microphone": microphone},
            "publishing": {
                "camera": {"isPublishing": False},
                "microphone": {
                    "isPublishing": self._media is not None,
                    "sendSettings": {"channelConfig": "mono"},
                },
            },
        }
        _, error = await self._ask(2, functools.partial(self._call.join, url, token, client_settings=settings))
        if error:
            raise TransportStartError(f"The Daily room can't be joined: {one_line(error, 200)}.")
        for participant in list(self._call.participants().values()):
            self.on_participant(participant, "joined")
        await self._until(self._bot_is_audible.wait())
        self._connected = True
        if self._media is not None:
            self._tasks.spawn(self._capture(self._media), "daily capture")

    def send(self, text: str) -> None:
        """Send one message to everybody in the room."""
        if self._call is not None and not self._closed:
            self._call.send_app_message(json.loads(text))

    def set_mic_enabled(self, enabled: bool) -> None:
        """Do nothing: the bot hears silence."""

    async def is_alive(self, within_s: float) -> bool:  # noqa: ARG002
        """True: Daily tells when the bot has left."""
        return True

    async def close(self) -> None:
        """Leave the room."""
        self._closed = True
        self._failure.cancel()
        self._tasks.cancel()
        made, self._made = self._made, None
        if made is None:
            return
        try:
            if self._call is not None:
                await self._ask(1, self._call.leave)
        finally:
            self._call = None
            await asyncio.wait((made,))
            if made.exception() is None:  # connect() has raised one
                await asyncio.to_thread(made.result().release)

    # -- what daily-python tells; by `_handler`, in the event loop -----------------------------------

    def on_message(self, message: Any) -> None:
        """An app message of anybody."""
        if not self._closed and isinstance(message, Mapping) and message.get("label") == LABEL:
            self._listener.on_message(json.dumps(message))

    def on_participant(self, participant: Any, what: str) -> None:
        """Take a participant that ``joined``, is ``updated`` or ``left``."""
        info = participant.get("info", {})
        if self._closed or info.get("isLocal"):
            return
        who = Participant(one_line(participant.get("id", ""), 100), one_line(info.get("userName") or "", 100))
        if what != "updated":
            self._listener.on_participant(who, joined=what == "joined")
        if self._bot is None and what != "left":
            self._bot = who
        if self._bot is None or who.id != self._bot.id:
            return
        if what == "left":
            self._lost(None)
        elif participant.get("media", {}).get("microphone", {}).get("state") == "playable":
            self._receive(who)

    def on_error(self, text: str) -> None:
        """Take an error with which Daily gives up."""
        self._lost(SessionLostError(f"Daily reports: {one_line(text, 200)}."))

    def on_left(self) -> None:
        """Take a leave that wasn't ours."""
        self._lost(SessionLostError("Daily put us out of the room: the meeting ended, or the token did."))

    def on_audio(self, pcm: bytes) -> None:
        """The bot's voice, s16le mono 48 kHz."""
        if self._media is not None and not self._closed:
            self._media.write(pcm)

    # ----------------------------------------------------------------------------------------------

    def _receive(self, bot: Participant) -> None:
        if self._bot_is_audible.is_set():
            return
        self._bot_is_audible.set()
        if self._media is not None:
            in_loop = call_in_loop(self.on_audio)
            self._call.set_audio_renderer(
                bot.id,
                lambda _id, sound, _source: in_loop(bytes(sound.audio_frames)),
                sample_rate=tracks.RATE_HZ,
                callback_interval_ms=RENDER_MS,
            )
            self._listener.on_track(bot, started=True)

    async def _capture(self, media: Media) -> None:
        written = call_in_loop(self._on_written)
        while True:
            pcm = await media.read()
            if self._waiting < MAX_BACKLOG:
                self._waiting += 1
                self._source.write_frames(pcm, completion=written)

    def _on_written(self, _frames: int) -> None:
        self._waiting -= 1

    def _lost(self, error: SessionLostError | None) -> None:
        if self._closed:
            return
        if self._connected:
            self._connected = False
            self._listener.on_lost(error)
        elif not self._failure.done():
            self._failure.set_exception(error or SessionLostError("The bot left while the connection was being made."))

    async def _ask(self, results: int, call: Callable[..., None]) -> tuple[Any, ...]:
        """What `call` hands to its completion: `results` values."""
        done: asyncio.Future[tuple[Any, ...]] = self._loop.create_future()

        def settle(values: tuple[Any, ...]) -> None:
            if not done.done():
                done.set_result(values)

        in_loop = call_in_loop(settle)
        call(completion=(lambda one, two: in_loop((one, two))) if results == 2 else (lambda one: in_loop((one,))))
        return await done

    async def _until(self, work: Any) -> None:
        """Wait for `work`, or for what ends the session before it."""
        waiting = asyncio.ensure_future(work)
        try:
            await asyncio.wait((waiting, self._failure), return_when=asyncio.FIRST_COMPLETED)
            if self._failure.done():
                self._failure.result()
        finally:
            waiting.cancel()


def parse_room(params: Mapping[str, Any], request: APIRequest | None) -> tuple[str, str | None]:
    """URL and token (None: none is needed) of the room in an auth bundle, of today or of the seed era. Pure.

    Raises `InvalidTransportParamsError`.
    """
    fields = auth_bundle.snake_keys(params)
    url = fields.get("daily_room") or fields.get("room_url") or fields.get("url")
    if url is None:
        raise InvalidTransportParamsError(
            "The start request's answer names no dailyRoom: this server does not offer Daily. For a Pipecat bot, does "
            'the start request say `"transport": "daily", "createDailyRoom": true`?'
        )
    token = fields.get("daily_token") or fields.get("token")
    return auth_bundle.absolute(url, request, ("https", "http")), token if token and isinstance(token, str) else None


@functools.cache
def _library() -> Any:
    try:
        import daily  # pyright: ignore[reportMissingImports] - an extra that few have
    except ImportError as error:
        raise TransportStartError(f"Daily rooms need daily-python ({error}): {install_command('daily')}.") from None
    daily.Daily.init()
    return daily


def _handler(daily: Any, transport: DailyTransport) -> Any:
    """An event handler of daily-python's, which leads into the event loop."""
    tell_message = call_in_loop(transport.on_message)
    tell_error = call_in_loop(transport.on_error)
    tell_participant = call_in_loop(transport.on_participant)
    tell_left = call_in_loop(transport.on_left)

    class Handler(daily.EventHandler):  # type: ignore[misc, name-defined, unused-ignore]
        def on_app_message(self, message: Any, _sender: str) -> None:
            tell_message(message)

        def on_participant_joined(self, participant: Any) -> None:
            tell_participant(participant, "joined")

        def on_participant_updated(self, participant: Any) -> None:
            tell_participant(participant, "updated")

        def on_participant_left(self, participant: Any, _reason: str) -> None:
            tell_participant(participant, "left")

        def on_error(self, message: str) -> None:
            tell_error(message)

        def on_call_state_updated(self, state: str) -> None:
            if state == "left":
                tell_left()

    return Handler()
