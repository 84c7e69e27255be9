"""A handshake within this machine: whether ICE and DTLS work here at all, under whatever sandbox this process is in."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from aiortc import RTCConfiguration, RTCPeerConnection

from callbox.transports.aiortc_patches import loopback


@dataclass(frozen=True, slots=True)
class Handshake:
    """Handshake of two peers of one process."""

    connected_ms: float | None
    """From the offer to an encrypted connection with a channel for texts; None: there was none in time."""
    state: str
    """How far they came, for people."""


async def handshake(timeout_s: float) -> Handshake:
    """Connect two peers by ICE and DTLS; always closes them."""
    loopback.allow_loopback()
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    connected = asyncio.Event()
    began_s = time.monotonic()
    try:
        here.createDataChannel("trial").on("open", connected.set)
        async with asyncio.timeout(timeout_s):
            await here.setLocalDescription(await here.createOffer())
            await there.setRemoteDescription(here.localDescription)
            await there.setLocalDescription(await there.createAnswer())
            await here.setRemoteDescription(there.localDescription)
            await connected.wait()
        return Handshake((time.monotonic() - began_s) * 1000, "connected")
    except TimeoutError:
        return Handshake(None, f"ICE is {here.iceConnectionState}, DTLS not done after {timeout_s:g} s")
    except (MemoryError, OSError) as error:
        return Handshake(None, f"{type(error).__name__}: {error}")
    finally:
        with contextlib.suppress(Exception):  # of a handshake that broke
            async with asyncio.timeout(2):
                await asyncio.gather(here.close(), there.close())
