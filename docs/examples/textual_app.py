"""Talk to a Pipecat bot in a Textual app: pip install textual, then python textual_app.py http://localhost:7860"""

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Input, ProgressBar, RichLog

from callbox.audio.alsa_media import alsa_media
from callbox.rtvi import (
    APIRequest,
    BotOutput,
    Participant,
    RTVIClient,
    RTVIError,
    RTVIEvent,
    Transcript,
    TransportState,
)
from callbox.text import one_line
from callbox.transports.small_webrtc import SmallWebRTCTransport


class TalkApp(App[None]):
    """State, level of the bot's voice, captions, and a line to type in. Textual and the client share one event loop."""

    BINDINGS: ClassVar = [("f2", "call", "Call, hang up"), ("f3", "mute", "Mute"), ("f10", "quit", "Quit")]

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.client: RTVIClient

    def compose(self) -> ComposeResult:
        yield Header()
        yield ProgressBar(total=1.0, show_percentage=False, show_eta=False)
        yield RichLog(wrap=True)
        yield Input(placeholder="Type to the bot")
        yield Footer()

    def on_mount(self) -> None:
        request = APIRequest(f"{self._url}/start", request_data={"transport": "webrtc"})
        client = self.client = RTVIClient(SmallWebRTCTransport, alsa_media(), params=request)
        client.on(RTVIEvent.TransportStateChanged, self.show_state)
        client.on(RTVIEvent.RemoteAudioLevel, self.show_level)
        client.on(RTVIEvent.UserTranscript, self.show_user)
        client.on(RTVIEvent.BotOutput, self.show_bot)
        self.show_state(client.state)

    def show_state(self, state: TransportState) -> None:
        muted = "" if self.client.is_mic_enabled else ", muted"
        self.sub_title = f"{state}{muted}"

    def show_level(self, level: float, _: Participant) -> None:
        self.query_one(ProgressBar).update(progress=level)

    def show_user(self, transcript: Transcript) -> None:
        if transcript.final:
            self.say(f"you: {transcript.text}")

    def show_bot(self, output: BotOutput) -> None:
        self.say(f"bot: {output.text}")

    def say(self, text: str) -> None:
        self.query_one(RichLog).write(one_line(text))

    async def action_call(self) -> None:
        if self.client.state in (TransportState.DISCONNECTED, TransportState.ERROR):
            self.run_worker(self.connect())
        else:
            await self.client.disconnect()

    async def connect(self) -> None:
        try:
            await self.client.connect()
        except RTVIError as error:
            self.say(str(error))

    def action_mute(self) -> None:
        self.client.enable_mic(not self.client.is_mic_enabled)
        self.show_state(self.client.state)

    def on_input_submitted(self, typed: Input.Submitted) -> None:
        try:
            self.client.send_text(typed.value)
        except RTVIError as error:
            self.say(str(error))
        else:
            self.say(f"you: {typed.value}")
            typed.input.clear()

    async def on_unmount(self) -> None:
        await self.client.disconnect()


if __name__ == "__main__":
    TalkApp(sys.argv[1]).run()
