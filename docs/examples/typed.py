# pyright: strict
"""Types of the client, as mypy and pyright see them in their strict modes: `make check` runs both on this file."""

import asyncio
import sys
from typing import Any, assert_type

from callbox.rtvi import (
    APIRequest,
    BotReady,
    ErrorData,
    FunctionCall,
    Participant,
    RTVIClient,
    RTVIEvent,
    Transcript,
    TransportState,
)
from callbox.transports.small_webrtc import SmallWebRTCTransport


def on_error(error: ErrorData) -> None:
    """Take an error; a handler of another event's type is refused."""
    print(assert_type(error.message, str))


def on_level(level: float, participant: Participant) -> None:
    """Take the bot's level, 0.0 to 1.0."""
    print(f"{participant.name}: {level:.2f}")


async def on_transcript(transcript: Transcript) -> None:
    """Take what the bot understood; a handler may be async."""
    print(assert_type(transcript.text, str), assert_type(transcript.final, bool))


def is_ready(state: TransportState) -> bool:
    """Take a state; what a handler returns is not used."""
    return state is TransportState.READY


def set_volume(call: FunctionCall) -> dict[str, Any]:
    """Answer a function call of the bot's model."""
    return {"volume": call.arguments["to"]}


async def main(url: str) -> None:
    """Call the bot at `url`, and hang up."""
    request = APIRequest(url, request_data={"transport": "webrtc"})
    client = RTVIClient(SmallWebRTCTransport, params=request, callbacks={"on_transport_state_changed": is_ready})
    # What a handler is given follows from the event, also in a lambda.
    client.on(RTVIEvent.BotOutput, lambda output: print(output.text))
    client.on(RTVIEvent.TransportStateChanged, lambda state: print(state.value))
    client.on(RTVIEvent.Error, on_error)
    client.on(RTVIEvent.UserStartedSpeaking, lambda: print("the bot hears you"))
    client.on(RTVIEvent.UserTranscript, on_transcript)
    client.on(RTVIEvent.TransportStateChanged, is_ready)
    client.off(RTVIEvent.TransportStateChanged, is_ready)
    client.on(RTVIEvent.RemoteAudioLevel, on_level)
    client.register_function_call_handler("set_volume", set_volume)
    bot = assert_type(await client.connect(), BotReady)
    print(assert_type(bot.version, tuple[int, int, int]))
    if client.supports("send_text"):
        client.send_text("Hello")
    await client.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
