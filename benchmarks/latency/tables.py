"""What was measured, as docs/benchmarks/latency.md."""

import math
from collections.abc import Callable, Sequence
from statistics import linear_regression
from typing import Any

from benchmarks.latency.phases import NAMES
from benchmarks.latency.runs import CLIENTS, WAYS, Cell

PLOTTED_MS = 50
"""The network whose phases are plotted."""


def page(cells: list[Cell], machine: dict[str, Any]) -> str:
    """The whole document."""
    start = [cell for cell in cells if cell.way == "start"]
    calls = min(len(cell.calls) for cell in cells if cell.way != "pipecat")
    parts = [HEAD.format(**machine | {"load": ", ".join(map(str, machine["load"]))}, calls=calls)]
    pipecat = [cell for cell in cells if cell.way == "pipecat"]
    for way, about in WAYS.items():
        of_way = [cell for cell in cells if cell.way == way]
        if of_way and way != "pipecat":
            parts.append(f"## Press to ready: {about}\n\n{whole(of_way, 'ready')}")
    parts.append(f"## Press to the bot's first sound: {WAYS['start']}\n\n{whole(start, 'sound')}{SOUND}")
    parts.append(f"## By phase, at {PLOTTED_MS} ms\n\n{phases(start)}{PHASES}")
    if pipecat:
        parts.append(f"## {PIPECAT}\n\n{whole(pipecat, 'ready')}\n{whole(pipecat, 'sound')}")
        parts.append(f"By phase, at {PLOTTED_MS} ms:\n\n{phases(pipecat)}")
    parts.append(ROUND_TRIPS)
    parts.append(f"## Goals\n\n{goals(cells)}{GOALS}")
    return "\n".join(parts)


def whole(cells: list[Cell], phase: str) -> str:
    """A row a client, a column a network."""
    networks = sorted({cell.round_trip_ms for cell in cells})
    rows = [["", *(f"{network} ms" for network in networks), "round trips", "beside the JavaScript client"]]
    for client, (name, *_) in CLIENTS.items():
        mine = {cell.round_trip_ms: cell for cell in cells if cell.client == client}
        if mine:
            times = {network: mine[network].median_ms(phase, "gesture") for network in networks}
            spans = [span(mine[network].each_ms(phase, "gesture")) for network in networks]
            theirs = {
                cell.round_trip_ms: cell.median_ms(phase, "gesture") for cell in cells if cell.client == "javascript"
            }
            ratios = [times[network] / theirs[network] for network in networks if network in theirs]
            beside = f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else ""
            plotted = [f"{times[network]:.0f} ({one})" for network, one in zip(networks, spans, strict=True)]
            trips = slope({network: mine[network].quick_ms(phase, "gesture") for network in networks})
            rows.append([name, *plotted, f"{trips:.1f}", beside])
    return table(rows)


def phases(cells: list[Cell]) -> str:
    """A row a phase, a column a client: how long it took, and the round trips in it."""
    plotted = [client for client in CLIENTS if any(cell.client == client for cell in cells)]
    rows = [["", *(CLIENTS[client][0] for client in plotted)]]
    for phase, name in NAMES.items():
        row = [name]
        for client in plotted:
            mine = {cell.round_trip_ms: cell for cell in cells if cell.client == client}
            steps_ms = mine[PLOTTED_MS].steps_ms() if PLOTTED_MS in mine else {}
            if phase in steps_ms:
                quick = {network: cell.steps_ms(quick=True).get(phase, math.nan) for network, cell in mine.items()}
                row.append(f"{steps_ms[phase]:.0f} ms, {abs(slope(quick)):.1f}")
            else:
                row.append("")
        rows.append(row)
    return table(rows)


def goals(cells: list[Cell]) -> str:
    """A row a goal."""
    rows = [["goal", "measured", ""]]

    def ready(client: str, way: str, since: str | None = "gesture", *, quick: bool = False) -> dict[int, float]:
        mine = [cell for cell in cells if cell.client == client and cell.way == way]
        return {
            cell.round_trip_ms: cell.quick_ms("ready", since) if quick else cell.median_ms("ready", since)
            for cell in mine
        }

    def judge(goal: str, measured: str, *, good: bool) -> None:
        rows.append([goal, measured, "reached" if good else "**missed**"])

    for way in WAYS:
        armed, javascript = ready("armed", way, None), ready("javascript", way)
        if armed and javascript:
            trips, worst = (
                slope(ready("armed", way, quick=True)),
                max(armed[network] / javascript[network] for network in armed),
            )
            judge(f"armed: at most 6 round trips ({WAYS[way]})", f"{trips:.1f}", good=trips <= 6.05)
            goal = f"armed, from the edge: never slower than the JavaScript client ({WAYS[way]})"
            judge(goal, f"{worst:.2f} x at most", good=worst <= 1)
    for network, measured_ms in ready("hot", "start", None).items():
        goal_ms = 1.5 * network + 20
        measured = f"{measured_ms:.0f} ms; {ready('hot', 'start')[network]:.0f} ms from the gesture"
        judge(
            f"hot, at {network} ms: 1.5 round trips + 20 ms = {goal_ms:.0f} ms", measured, good=measured_ms <= goal_ms
        )
    return table(rows)


def slope(times_ms: dict[int, float]) -> float:
    """The round trips in what takes so long on these networks: by least squares, how much it grows with them."""
    known = {network: time for network, time in times_ms.items() if not math.isnan(time)}
    return linear_regression(list(known), list(known.values())).slope if len(known) > 1 else math.nan


def span(each_ms: Sequence[float]) -> str:
    """From least to most."""
    return f"{min(each_ms):.0f}–{max(each_ms):.0f}" if each_ms else "never"


def table(rows: list[list[str]]) -> str:
    """Markdown."""
    line: Callable[[list[str]], str] = lambda row: f"| {' | '.join(row)} |"  # noqa: E731
    return "\n".join([line(rows[0]), line(["---"] * len(rows[0])), *map(line, rows[1:])]) + "\n"


HEAD = """# From a press to ready

`make bench-latency` measures this and writes this page. {date}, {cpu}, {cores} cores, Python {python}; the machine was
shared: load average {load} before, between and after the runs. Medians of {calls} calls (least–most), after one that
warmed up, two turns for each client.

The bot (the demo's: stock aiortc and aiohttp) is a process at the far end of a network with the round trip of the
column, each client one at its near end (`tests/rig/link.py`: two network namespaces, a forwarder between; many kernels
have no netem, this one had none). *0 ms* is what the forwarder itself takes. The bot whistles when it has received
client-ready.

Callbox is the whole box as `callbox run` makes it from a settings file, on simulated pins and a simulated sound card
at a card's pace; times are counted **from the gesture**, which comes 20 ms after the edge: so long must the contact be
stable. The other clients have no button: their time begins with the call of connect(). The JavaScript client is
Pipecat's own in headless Chromium, devices open, and called once before; its sound is taken from WebAudio, whose clock
is made up without a sound card. Stock aiortc is aiortc and httpx as their documentations show them.

*Round trips* are how much a time grows with the network's, by least squares over the columns, from the quicker half of
the calls: what a busy machine adds is in the medians and spans, and would be counted as network otherwise.

![press to ready](latency.png)
"""

SOUND = """
What Callbox gains here beside its round trips is aiortc's jitter buffer (80 ms), which it doesn't use.
"""

PHASES = """
Milliseconds, and the round trips in them. *SCTP* is over when the first text may go: for Callbox that is when the
cookie does, for the others when the data channel is open. At 0 ms ICE and DTLS together take some 25 ms: aioice, which
is in the bot too, looks at its checks every 20 ms. A *first sound* begins when the bot has received client-ready, half a
round trip before bot-ready arrives; the bot sends 20 ms at a time, and the card asks for 10 ms at a time.
"""

PIPECAT = """Against a real Pipecat server

`make bench-latency BOT=pipecat` (pipecat-ai 1.14, `tests/bots/pipecat_whistle.py`); start request, then offer; medians
of ten calls or more. Measured by itself, later than the tables above: compare within these. First press to `ready`, then
press to the bot's first sound."""

# ruff: noqa: E501 - a table
ROUND_TRIPS = """## What each round trip is for

| | armed | stock aiortc |
|---|---|---|
| TCP to the bot's server | open since before the press | 1 |
| start request | 1 | 1 |
| offer, answer | 1 | 1 |
| ICE: the first check and its answer; the bot's DTLS hello comes with it | 1 | 1 |
| DTLS 1.2 | 1 | 1 |
| ICE again: the bot's own checks went to the second transport of the offer, which the answer drops | one transport is offered (`max-bundle`) | 1 |
| SCTP: INIT, and back comes the cookie | 1 | 1 |
| SCTP: the cookie, and its acknowledgement | client-ready goes with the cookie | 1 |
| data channel: OPEN, and its acknowledgement | OPEN goes with the cookie, too | 1 |
| client-ready, bot-ready | 1 | 1 |
| **together** | **6** (5 with `offer_url`) | **10** (9) |

*cold* has one more than *armed*: TCP (with TLS two or three more). *hot* has the last one only. Nothing of this
needs anything of the bot but what RFC 9260, 5.1 and RFC 8832, 6 allow; tested with aiortc and a real Pipecat server.
"""

GOALS = """
*hot* at 0 ms can't reach its goal by this count: the goal leaves 20 ms, and the debounce takes them all. It stays: a
press opens a microphone, and a spike on a long wire must not be one. (`board.button.debounce_ms` is yours to choose.)

A STUN server that doesn't answer holds up no armed call, and an unprepared one for 1 s in place of aiortc's 5:
`tests/integration/test_prewarm.py`, `test_fast_connect.py`. No STUN server is asked unless `bot.ice_servers` names one.

What waiting costs: `python -m benchmarks.latency.idle`; numbers in [the decision](../decisions/0024-ready-sooner.md).
"""
