"""Perform functions that the bot's model calls: python functions.py http://localhost:7860/start"""

import asyncio
import sys
from typing import Any

from callbox.rtvi import APIRequest, FunctionCall, RTVIClient, RTVIError, RTVIEvent
from callbox.transports.small_webrtc import SmallWebRTCTransport

VOLUME = {"percent": 50}


def set_volume(call: FunctionCall) -> dict[str, Any]:
    """Set the volume; what is returned goes back to the model, and what is raised too, as an error."""
    percent = int(call.arguments["percent"])
    if not 0 <= percent <= 100:
        raise ValueError("the volume is 0 to 100")
    VOLUME["percent"] = percent
    return dict(VOLUME)


async def main(url: str) -> None:
    """Stay in the call until the bot ends it."""
    ended = asyncio.Event()
    client = RTVIClient(SmallWebRTCTransport, params=APIRequest(url, request_data={"transport": "webrtc"}))
    client.register_function_call_handler("set_volume", set_volume)
    client.on(RTVIEvent.LLMFunctionCallStopped, lambda call: print(call.function_name, VOLUME, flush=True))
    client.on(RTVIEvent.Disconnected, ended.set)
    await client.connect()
    await ended.wait()
    if client.error:
        raise client.error


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except RTVIError as error:
        sys.exit(str(error))
