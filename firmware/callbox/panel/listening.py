"""What a client of the box tells the panel: levels, the turns of the conversation and, if allowed, its words."""

from collections.abc import Callable
from datetime import UTC, datetime

from callbox.panel import words
from callbox.rtvi import BotOutput, RTVIClient, RTVIEvent, Text, Transcript

_TURNS = {
    RTVIEvent.UserStartedSpeaking: "the bot hears somebody speak",
    RTVIEvent.UserStoppedSpeaking: "the bot thinks that they have ended",
    RTVIEvent.BotStartedSpeaking: "the bot speaks",
    RTVIEvent.BotStoppedSpeaking: "the bot has said all",
    RTVIEvent.Reconnecting: "the network is gone; waiting for it",
    RTVIEvent.Reconnected: "the network is back, with the same bot",
}


def listen(client: RTVIClient, tell: Callable[[words.Message], None], *, shows_words: bool) -> None:
    """Tell what `client` hears from now on."""

    def note(text: str) -> Callable[..., None]:
        return lambda *_: tell(words.event(text, datetime.now(UTC)))

    for event, text in _TURNS.items():
        client.on(event, note(text))
    client.on(RTVIEvent.LocalAudioLevel, lambda level: tell(words.level("microphone", level)))
    client.on(RTVIEvent.RemoteAudioLevel, lambda level, _: tell(words.level("speaker", level)))
    if shows_words:

        def on_bot(said: Text | BotOutput) -> None:
            tell(words.said("bot", said.text, datetime.now(UTC)))

        def on_user(said: Transcript) -> None:
            if said.final:
                tell(words.said("you", said.text, datetime.now(UTC)))

        client.on(RTVIEvent.BotTtsText, on_bot)
        client.on(RTVIEvent.UserTranscript, on_user)
