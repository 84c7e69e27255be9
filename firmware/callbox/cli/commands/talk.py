"""``callbox talk``: one call to a bot from a terminal, with this machine's sound, WAV files, or text."""

import argparse
import asyncio
import json
import logging
import math
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from callbox.cli.common import EX_IOERR, EX_OK, EX_UNAVAILABLE, EX_USAGE, stop_on_signals
from callbox.text import one_line

if TYPE_CHECKING:
    from callbox.audio.media import BoardMedia
    from callbox.cli.common import Commands
    from callbox.probe.media import ProbeMicrophone
    from callbox.rtvi import BotOutput, ErrorData, RTVIClient, RTVIError, Text, Transcript, TransportFactory
    from callbox.rtvi.client import Params
    from callbox.talk.model.keyboard import Action
    from callbox.talk.terminal import CallTerminal

EX_NO_ANSWER = 1
"""The bot did not answer."""
ANSWER_WITHIN_S = 60.0
"""A bot that says nothing for so long after the last word of ``--wav`` or ``--text`` doesn't answer."""
MAX_LINE_BYTES = 1 << 20
"""Of standard input. What a transport can't carry, which is less, the client refuses."""
SILENCE_ENDS_S = 3.0
"""After its answer the bot has said all when it has been silent for so long."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    talk = commands.add_parser(
        "talk",
        help="talk to a bot from this terminal",
        description="One call to a bot, with this machine's microphone and loudspeaker, or WAV files, or text.",
        epilog="URL: of a start request (http://HOST:7860/start; without a path it is /start), of a WebRTC offer "
        "(…/api/offer), or of a WebSocket (ws://…). In a terminal single keys mute, interrupt, type and send DTMF. "
        "Exit codes: 0 the bot answered, 1 it didn't, 64 wrong command line, 69 no connection, 74 file can't be used.",
    )
    talk.add_argument("url", metavar="URL", help="start URL of the bot, its offer URL, or a WebSocket")
    talk.add_argument("--wav", type=Path, metavar="FILE", help="say this file (16-bit PCM, mono), wait for the answer")
    talk.add_argument("--text", action="append", metavar="TEXT", help="send this text and wait for the answer")
    talk.add_argument("--out", type=Path, metavar="FILE", help="write what the bot says to this WAV file")
    talk.add_argument("--microphone", default="default", metavar="PCM", help="ALSA PCM (default: %(default)s)")
    talk.add_argument("--speaker", default="default", metavar="PCM", help="ALSA PCM (default: %(default)s)")
    talk.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="sent with the request; VALUE env:NAME or file:PATH keeps a secret out of the list of processes",
    )
    talk.add_argument(
        "--data",
        default="{}",
        metavar="JSON",
        help='an object that goes with the request; with {"transport": "websocket"} the bot is reached by WebSocket',
    )
    talk.add_argument("--start", action="store_true", help="URL takes a start request, whatever its path is")
    talk.set_defaults(command=_talk)


class WrongOptionError(Exception):
    """A sentence for the person at the command line."""


def _talk(options: argparse.Namespace) -> int:
    try:
        return asyncio.run(_call(options))
    except WrongOptionError as error:
        print(f"callbox talk: {error}", file=sys.stderr)
        return EX_USAGE
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else error
        print(f"callbox talk: {reason}", file=sys.stderr)
        return EX_IOERR


async def _call(options: argparse.Namespace) -> int:
    from callbox.rtvi import DeviceError, RTVIClient, RTVIError
    from callbox_device.model import pcm

    logging.getLogger("callbox").addHandler(logging.NullHandler())  # the console tells it
    transport, params = target(options.url, headers(options.header), request_data(options.data), start=options.start)
    question = _question(options.wav)
    microphone, media = _media(options)
    client = RTVIClient(transport, media, params=params)
    console = Console(client)
    stop = stop_on_signals()
    ready = None
    try:
        connecting = asyncio.create_task(client.connect(), name="connect")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not connecting.done():
            connecting.cancel()
            return EX_NO_ANSWER
        ready = connecting.result()
        about = ", ".join(one_line(ready.about[name], 40) for name in sorted(ready.about) if ready.about[name])
        console.say(f"ready{f': {about}' if about else ''}")
        if options.wav or options.text:
            for text in options.text or ():
                console.say(f"you: {one_line(text)}")
                client.send_text(text)
            microphone.say(question)
            question_end_s = time.monotonic() + pcm.duration_ms(question) / 1000
            return EX_OK if await console.answered(stop, question_end_s) else EX_NO_ANSWER
        await _converse(client, console, stop)
        return EX_OK
    except RTVIError as error:
        console.on_error(error)
        if isinstance(error, DeviceError):
            console.say("without a sound card: --wav FILE or --text TEXT, --out FILE for the answer")
        return EX_UNAVAILABLE
    finally:
        stop.set()
        await client.disconnect()
        if options.out and ready:
            console.say(f"what the bot said is in {options.out}")


def headers(given: list[str]) -> dict[str, str]:
    """``NAME=VALUE`` each; a VALUE of ``env:NAME`` or ``file:PATH`` is fetched. Raises for one that can't be had."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise WrongOptionError(
                f"--header needs NAME=VALUE, such as Authorization=env:TOKEN; got {len(one)} characters"
            )
        kind, _, where = value.partition(":")
        if kind == "env":
            if where not in os.environ:
                raise WrongOptionError(f"--header {one_line(name)}: the environment has no {one_line(where)}")
            value = os.environ[where]
        elif kind == "file":
            try:
                value = Path(where).read_text(encoding="utf-8-sig").strip()
            except UnicodeDecodeError as error:
                raise WrongOptionError(
                    f"--header {one_line(name)}: {where} is not UTF-8 (byte {error.start})"
                ) from None
        found[name.strip()] = value
    return found


def request_data(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises for anything else."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise WrongOptionError(f"--data is no JSON: {one_line(error)}") from None
    if not isinstance(data, dict):
        raise WrongOptionError('--data needs a JSON object, such as \'{"voice": "en"}\'')
    return data


def target(
    url: str, headers_: dict[str, str], data: dict[str, Any], *, start: bool = False
) -> "tuple[TransportFactory, Params]":
    """Transport and parameters of connect() for `url`: of a WebSocket, an offer, or a start request. `start`: of a
    start request in any case. Pipecat's runner takes those at ``/start``.
    """
    from callbox.rtvi import APIRequest

    parts = urlsplit("")
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.scheme not in ("http", "https", "ws", "wss"):
        raise WrongOptionError(f"{one_line(url, 100)!r} is no address such as http://192.168.1.20:7860/start")
    if parts.scheme in ("ws", "wss"):
        from callbox.transports.websocket import WebSocketTransport

        return WebSocketTransport, {"ws_url": url, **data}
    from callbox.transports.small_webrtc import SmallWebRTCTransport

    if parts.path.rstrip("/").endswith("/offer") and not start:
        return SmallWebRTCTransport, {"webrtc_request_params": APIRequest(url, headers_, data)}
    if parts.path in ("", "/") and not start:
        url = parts._replace(path="/start").geturl()
    request = APIRequest(url, headers_, {"transport": "webrtc", **data})
    if data.get("transport") == "websocket":
        from callbox.transports.websocket import WebSocketTransport

        return WebSocketTransport, request
    return SmallWebRTCTransport, request


def _question(wav: Path | None) -> bytes:
    """Sound of ``--wav`` up to its last loud moment; none without it. Raises for a file that can't be said."""
    from callbox.probe.model.segments import ending_at_last_loud
    from callbox_device.wav import read_wav

    try:
        return ending_at_last_loud(read_wav(wav)) if wav else b""
    except ValueError as error:
        raise WrongOptionError(f"--wav {wav}: {error}") from None


def _media(options: argparse.Namespace) -> "tuple[ProbeMicrophone, BoardMedia]":
    """A microphone that can be told to say something, and the media, which use it unless a person speaks."""
    from callbox.audio.alsa_media import alsa_media
    from callbox.audio.media import BoardMedia
    from callbox.probe.media import ProbeMicrophone
    from callbox_device.simulated import SimulatedSpeaker

    microphone = ProbeMicrophone()
    if options.wav or options.text:
        return microphone, BoardMedia(microphone, SimulatedSpeaker(options.out))
    speaker = SimulatedSpeaker(options.out) if options.out else options.speaker
    return microphone, alsa_media(options.microphone, speaker)


@dataclass
class TurnEnds:
    """Ends of the last turn of each side, in s of the monotonic clock."""

    user_stopped_s: float | None = None
    bot_stopped_s: float = -math.inf
    is_bot_speaking: bool = False
    has_sentences: bool = False
    """The bot sends its words sentence by sentence (bot-output)."""


class Console:
    """Printer of states, words and the pause before each answer of a call of `client`."""

    def __init__(self, client: "RTVIClient") -> None:
        from callbox.rtvi import RTVIEvent, TransportState

        self._began_s = time.monotonic()
        self._client = client
        self.terminal: CallTerminal | None = None
        """Where it prints, when there are keys and a status line."""
        self._turn = TurnEnds()
        self._words: list[str] = []
        self._errors: set[str] = set()
        self._segments: set[int] = set()
        self._changed = asyncio.Event()
        self._states = TransportState
        on = client.on
        on(RTVIEvent.TransportStateChanged, self._on_state)
        on(RTVIEvent.UserTranscript, self._on_user_transcript)
        on(RTVIEvent.BotOutput, self._on_bot_output)
        on(RTVIEvent.BotTtsText, self._on_bot_tts_text)
        on(RTVIEvent.UserStoppedSpeaking, self._on_user_stopped)
        on(RTVIEvent.BotStartedSpeaking, self._on_bot_started)
        on(RTVIEvent.BotStoppedSpeaking, self._on_bot_stopped)
        on(RTVIEvent.Error, self.on_error)
        on(RTVIEvent.DeviceError, self.on_error)
        if sys.stdout.isatty():
            on(RTVIEvent.LocalAudioLevel, self._on_own_level)
            on(RTVIEvent.RemoteAudioLevel, self._on_bot_level)

    def say(self, line: str) -> None:
        """Print `line` with the time since the start."""
        text = f"{time.monotonic() - self._began_s:7.2f} s  {line}"
        if self.terminal:
            self.terminal.print(text)
        else:
            print(text, flush=True)

    async def answered(self, stop: asyncio.Event, question_end_s: float) -> bool:
        """Whether the bot answers: waits for its last word, for the session's end, or for `stop`. What it has said by
        `question_end_s`, on the monotonic clock, is no answer: a greeting.
        """
        while not stop.is_set() and self._client.state is self._states.READY:
            if self._turn.is_bot_speaking:
                rest_s = ANSWER_WITHIN_S
            elif self._turn.bot_stopped_s > question_end_s:
                rest_s = self._turn.bot_stopped_s + SILENCE_ENDS_S - time.monotonic()
            else:
                rest_s = question_end_s + ANSWER_WITHIN_S - time.monotonic()
            if rest_s <= 0:
                break
            self._changed.clear()
            waits = {asyncio.create_task(event.wait()) for event in (self._changed, stop)}
            await asyncio.wait(waits, timeout=rest_s, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        spoke_s = time.monotonic() if self._turn.is_bot_speaking else self._turn.bot_stopped_s
        if spoke_s <= question_end_s:
            self.say("the bot did not answer")
        return spoke_s > question_end_s

    def on_error(self, error: "RTVIError | ErrorData") -> None:
        """Print `error`, once."""
        if error.message not in self._errors:
            self._errors.add(error.message)
            self.say(f"error: {one_line(error.message)}")

    def _on_state(self, state: object) -> None:
        self.say(str(state))
        self._changed.set()

    def _on_own_level(self, level: float) -> None:
        if self.terminal:
            self.terminal.microphone = level if self._client.is_mic_enabled else None

    def _on_bot_level(self, level: float, _: object) -> None:
        if self.terminal:
            self.terminal.bot = level
            self.terminal.draw()

    def _on_user_transcript(self, transcript: "Transcript") -> None:
        if transcript.final:
            self.say(f"you: {one_line(transcript.text)}")

    def _on_bot_output(self, output: "BotOutput") -> None:
        # A sentence comes again and again while it is spoken, and as words too.
        is_new = output.segment_id is None or output.segment_id not in self._segments
        if output.output_type != "word" and output.spoken is not False and is_new:
            self._segments |= {output.segment_id} if output.segment_id is not None else set()
            self._turn.has_sentences = True
            self.say(f"bot: {one_line(output.text)}")
            if output.will_be_spoken is False:  # an answer in writing
                self._turn.bot_stopped_s = time.monotonic()
                self._changed.set()

    def _on_bot_tts_text(self, text: "Text") -> None:
        self._words.append(text.text)
        if self.terminal:
            self.terminal.caption = one_line(" ".join(self._words))

    def _on_user_stopped(self) -> None:
        self._turn.user_stopped_s = time.monotonic()

    def _on_bot_started(self) -> None:
        self._turn.is_bot_speaking = True
        since_s, self._turn.user_stopped_s = self._turn.user_stopped_s, None
        # As the bot's messages tell it, without its wait for the end of a turn. `callbox probe` measures by sound.
        after = f", {(time.monotonic() - since_s) * 1000:.0f} ms after it noticed that you stopped" if since_s else ""
        self.say(f"the bot speaks{after}")
        self._changed.set()

    def _on_bot_stopped(self) -> None:
        self._turn.is_bot_speaking, self._turn.bot_stopped_s = False, time.monotonic()
        words, self._words = " ".join(self._words), []
        if self.terminal:
            self.terminal.caption = ""
        if words and not self._turn.has_sentences:  # a bot that sends no bot-output
            self.say(f"bot: {one_line(words)}")
        self._changed.set()


async def _converse(client: "RTVIClient", console: Console, stop: asyncio.Event) -> None:
    """Keys or lines of the keyboard become text, tones and mute, until the session ends."""
    from callbox.rtvi import RTVIEvent

    client.on(RTVIEvent.Disconnected, stop.set)
    for text in client.bot.limits if client.bot else ():
        console.say(text)
    with_keys = sys.stdin.isatty() and sys.stdout.isatty()
    await (_converse_by_keys if with_keys else _converse_by_lines)(client, console, stop)


async def _converse_by_lines(client: "RTVIClient", console: Console, stop: asyncio.Event) -> None:
    """Whole lines, until the session ends."""
    from callbox.talk.model.keyboard import LINE_COMMANDS, LINE_DTMF, LINES, parse_line

    has_dtmf = client.supports("send_dtmf")
    help_text = f"{LINES}\n{LINE_DTMF * has_dtmf}{LINE_COMMANDS}"
    print(help_text, flush=True)
    async for line in _lines(stop):
        if action := parse_line(line):
            _carry_out(action, client, console, stop, help_text)
            if stop.is_set():
                return
        else:
            command = one_line(line.split()[0], 40)
            console.say(f"{command} is unknown; there are {'/dtmf, ' * has_dtmf}/end, /help")


async def _converse_by_keys(client: "RTVIClient", console: Console, stop: asyncio.Event) -> None:
    """Single keys, until the session ends."""
    from callbox.talk.model.keyboard import HELP
    from callbox.talk.terminal import CallTerminal

    with CallTerminal(lambda action: _carry_out(action, client, console, stop, HELP)) as console.terminal:
        console.say(HELP)
        await stop.wait()
    console.terminal = None


def _carry_out(action: "Action", client: "RTVIClient", console: Console, stop: asyncio.Event, help_text: str) -> None:
    """Do what a key or a line means, and say so."""
    from callbox.rtvi import RTVIError
    from callbox.talk.model.keyboard import ActionKind

    try:
        match action.kind:
            case ActionKind.MUTE:
                client.enable_mic(not client.is_mic_enabled)
                console.say("microphone on" if client.is_mic_enabled else "microphone muted")
            case ActionKind.INTERRUPT:
                client.send_client_message("interrupt")
                console.say("asked the bot to stop")
            case ActionKind.DTMF:
                client.send_dtmf(action.text)
                console.say(f"sent DTMF {action.text}")
            case ActionKind.SEND:
                client.send_text(action.text)
                console.say(f"you: {one_line(action.text)}")
            case ActionKind.HELP:
                console.say(help_text)
            case ActionKind.END:
                stop.set()
            case ActionKind.TYPE:
                pass  # the status line shows it
    except (RTVIError, ValueError) as error:
        console.say(one_line(error))


async def _lines(stop: asyncio.Event) -> AsyncIterator[str]:
    """Lines of standard input, until it ends or `stop` is set. Raises `WrongOptionError` for one that is too long."""
    reader = asyncio.StreamReader(limit=MAX_LINE_BYTES)
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (ValueError, OSError):  # a file, /dev/null: it has no lines to wait for
        await stop.wait()
        return
    stopping = asyncio.create_task(stop.wait())
    try:
        while True:
            line = asyncio.create_task(reader.readline())
            await asyncio.wait((line, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not line.done():
                line.cancel()
                return
            try:
                text = line.result()
            except ValueError:
                raise WrongOptionError(f"a line of standard input has more than {MAX_LINE_BYTES} bytes") from None
            if not text:
                return
            yield text.decode(errors="replace").strip()
    finally:
        stopping.cancel()
        transport.close()
