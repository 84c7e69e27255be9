"""One probed call: speech in turns, and what was measured."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from callbox.probe.media import ProbedMedia, ProbeMedia
from callbox.probe.model.results import (
    MeasuredInterruption,
    MeasuredTurn,
    Results,
    SoundReport,
    bot_first_word,
    first_word,
)
from callbox.probe.model.segments import Segment, lead_s
from callbox.rtvi import (
    BotReady,
    RTVIClient,
    RTVIError,
    RTVIEvent,
    SessionLostError,
    Transcript,
    TransportFactory,
    TransportState,
)
from callbox.rtvi.client import Params

GREETING_S = 2.0
"""A bot that speaks first does so within this time."""
ANSWER_WITHIN_S = 30.0
SPEECH_WITHIN_S = 120.0
"""Limit of what the bot says in one turn."""
INTERRUPTS_AFTER_S = 0.7
"""The interruption begins so long after the bot has begun to speak."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Plan of a call."""

    speech: bytes
    """Of each turn: s16le mono 48 kHz, whole periods, loud to its end."""
    turns: int = 3
    interrupts: bool = True
    greeting_s: float = GREETING_S
    words: str = ""
    """Words of `speech`, if they are known."""


@dataclass(frozen=True, slots=True)
class ProbedCall:
    """Results, and peaks of each 20 ms of both sides."""

    results: Results
    bot: BotReady
    caller_peaks: list[float]
    bot_peaks: list[float]


async def probe(
    transport: TransportFactory,
    params: Params,
    plan: Plan,
    *,
    say: Callable[[str], None],
    within_s: float = 30.0,
    media: ProbedMedia | None = None,
) -> ProbedCall:
    """Call, speak, measure, hang up. Raises `RTVIError`, also when the bot ends the call before that. `say` is told of
    each step; `within_s`: limit of connect().

    `media` None: with a jitter buffer, as any call. `LoadMedia` costs a third of it.
    """
    media = media or ProbeMedia()
    bot_sound = media.bot
    client = RTVIClient(transport, media, params=params)
    phases_ms: dict[str, float] = {}
    transcripts: list[str] = []
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    began_s = loop.time()

    def on_state(state: TransportState) -> None:
        phases_ms.setdefault(str(state), (loop.time() - began_s) * 1000)

    def on_transcript(transcript: Transcript) -> None:
        if transcript.final:
            transcripts.append(transcript.text)

    client.on(RTVIEvent.TransportStateChanged, on_state)
    client.on(RTVIEvent.UserTranscript, on_transcript)
    client.on(RTVIEvent.Disconnected, ended.set)
    ending = asyncio.create_task(ended.wait())
    conversation: asyncio.Task[tuple[list[MeasuredTurn], MeasuredInterruption | None]] | None = None
    try:
        async with asyncio.timeout(within_s):
            bot = await client.connect()
        say(f"ready after {phases_ms['ready']:.0f} ms")
        conversation = asyncio.create_task(_converse(media, plan, say))
        await asyncio.wait({conversation, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not conversation.done():  # what is being said would never end
            raise client.error or SessionLostError("The bot hung up before the probe was over.")
        turns, interruption = conversation.result()
        if bot_sound.stream_began_s is not None:
            phases_ms["first_audio"] = (bot_sound.stream_began_s - began_s) * 1000
    except TimeoutError:
        raise RTVIError(f"The bot was not ready within {within_s:g} s.") from None
    finally:
        for task in (ending, conversation):
            if task:
                task.cancel()
        concealed = media.concealed_percent
        await client.disconnect()
    results = Results(
        phases_ms,
        turns,
        interruption,
        SoundReport(bot_sound.packets, max(0, bot_sound.lost), bot_sound.gaps, concealed),
        first_word(plan.words, transcripts[0]) if transcripts else None,
        bot_first_word(bot_sound.stream_began_s, bot_sound.detector.segments),
    )
    return ProbedCall(results, bot, media.caller_peaks, bot_sound.peaks)


async def _converse(
    media: ProbedMedia, plan: Plan, say: Callable[[str], None]
) -> tuple[list[MeasuredTurn], MeasuredInterruption | None]:
    bot_sound = media.bot
    if await bot_sound.segment(0.0, plan.greeting_s):
        say("the bot speaks first")
        await bot_sound.silence(SPEECH_WITHIN_S)
    turns = []
    for number in range(plan.turns):
        turns.append(turn := await _turn(media, plan.speech))
        await bot_sound.silence(SPEECH_WITHIN_S)
        latency = "no answer" if turn.latency_ms is None else f"{turn.latency_ms:.0f} ms"
        say(f"turn {number + 1}: {latency}")
    return turns, await _interrupt(media, plan.speech) if plan.interrupts else None


async def _turn(media: ProbedMedia, speech: bytes) -> MeasuredTurn:
    utterance = await media.say(speech)
    return MeasuredTurn(utterance, await media.bot.segment(utterance.end_s, ANSWER_WITHIN_S))


async def _interrupt(media: ProbedMedia, speech: bytes) -> MeasuredInterruption | None:
    """Have the bot speak, and speak meanwhile."""
    turn = await _turn(media, speech)
    if turn.answer is None:
        return None
    await asyncio.sleep(INTERRUPTS_AFTER_S)
    answer: Segment = turn.answer
    saying = media.say(speech)
    await media.bot.silence(SPEECH_WITHIN_S)
    utterance = await saying
    utterance.begin_s += lead_s(speech)
    return MeasuredInterruption(utterance, answer)
