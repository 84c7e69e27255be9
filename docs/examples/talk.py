"""Talk to a Pipecat bot from a WAV file: python talk.py http://localhost:7860/start question.wav answer.wav"""

import asyncio
import functools
import sys

from callbox.audio.wav_media import wav_media
from callbox.rtvi import APIRequest, RTVIClient, RTVIError, RTVIEvent
from callbox.text import one_line
from callbox.transports.small_webrtc import SmallWebRTCTransport


async def main(url: str, question: str, answer: str) -> str | None:
    ended: asyncio.Queue[str | None] = asyncio.Queue()  # why there is no answer; None: there is one
    answered = functools.partial(ended.put_nowait, None)
    async with RTVIClient(SmallWebRTCTransport, wav_media(question, answer)) as client:
        client.on(RTVIEvent.TransportStateChanged, print)
        client.on(RTVIEvent.BotOutput, lambda output: print("bot:", one_line(output.text)))
        client.on(RTVIEvent.UserStoppedSpeaking, lambda: client.on(RTVIEvent.BotStoppedSpeaking, answered))
        client.on(RTVIEvent.Disconnected, lambda: ended.put_nowait(str(client.error or "The bot hung up.")))
        await client.connect(APIRequest(url, request_data={"transport": "webrtc"}))
        return await asyncio.wait_for(ended.get(), timeout=60)


try:
    sys.exit(asyncio.run(main(*sys.argv[1:])))
except (RTVIError, TimeoutError) as error:
    sys.exit(str(error) or "The bot did not answer within 60 s.")
