"""What both clients are put through. Each scenario plays one client against one server; its docstring is its title."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.rig.faulty_bot import FaultyBot
from tests.rig.pipecat import PipecatServer
from tests.rig.ports import free_port
from tests.system.interop.players import Player, until

SETTLE_S = 0.6
"""Without anything new in the trace for so long, a player has told all."""
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Servers:
    """``start`` and ``offer`` are addresses as the players take them."""

    pipecat: PipecatServer
    moody: FaultyBot

    @property
    def start(self) -> dict[str, str]:
        return {"start": self.pipecat.start_url}

    @property
    def offer(self) -> dict[str, str]:
        return {"offer": self.pipecat.offer_url}

    def in_mood(self, mood: str) -> dict[str, str]:
        self.moody.mood = mood
        return {"start": self.moody.url}


Scenario = Callable[[Player, Servers], Awaitable[None]]


async def _settled(player: Player) -> None:
    lines = None
    while lines != (lines := await player.trace()):
        await asyncio.sleep(SETTLE_S)


async def _ready(player: Player, address: dict[str, str], method: str = "connect") -> None:
    await player.call(method, address)
    await until(player, f"< {method} ok")
    await _settled(player)


async def _ended(player: Player, method: str) -> None:
    """Each call of `method` has ended, if it does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while _count(lines := await player.trace(), f"> {method}") > _count(lines, f"< {method} "):
                await asyncio.sleep(0.02)
    await _settled(player)


def _count(lines: list[str], beginning: str) -> int:
    return sum(line.startswith(beginning) for line in lines)


async def _down(player: Player) -> None:
    await player.call("disconnect")
    await until(player, "< disconnect ok")
    await _settled(player)


async def connect_and_disconnect(player: Player, servers: Servers) -> None:
    """connect() on an offer URL, then disconnect()"""
    await _ready(player, servers.offer)
    await _down(player)


async def start_bot_and_connect(player: Player, servers: Servers) -> None:
    """start_bot_and_connect() on a start URL"""
    await _ready(player, servers.start, "start_bot_and_connect")
    await _down(player)


async def init_devices_first(player: Player, servers: Servers) -> None:
    """init_devices() ahead, then connect()"""
    await player.call("init_devices")
    await until(player, "< init_devices ok")
    await _ready(player, servers.offer)
    await _down(player)


async def connect_again(player: Player, servers: Servers) -> None:
    """connect(), disconnect(), and once more with the same client"""
    await _ready(player, servers.offer)
    await _down(player)
    await player.call("connect", servers.offer)
    await _ended(player, "connect")
    await _down(player)


async def connect_while_connecting(player: Player, servers: Servers) -> None:
    """a second connect() while the first is under way"""
    await player.call("init_devices")
    await until(player, "< init_devices ok")
    await player.call("connect", servers.offer)
    await player.call("connect", servers.offer)
    await until(player, "BotReady")
    await _settled(player)
    await _down(player)


async def disconnect_when_disconnected(player: Player, _: Servers) -> None:
    """disconnect() without a session"""
    await _down(player)


async def disconnect_while_the_start_request_waits(player: Player, servers: Servers) -> None:
    """disconnect() while the server hasn't answered the start request"""
    await player.call("start_bot_and_connect", servers.in_mood("slow start"))
    await until(player, "state authenticating")
    await asyncio.sleep(0.1)
    await player.call("disconnect")
    await asyncio.sleep(3)


async def disconnect_while_connecting(player: Player, servers: Servers) -> None:
    """disconnect() while the server hasn't answered the offer"""
    await player.call("start_bot_and_connect", servers.in_mood("slow offer"))
    await until(player, "state connecting")
    await asyncio.sleep(0.1)
    await player.call("disconnect")
    await asyncio.sleep(3)


async def start_refused(player: Player, servers: Servers) -> None:
    """the start request is answered by 404"""
    await player.call("start_bot_and_connect", servers.in_mood("404"))
    await _ended(player, "start_bot_and_connect")


async def start_answered_by_a_web_page(player: Player, servers: Servers) -> None:
    """the start request is answered by HTML"""
    await player.call("start_bot_and_connect", servers.in_mood("html"))
    await _ended(player, "start_bot_and_connect")


async def no_one_there(player: Player, _: Servers) -> None:
    """no server at the start request's address"""
    await player.call("start_bot_and_connect", {"start": f"http://127.0.0.1:{free_port()}/start"})
    await _ended(player, "start_bot_and_connect")


async def offer_refused(player: Player, servers: Servers) -> None:
    """the offer is answered by 400"""
    await player.call("start_bot_and_connect", servers.in_mood("offer 400"))
    await _ended(player, "start_bot_and_connect")


async def bot_never_ready(player: Player, servers: Servers) -> None:
    """the bot never becomes ready (deadline of ours set to 2 s)"""
    await player.call("start_bot_and_connect", servers.in_mood("never ready"))
    await until(player, "state connected")
    await until(player, "state error", PATIENCE_S)
    await _settled(player)
    await _down(player)


async def bot_leaves(player: Player, servers: Servers) -> None:
    """the bot ends the session"""
    await _ready(player, servers.offer)
    await player.call("send_client_message", "end")
    await until(player, "state disconnected")
    await _settled(player)


async def bot_vanishes(player: Player, servers: Servers) -> None:
    """the bot's process closes the connection without a word; 15 s later disconnect()"""
    await _ready(player, servers.in_mood("good"), "start_bot_and_connect")
    servers.moody.mood = "404"  # a second session is not to be had
    await servers.moody.calls[-1].vanish()
    await asyncio.sleep(15)
    await _down(player)


async def fatal_error(player: Player, servers: Servers) -> None:
    """the bot reports a fatal error"""
    await _ready(player, servers.in_mood("fatal when asked"), "start_bot_and_connect")
    await player.call("send_client_message", "fatal")
    await until(player, "Error")
    await asyncio.sleep(1)


async def disconnect_bot(player: Player, servers: Servers) -> None:
    """disconnect_bot()"""
    await _ready(player, servers.offer)
    await player.call("disconnect_bot")
    await until(player, "state disconnected")
    await _settled(player)


async def requests(player: Player, servers: Servers) -> None:
    """requests: answered, refused, and one that outlives its session"""
    await _ready(player, servers.offer)
    await player.call("send_client_request", "echo", {"a": 1})
    await until(player, "< send_client_request ok")
    await player.call("send_client_request", "nonsense")
    await _ended(player, "send_client_request")
    servers.moody.mood = "good"
    await _down(player)


async def request_pending_at_the_end(player: Player, servers: Servers) -> None:
    """a request that is still unanswered at disconnect()"""
    await _ready(player, servers.in_mood("never answers"), "start_bot_and_connect")
    await player.call("send_client_request", "echo")
    await asyncio.sleep(0.2)
    await _down(player)


async def talk_before_ready(player: Player, _: Servers) -> None:
    """a message before there is a session"""
    await player.call("send_client_message", "echo")
    await asyncio.sleep(0.2)


async def mute(player: Player, servers: Servers) -> None:
    """enable_mic(false) and back, in a session"""
    await _ready(player, servers.offer)
    await player.call("enable_mic", False)
    await player.call("enable_mic", True)
    await _down(player)


async def bot_speaks(player: Player, servers: Servers) -> None:
    """the bot says something"""
    await _ready(player, servers.offer)
    await player.call("send_client_message", "say", 0.5)
    await until(player, "BotStoppedSpeaking")
    await _down(player)


ALL: tuple[Scenario, ...] = (
    connect_and_disconnect,
    start_bot_and_connect,
    init_devices_first,
    connect_again,
    connect_while_connecting,
    disconnect_when_disconnected,
    disconnect_while_the_start_request_waits,
    disconnect_while_connecting,
    start_refused,
    start_answered_by_a_web_page,
    no_one_there,
    offer_refused,
    bot_never_ready,
    bot_leaves,
    bot_vanishes,
    fatal_error,
    disconnect_bot,
    requests,
    request_pending_at_the_end,
    talk_before_ready,
    mute,
    bot_speaks,
)


def name(scenario: Any) -> str:
    return str(scenario.__name__)


def title(scenario: Any) -> str:
    return str(scenario.__doc__)
