"""``make conformance``: play every scenario with both clients, record it, write docs/conformance.md.

Needs Node.js, Chromium, ``npm ci`` in tests/system/interop/javascript, and the Pipecat server of the tests.
"""

import asyncio
import datetime as dt
import json
import logging
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiortc
from tests.rig.faulty_bot import FaultyBot
from tests.rig.pipecat import PYTHON, PipecatServer
from tests.system.interop import recording, scenarios
from tests.system.interop.comparison import compare
from tests.system.interop.players import JavaScriptPlayer, Player, PythonPlayer

from callbox import __version__
from callbox.rtvi import Deadlines
from callbox.rtvi.protocol.messages import PROTOCOL_VERSION

IMPATIENT: dict[scenarios.Scenario, dict[str, Any]] = {
    scenarios.bot_never_ready: {"deadlines": Deadlines(bot_ready_s=2)}
}
"""Options of our client; in the other scenarios a busy machine may be late."""


async def play(scenario: scenarios.Scenario, player: Player, servers: scenarios.Servers) -> list[str]:
    """The trace of one player in one scenario."""
    await player.open(**IMPATIENT.get(scenario, {}))
    await scenario(player, servers)
    trace = await player.trace()
    await player.shut()
    return trace


async def record() -> dict[str, Any]:
    """Both players in every scenario."""
    traces = {}
    with PipecatServer() as pipecat:
        async with FaultyBot() as moody, JavaScriptPlayer() as javascript:
            servers = scenarios.Servers(pipecat, moody)
            for scenario in scenarios.ALL:
                name = scenarios.name(scenario)
                print(f"{name} ...", flush=True)
                theirs = await play(scenario, javascript, servers)
                ours = await play(scenario, PythonPlayer(), servers)
                traces[name] = {"theirs": theirs, "ours": ours}
            versions = {**_versions(), "Chromium": await javascript.version()}
    return {"made": dt.datetime.now(dt.UTC).date().isoformat(), "versions": versions, "traces": traces}


def _versions() -> dict[str, str]:
    wanted = json.loads((Path(__file__).parent / "javascript/package.json").read_text())["dependencies"]
    code = "import importlib.metadata as m; print(m.version('pipecat-ai'))"
    pipecat = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "client-js": wanted["@pipecat-ai/client-js"],
        "small-webrtc-transport": wanted["@pipecat-ai/small-webrtc-transport"],
        "callbox": f"{__version__.partition('+')[0]} (RTVI {PROTOCOL_VERSION})",
        "aiortc": aiortc.__version__,
        "Python": platform.python_version(),
        "server": f"pipecat-ai {pipecat}, and one of our own for the misbehaviour",
    }


def main() -> int:
    logging.disable(logging.ERROR)  # half of the scenarios are failures
    recorded = asyncio.run(record())
    recording.FILE.write_text(json.dumps(recorded, indent=1) + "\n")
    recording.PAGE.write_text(recording.page(recorded))
    unexplained = [
        f"{name}: {line.theirs or line.ours}"
        for name, traces in recorded["traces"].items()
        for line in compare(name, traces["theirs"], traces["ours"])
        if line.differs and not line.reason
    ]
    print(f"docs/{recording.PAGE.name} written; differences without a reason: {unexplained or 'none'}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
