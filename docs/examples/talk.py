"""Talk to a Pipecat bot from a WAV file: python talk.py http://localhost:7860/start question.wav answer.wav"""

import asyncio
import sys

from callbox.audio.wav_media import wav_media
from callbox.rtvi import APIRequest, RTVIClient, RTVIError, RTVIEvent
from callbox.text import one_line
from callbox.transports.small_webrtc import SmallWebRTCTransport


async def main(url: str, question: str, answer: str) -> None:
    answered = asyncio.Event()
    async with RTVIClient(SmallWebRTCTransport, wav_media(question, answer)) as client:
        client.on(RTVIEvent.TransportStateChanged, print)
        client.on(RTVIEvent.BotOutput, lambda output: print("bot:", one_line(output.text)))
        client.on(RTVIEvent.UserStoppedSpeaking, lambda: client.on(RTVIEvent.BotStoppedSpeaking, answered.set))
        await client.connect(APIRequest(url, request_data={"transport": "webrtc"}))
        await asyncio.wait_for(answered.wait(), timeout=60)


try:
    asyncio.run(main(*sys.argv[1:]))
except (RTVIError, TimeoutError) as error:
    sys.exit(str(error) or "The bot did not answer within 60 s.")
