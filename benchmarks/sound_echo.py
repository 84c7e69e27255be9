"""``python -m benchmarks.sound_echo [--plot FILE]``: what is left of the bot in the microphone's sound.

Beside each row the anchor from the same run: the library alone, given the loudspeaker's sound in perfect step. Ours
gets what a box has: two cards' times that jitter. Medians over several seeds of the jitter, least and most behind.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sound.rooms import (
    Cards,
    DriftingCards,
    Room,
    Sound,
    erle_db,
    from_pcm,
    near_kept,
    rooms,
    to_pcm,
    voices,
)
from callbox.audio.echo.canceller import load
from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.selection import EchoMode, make_processor
from callbox_device.model import pcm

SEEDS = (1, 2, 3, 4, 5)
_MEMORY = """
import resource
from callbox.audio.echo import selection as chain, far_end_reference as reference
def rss_mib():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
before = rss_mib()
kept = reference.FarEndReference()
made = chain.make_processor({mode!r}, kept, noise_suppression={cleaned}, gain_control={cleaned})
for number in range(100):
    kept.played(bytes(960), number / 100)
    made.processor.process(bytes(1920), number / 50)
print(rss_mib() - before)
"""


@dataclass(frozen=True)
class Taken:
    """What one way of processing made of a room."""

    out: Sound
    erle_db: float
    early_db: float
    level_db: float
    si_sdr_db: float
    period_us: float


def measured(place: Room, out: Sound, cpu_s: float) -> Taken:
    level_db, si_sdr_db = near_kept(place, out)
    period_us = cpu_s * 1e6 / (len(place.mic) / pcm.PERIOD_FRAMES)
    return Taken(out, erle_db(place, out), erle_db(place, out, 0.5, 3), level_db, si_sdr_db, period_us)


def anchor(place: Room) -> tuple[Sound, float]:
    """The library alone, with the far end as it was given to the card."""
    library = load(echo=True, noise_suppression=False, gain_control=False)
    far, mic, out = to_pcm(place.far), to_pcm(place.mic), bytearray()
    began_s = time.thread_time()
    for start in range(0, len(mic), pcm.PERIOD_BYTES):
        end = start + pcm.PERIOD_BYTES
        out += library(mic[start:end], far[start:end])
    return from_pcm(bytes(out)), time.thread_time() - began_s


def ours(place: Room, mode: EchoMode, seed: int, *, cleaned: bool = False) -> tuple[Sound, float]:
    """The whole chain behind two cards. CPU: the microphone's thread."""
    cards = Cards(place, seed=seed)
    reference = FarEndReference(cards.clock_s)
    processor = make_processor(mode, reference, noise_suppression=cleaned, gain_control=False).processor
    assert processor
    cpu_s = 0.0

    def process(period: bytes, captured_s: float) -> bytes:
        nonlocal cpu_s
        began_s = time.thread_time()
        out = processor.process(period, captured_s)
        cpu_s += time.thread_time() - began_s
        return out

    return cards.run(reference, process), cpu_s


def row(place: str, name: str, taken: Sequence[Taken]) -> None:
    """One line of the table: medians, and the span of the ERLE."""

    def middle(of: Callable[[Taken], float]) -> float:
        return statistics.median(map(of, taken))

    span = f" ({min(t.erle_db for t in taken):.1f} to {max(t.erle_db for t in taken):.1f})" if len(taken) > 1 else ""
    erle, early = middle(lambda t: t.erle_db), middle(lambda t: t.early_db)
    level, si_sdr, cpu_us = middle(lambda t: t.level_db), middle(lambda t: t.si_sdr_db), middle(lambda t: t.period_us)
    print(
        f"{place:19} {name:25} {erle:6.1f}{span:15} {early:6.1f} {level:7.1f} {si_sdr:8.1f} {cpu_us:7.0f}", flush=True
    )


def memory_mib(mode: str, *, cleaned: bool) -> float:
    """How much a fresh process grows by the processor and a second of sound."""
    code = _MEMORY.format(mode=mode, cleaned=cleaned)
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def drift(hours: float) -> None:
    """A call of `hours` with two cards that drift; the minutes' ERLE."""
    speech, _ = voices(with_espeak=False)
    for speaker_ppm, microphone_ppm in ((200, 0), (-200, 0), (200, -200), (-200, 200)):
        cards = DriftingCards(speech, speaker_ppm=speaker_ppm, microphone_ppm=microphone_ppm)
        reference = FarEndReference(cards.clock_s)
        processor = make_processor("cancel", reference, noise_suppression=False, gain_control=False).processor
        assert processor
        minutes = cards.erle_db(reference, processor.process, hours * 3600, 60)
        print(
            f"loudspeaker {speaker_ppm:+} ppm, microphone {microphone_ppm:+} ppm: first minute {minutes[0]:.1f} dB, "
            f"then {min(minutes[1:]):.1f} to {max(minutes[1:]):.1f}, last {minutes[-1]:.1f}; "
            f"{reference.realigned} jumps",
            flush=True,
        )


def plot(file: Path, curves: Sequence[tuple[Room, dict[str, Taken]]]) -> None:
    """ERLE over time in each room."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(len(curves), sharex=True, figsize=(9, 2 * len(curves)), layout="constrained")
    for axis, (place, ways) in zip(axes, curves, strict=True):
        for name, taken in ways.items():
            seconds = range(31)
            axis.plot(seconds, [erle_db(place, taken.out, s, s + 1) for s in seconds], label=name)
        axis.set(title=place.name, ylabel="ERLE, dB")
    axes[0].legend()
    axes[-1].set_xlabel("s")
    figure.savefig(file, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sound_echo")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="ERLE over time as a PNG; needs matplotlib")
    parser.add_argument("--drift", type=float, metavar="HOURS", help="instead, two cards that drift for so long")
    options = parser.parse_args()
    if options.drift:
        drift(options.drift)
        return
    print(f"far end alone 15 to 31 s; double talk 32 to 41 s, the person 8.5 dB below the echo; {len(SEEDS)} seeds")
    print(f"{'room':19} {'processing':25} {'ERLE':>6}{'':15} {'0.5-3s':>6} {'near dB':>7} {'SI-SDR':>8} {'us/20ms':>7}")
    curves = []
    for place in rooms(voices()):
        alone = measured(place, *anchor(place))
        chain = [measured(place, *ours(place, "cancel", seed)) for seed in SEEDS]
        noise = [measured(place, *ours(place, "cancel", seed, cleaned=True)) for seed in SEEDS[:3]]
        half = measured(place, *ours(place, "half_duplex", SEEDS[0]))
        row(place.name, "none", [measured(place, place.mic, 0.0)])
        row("", "anchor: library, in step", [alone])
        row("", "ours", chain)
        row("", "ours, noise suppressed", noise)
        row("", "half duplex", [half])
        curves.append((place, {"anchor": alone, "ours": chain[0], "ours, noise suppressed": noise[0]}))
    for mode, cleaned, name in (
        ("half_duplex", False, "half duplex"),
        ("cancel", False, "cancelling"),
        ("cancel", True, "cancelling, noise and gain"),
    ):
        grown_mib = statistics.median(memory_mib(mode, cleaned=cleaned) for _ in range(3))
        print(f"memory of {name}: {grown_mib:.1f} MiB")
    if options.plot:
        plot(options.plot, curves)


if __name__ == "__main__":
    main()
