"""Delay from speech to playback through a bot that echoes at once: ``python -m benchmarks.sound_latency``.

Speech goes in at the microphone at known times and is found again at the loudspeaker by correlation, ours beside stock
aiortc, over a link without delay. The sum is measured; so are the parts of ours, by clocks inside; what a stock aiortc
does (the bot's receiver and sender, the stock client's receiver) is what is left between. Needs root.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from tests.rig.link import LinkUnavailable

from benchmarks.sound.call import NAMES, Stage, compared, hang_up, line
from benchmarks.sound.playout_recorder import CARD_MS
from benchmarks.sound.speech import LEAD_S
from callbox_device.model import pcm

CALL_S = 8.0
CODEC_MS = 6.5
"""libopus's look-ahead, at this end and again at the bot's."""
Parts = dict[str, float]
CAPTURE, QUEUE, CODEC, RECEIVER = "capture period", "gate, encoding", "codec's look-ahead, twice", "bot's jitter buffer"
VOICE, PLAYOUT, CARD = "bot's queue and pacing", "client's jitter buffer", "card"


def one_call(client: str) -> tuple[float, float, Parts]:
    """Median delays from speech to playback and from speech to the bot, and what the client measured inside, in ms."""
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder), CALL_S, echo=True) as stage:
        process = stage.client(client, *(["probe"] if client == "ours" else []))
        by_bot = line(stage.bot.stdout, process, CALL_S + 40)
        measured = hang_up(process)
        spoke_s = float(measured["spoke_s"]) + LEAD_S
        way_ms = [compared(stage, listener, spoke_s) for listener in (measured, by_bot)]
    there_and_back_ms, there_ms = (
        statistics.median(ms for ms in way.delay_ms if ms is not None) if any(way.delay_ms) else float("nan")
        for way in way_ms
    )
    return there_and_back_ms, there_ms - CARD_MS, measured.get("counters", {})


def budget(client: str, sum_ms: float, there_ms: float, inside: Parts, voice_ms: float | None) -> Parts:
    """What the sum is made of. `voice_ms`: the bot's part, as measured with a client that knows its own."""
    if client == "ours":
        parts = {CAPTURE: float(pcm.PERIOD_MS), QUEUE: inside["sending_ms"], CODEC: 2 * CODEC_MS}
        parts[RECEIVER] = there_ms - parts[CAPTURE] - parts[QUEUE] - CODEC_MS
        parts |= {PLAYOUT: inside["lag_ms"], CARD: float(CARD_MS)}
        parts[VOICE] = sum_ms - sum(parts.values())
        return parts
    # A file is read ahead: nothing is captured, and a frame is there when its first sample is due.
    parts = {CODEC: 2 * CODEC_MS, RECEIVER: there_ms - CODEC_MS, CARD: float(CARD_MS)}
    if voice_ms is not None:
        parts[VOICE] = voice_ms
    parts[PLAYOUT] = sum_ms - sum(parts.values())
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sound_latency")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", action="store_true", help="write docs/sound/latency.png")
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float, Parts]]] = {"ours": [], "stock": []}
    try:
        for _ in range(options.rounds):
            for client, calls in found.items():
                calls.append(one_call(client))
                print(f"{NAMES[client]:15} {calls[-1][0]:6.1f} ms", file=sys.stderr)
    except LinkUnavailable as error:
        sys.exit(f"callbox: {error}")
    # The call whose sum is the median one: its parts add up.
    middle = {client: sorted(calls, key=lambda call: call[0])[len(calls) // 2] for client, calls in found.items()}
    ours = budget("ours", *middle["ours"], None)
    stock = budget("stock", *middle["stock"], ours[VOICE])
    order = (CAPTURE, QUEUE, CODEC, RECEIVER, VOICE, PLAYOUT, CARD)
    print(f"\nfrom speech to playback, through an echoing bot, ms {NAMES['ours']:>15} {NAMES['stock']:>15}")
    for part in order:
        print(f"  {part:44} {ours.get(part, 0):15.1f} {stock.get(part, 0):15.1f}")
    print(f"  {'sum, by correlation':44} {middle['ours'][0]:15.1f} {middle['stock'][0]:15.1f}")
    for client, calls in found.items():
        print(f"  {NAMES[client]}: {min(call[0] for call in calls):.1f} to {max(call[0] for call in calls):.1f} ms")
    if options.plot:
        from benchmarks.sound import plots

        rows = {
            NAMES[client]: [(part, parts[part]) for part in order if part in parts]
            for client, parts in (("ours", ours), ("stock", stock))
        }
        plots.budget(plots.FOLDER / "latency.png", "From speech to playback, through an echoing bot", rows)


if __name__ == "__main__":
    main()
