"""Speech over a bad network, ours beside its anchors: ``python -m benchmarks.sound_network [--quick] [--chromium]``.

A stock aiortc bot says 20 s of speech and hears as much, at the far end of a seeded bad network (`tests/rig/link.py`);
one client after another calls it from the near end. What each end received is compared with what
the other said, on one clock. Needs root (network namespaces) and espeak-ng.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.rig.link import LinkUnavailable

from benchmarks.sound.bot import PAUSE_S
from benchmarks.sound.call import NAMES, Cell, Stage, play
from benchmarks.sound.comparison import Comparison
from callbox.probe.model.networks import networks

CALL_S = 20.0
OUTAGE_AT_S = PAUSE_S + 7
WEATHERS = {network.label: network.impairment for network in networks(OUTAGE_AT_S).values()}
QUICK = ("no loss", "3 % loss", "5 % loss, in bursts of 5")
Cells = dict[str, dict[str, Cell]]
"""By impairment, by client."""


def row(impairment: str, client: str, received: Comparison, clean_ms: float, extra: str) -> str:
    delays = (
        f"{received.first_ms:7.0f} {received.worst_ms:7.0f} {received.last_ms:7.0f} {received.last_ms - clean_ms:+7.0f}"
    )
    quality = f"{received.pesq:6.2f} {received.stoi:6.3f}"
    return f"{impairment:30} {NAMES[client]:25} {received.lost_percent:6.1f} {extra:>9} {delays} {quality}"


def side(cells: Cells, *, by_bot: bool) -> dict[str, dict[str, Comparison]]:
    """What one end received."""
    return {
        impairment: {client: cell.received_by_bot if by_bot else cell.received for client, cell in clients.items()}
        for impairment, clients in cells.items()
    }


def table(cells: Cells, *, by_bot: bool) -> None:
    print("\nwhat the bot received of the client" if by_bot else "\nwhat the client received of the bot")
    heads = ("delay", "worst", "last", "added")
    print(f"{'':56} {'lost':>6} {'concealed':>9} {' '.join(f'{head:>7}' for head in heads)} {'PESQ':>6} {'STOI':>6}")
    print(f"{'':56} {'%':>6} {'%':>9} {' '.join(f'{unit:>7}' for unit in ['ms'] * 4)}")
    received = side(cells, by_bot=by_bot)
    for impairment, clients in received.items():
        for client, one in clients.items():
            concealed = None if by_bot else cells[impairment][client].measured.get("concealed_percent")
            clean = received["no loss"].get(client, one)
            print(row(impairment, client, one, clean.first_ms, "" if concealed is None else f"{concealed:.1f}"))


def draw(cells: Cells) -> None:
    from benchmarks.sound import plots

    for by_bot, name, who in (
        (False, "received", "What the client hears of the bot"),
        (True, "sent", "What the bot hears of the client"),
    ):
        lines: dict[str, dict[str, plots.Line]] = {}
        scores: dict[str, dict[str, float]] = {}
        lost: dict[str, dict[str, float]] = {}
        for impairment, clients in side(cells, by_bot=by_bot).items():
            lines[impairment] = {client: (one.at_s, one.delay_ms) for client, one in clients.items()}
            scores[impairment] = {client: one.pesq for client, one in clients.items()}
            lost[impairment] = {client: one.lost_percent for client, one in clients.items()}
        plots.delays(plots.FOLDER / f"network-{name}-delay.png", f"{who}: delay", lines, NAMES)
        plots.bars(plots.FOLDER / f"network-{name}-pesq.png", f"{who}: PESQ, wideband", "MOS-LQO", scores, NAMES, 1.0)
        plots.bars(plots.FOLDER / f"network-{name}-lost.png", f"{who}: speech lost", "%", lost, NAMES)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sound_network")
    parser.add_argument("--quick", action="store_true", help="three weathers, calls of 8 s")
    parser.add_argument("--chromium", action="store_true", help="the official JavaScript client in Chromium too")
    parser.add_argument("--clients", nargs="*", help="ours, stock, chromium")
    parser.add_argument("--weathers", nargs="*", help="only those whose name begins so")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plot", action="store_true", help="write docs/sound/network-*.png")
    parser.add_argument("--json", type=Path, help="write every number there")
    parser.add_argument("--keep", type=Path, help="keep what was received in this folder")
    options = parser.parse_args()
    callers = options.clients or ["stock", *(["chromium"] if options.chromium else []), "ours"]
    wanted = tuple(options.weathers or (QUICK if options.quick else WEATHERS))
    weathers = {name: impairment for name, impairment in WEATHERS.items() if name.startswith((*wanted, "no loss"))}
    cells: Cells = {}
    try:
        for name, impairment in weathers.items():
            for client in callers:
                with tempfile.TemporaryDirectory() as temporary:
                    folder = options.keep / f"{name}-{client}".replace(" ", "_") if options.keep else Path(temporary)
                    folder.mkdir(parents=True, exist_ok=True)
                    with Stage(folder, 8.0 if options.quick else CALL_S) as stage:
                        print(f"{name}: {NAMES[client]} ...", file=sys.stderr, flush=True)
                        try:
                            cells.setdefault(name, {})[client] = play(
                                stage, client, impairment, impairment, options.seed
                            )
                        except RuntimeError as error:  # one that fails has no row, and the rest goes on
                            print(f"{name}: {NAMES[client]} failed: {error}", file=sys.stderr, flush=True)
    except LinkUnavailable as error:
        sys.exit(f"callbox: {error}")
    table(cells, by_bot=False)
    table(cells, by_bot=True)
    if options.json:
        options.json.write_text(
            json.dumps({w: {c: asdict(cell) for c, cell in row.items()} for w, row in cells.items()})
        )
    if options.plot:
        draw(cells)


if __name__ == "__main__":
    main()
