"""``callbox probe``: a bot measured from the caller's side, for people and for CI."""

import argparse
import asyncio
import functools
import importlib.resources
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callbox.cli.commands.talk import WrongOptionError, headers, request_data, target
from callbox.cli.common import EX_IOERR, EX_OK, EX_UNAVAILABLE, EX_USAGE, number
from callbox.text import one_line

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.probe.call import ProbedCall

EX_FAILED = 1
"""A figure is beyond its limit, or a turn has no answer."""
LIMITS = {
    "ready_ms": "connect() to ready",
    "latency_p50_ms": "median of the voice-to-voice latency",
    "latency_p95_ms": "95th percentile of it",
    "interruption_ms": "the caller's first sound to the bot's silence",
    "concealed_percent": "received sound that was made up",
}
"""Figures that may have a limit."""
CLEAN = "none"


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    probe = commands.add_parser(
        "probe",
        help="measure a bot: time to ready, voice-to-voice latency, interruption, bad networks",
        description="Calls a bot, speaks in turns, and measures by sound how long it takes to answer and to stop.",
        epilog="Latency: from the caller's last loud sample to the arrival of the bot's first one, codecs included, "
        "this client's jitter buffer not. Exit codes: 0 all within the limits, 1 not, 64 wrong command line, "
        "69 no connection, or the bot ended it, 74 file can't be used.",
    )
    probe.add_argument("url", metavar="URL", help="as of callbox talk")
    probe.add_argument(
        "--turns", type=number(1, 1000), default=3, metavar="N", help="utterances (default: %(default)s)"
    )
    probe.add_argument("--wav", type=Path, metavar="FILE", help="say this file (16-bit PCM, mono) in each turn")
    probe.add_argument("--words", default="", metavar="TEXT", help="its words: was the first one heard?")
    probe.add_argument("--no-interrupt", action="store_true", help="don't speak while the bot speaks")
    probe.add_argument(
        "--network",
        default=CLEAN,
        metavar="NAME",
        help="send the media through a bad network: clean, loss-1, loss-3, loss-5, loss-10, burst, jitter, "
        "outage-lost, outage-held (SmallWebRTC only; default: %(default)s)",
    )
    probe.add_argument(
        "--seed", type=number(0), default=1, metavar="N", help="of the bad network (default: %(default)s)"
    )
    for name, about in LIMITS.items():
        option = f"--max-{name.replace('_', '-')}"
        probe.add_argument(option, type=number(0, kind=float), metavar="LIMIT", help=f"limit: {about}")
    probe.add_argument("--json", action="store_true", help="print JSON")
    probe.add_argument("--junit", type=Path, metavar="FILE", help="write the checks as JUnit XML")
    probe.add_argument("--html", type=Path, metavar="FILE", help="write a page with figures and waveforms")
    probe.add_argument("--header", action="append", default=[], metavar="NAME=VALUE", help="as of callbox talk")
    probe.add_argument("--data", default="{}", metavar="JSON", help="as of callbox talk")
    probe.add_argument("--start", action="store_true", help="as of callbox talk")
    probe.set_defaults(command=_probe)


def _probe(options: argparse.Namespace) -> int:
    from callbox.probe.model import report, results
    from callbox.rtvi import RTVIError

    logging.getLogger("callbox").addHandler(logging.NullHandler())  # the report tells it
    try:
        call = asyncio.run(_call(options))
        about = {
            "url": one_line(options.url, 200),
            "network": options.network,
            "bot": {name: one_line(value, 100) for name, value in call.bot.about.items() if value},
            "rtvi": ".".join(map(str, call.bot.version)),
        }
        limits = {name: limit for name in LIMITS if (limit := getattr(options, f"max_{name}")) is not None}
        found = results.checks(call.results, limits)
        figures = report.as_dict(about, call.results, found)
        print(report.as_json(figures) if options.json else report.as_text(figures), end="")
        if options.junit:
            options.junit.write_text(report.as_junit(figures), encoding="utf-8")
        if options.html:
            options.html.write_text(report.as_html(figures, call.caller_peaks, call.bot_peaks), encoding="utf-8")
    except WrongOptionError as error:
        print(f"callbox probe: {error}", file=sys.stderr)
        return EX_USAGE
    except RTVIError as error:
        print(f"callbox probe: {one_line(error.message)}", file=sys.stderr)
        return EX_UNAVAILABLE
    except OSError as error:
        print(f"callbox probe: {error.filename}: {error.strerror}", file=sys.stderr)
        return EX_IOERR
    return EX_OK if figures["passed"] else EX_FAILED


async def _call(options: argparse.Namespace) -> "ProbedCall":
    from callbox.audio.wav_media import speech
    from callbox.probe.call import Plan, probe
    from callbox.probe.model.networks import networks
    from callbox.probe.model.segments import ending_at_last_loud
    from callbox.probe.udp_relay import ImpairedWebRTCTransport
    from callbox.transports.small_webrtc import SmallWebRTCTransport

    transport: Any
    transport, params = target(options.url, headers(options.header), request_data(options.data), start=options.start)
    if options.network != CLEAN:
        known = networks()
        if options.network not in known:
            raise WrongOptionError(
                f"--network {one_line(options.network, 40)} is unknown; there are {', '.join(known)}"
            )
        if transport is not SmallWebRTCTransport:
            raise WrongOptionError("--network needs SmallWebRTC: over a WebSocket nothing is lost")
        impairment = known[options.network].impairment
        transport = functools.partial(ImpairedWebRTCTransport, impairment=impairment, seed=options.seed)
    wav = options.wav or Path(str(importlib.resources.files("callbox") / "assets/speech.wav"))
    try:
        sound = ending_at_last_loud(speech(wav, lead_s=0.0))
    except ValueError as error:
        raise WrongOptionError(f"--wav {options.wav}: {error}") from None
    plan = Plan(sound, options.turns, interrupts=not options.no_interrupt, words=options.words)
    return await probe(transport, params, plan, say=functools.partial(print, file=sys.stderr))
