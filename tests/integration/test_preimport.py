"""The first press finds everything imported: a lamp that stands still for a second is a lamp that lies."""

import asyncio
import subprocess
import sys

import pytest
from tests.rig.faulty_bot import FaultyBot

CALL = """
import asyncio, sys
from callbox.app import compose
from callbox.app.compose import board
from callbox.control.status import Status
from callbox.config import load_all
from callbox_device import simulated
from pathlib import Path

board.make_sound = lambda _: (simulated.SimulatedMicrophone(), simulated.SimulatedSpeaker(), [])
file = Path(sys.argv[1])

async def main():
    box = compose.make_composition(load_all(file, (), {})).make_appliance()
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    if sys.argv[2] == "warm":
        await asyncio.to_thread(compose.preimport)
    async with asyncio.timeout(60):
        while not (box.board.button.is_watched and box.is_idle):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    before = set(sys.modules)
    box.board.button.click()
    async with asyncio.timeout(60):
        while not box.status.bot_ready:
            await asyncio.sleep(0.01)
    print(*sorted(set(sys.modules) - before))
    print("av" in sys.modules, "libavcodec" in Path("/proc/self/maps").read_text())
    stop.set()
    await running

asyncio.run(main())
"""


async def first_call_of(file, how):
    """Names of the modules that were imported while it was made, and whether PyAV and FFmpeg were loaded by then."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CALL, file, how, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    messages, complained = await child.communicate()
    assert child.returncode == 0, complained.decode()
    modules, loaded = messages.decode().splitlines()
    return modules.split(), loaded


async def test_the_first_call_imports_next_to_nothing(tmp_path):
    file = tmp_path / "callbox.yaml"
    async with FaultyBot() as bot:
        file.write_text(
            f"bot: {{start_url: {bot.url}, standby: cold}}\nboard: {{kind: simulated}}\nsound: {{echo: 'off'}}\n"
        )
        (cold, cold_loaded), (warm, warm_loaded) = [await first_call_of(file, how) for how in ("cold", "warm")]
    assert "httpx" in cold
    assert not {"click", "rich", "pygments"} & {*cold, *warm}, "httpx's command line"
    assert len(warm) < len(cold) / 10, warm
    assert cold_loaded == warm_loaded == "False False", "a call needs no PyAV"


@pytest.mark.parametrize("variable", ["https_proxy", "all_proxy"])
async def test_a_proxy_that_is_not_supported_does_not_stop_it(variable, monkeypatch):
    monkeypatch.setenv(variable, "socks5://127.0.0.1:1")
    program = "from callbox.rtvi import http_client; http_client.preimport(); print('imported')"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    printed, _ = await child.communicate()
    assert printed == b"imported\n"
