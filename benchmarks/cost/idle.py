"""A box at rest, armed: processor time and wake-ups. `callbox run` on mock pins, with a broker, as a process."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.rig.box import RunningBox
from tests.rig.mosquitto import Mosquitto, wait_for

from benchmarks.cost.processes import Memory, Window, memory, thread_ids, wake_ups

SETTLES_S = 4.0
CONFIG = """\
bot: {{start_url: "http://127.0.0.1:9/start"}}
board: {{button: {{pin: 17}}, lamps: {{status: {{pin: 22}}, microphone: {{pin: 27}}}}}}
mqtt: {{host: 127.0.0.1, port: {port}}}
"""


@dataclass(frozen=True)
class Rest:
    """Of one window."""

    share: float
    """Processor seconds for each second."""
    wake_ups_per_min: float
    memory: Memory


def rests(count: int, window_s: float) -> Iterator[Rest]:
    """So many windows of one box's rest, one after the other."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        config = Path(name, "callbox.yaml")
        config.write_text(CONFIG.format(port=broker.port))
        with RunningBox(config, {}) as box:
            assert wait_for(lambda: "Connected to the broker" in box.log), box.log
            time.sleep(SETTLES_S)
            pid = box.process.pid
            while count:
                there, woken, window, began_s = thread_ids(pid), wake_ups(pid), Window([pid]), time.monotonic()
                time.sleep(window_s)
                share, woken = window.share(), wake_ups(pid) - woken
                if there <= thread_ids(pid):  # the wake-ups of a thread that has ended are gone with it
                    count -= 1
                    yield Rest(share, woken * 60 / (time.monotonic() - began_s), memory([pid]))
            box.end()
