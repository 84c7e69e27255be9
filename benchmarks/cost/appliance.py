"""A whole appliance in a call, as one of the clients: GPIO on mock pins, ALSA through PulseAudio, MQTT to Mosquitto.

``python -m benchmarks.cost.appliance box|bare|stock URL MICROPHONE.wav FOLDER``; ends when its standard input does. One
line of JSON when the call is on: which process to look at, and its memory before the call. `box` is the product as it
is delivered, `bare` without echo canceller, as `stock` (`aiortc_appliance.py`) has none.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.rig.alsa import SoundCard
from tests.rig.box import RunningBox
from tests.rig.mosquitto import Mosquitto, wait_for

from benchmarks.cost.processes import memory
from callbox_device.wav import read_wav

SETTLES_S = 2.0
"""After the start: everything is imported then."""
BARE = "sound: {echo: off, noise_suppression: false, gain_control: false}\n"
CONFIG = """\
bot: {{start_url: "{url}"}}
board: {{button: {{pin: 17}}, lamps: {{status: {{pin: 22}}, microphone: {{pin: 27}}}}}}
microphone: {{device: {microphone}}}
speaker: {{device: {speaker}}}
mqtt: {{host: 127.0.0.1, port: {port}}}
"""


def tell(pid: int, idle: object) -> None:
    print(json.dumps({"pid": pid, "idle": idle}), flush=True)
    sys.stdin.read()


def product(config: Path, env: dict[str, str]) -> None:
    with RunningBox(config, env) as box:
        assert wait_for(lambda: "Connected to the broker" in box.log), box.log
        time.sleep(SETTLES_S)
        idle = asdict(memory([box.process.pid]))
        box.press()
        time.sleep(0.1)
        box.release()
        assert wait_for(lambda: "ready, " in box.log), box.log
        tell(box.process.pid, idle)
        box.press()
        time.sleep(0.5)
        box.end()


def stock(folder: Path, config: Path, env: dict[str, str]) -> None:
    import os

    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.cost.aiortc_appliance", str(config)]
    log = (folder / "stock.log").open("wb")
    with subprocess.Popen(command, env=os.environ | env, stdout=subprocess.PIPE, stderr=log, text=True) as script:
        assert script.stdout
        try:
            assert script.stdout.readline() == "idle\n", (folder / "stock.log").read_text()
            time.sleep(SETTLES_S)
            idle = asdict(memory([script.pid]))
            assert script.stdout.readline() == "called\n", (folder / "stock.log").read_text()
            tell(script.pid, idle)
        finally:
            script.kill()


def main() -> None:
    kind, url, microphone, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    config = folder / "appliance.yaml"
    with SoundCard(folder, read_wav(microphone)) as card, Mosquitto(folder) as broker:
        text = CONFIG.format(url=url, port=broker.port, microphone=card.MICROPHONE, speaker=card.SPEAKER)
        config.write_text(text + (BARE if kind == "bare" else ""))
        if kind == "stock":
            stock(folder, config, card.env)
        else:
            product(config, card.env)
    print("{}")


if __name__ == "__main__":
    main()
