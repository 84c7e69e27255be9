"""docs/fleet/prometheus.png: the console page in a real Prometheus, with fifty simulated boxes. `make screenshot`.

They live ten times as fast, for six minutes: an hour of theirs.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.rig.mosquitto import Mosquitto
from tests.rig.prometheus import Exporter, Prometheus
from tests.rig.service import CALLBOX, ENV, ROOT

PICTURE = ROOT / "docs/fleet/prometheus.png"
BOXES, RATE, LIVE_S = 50, 10, 360
WIDTH, HEIGHT = 1240, 860
DRAWN_MS = 10_000
"""How long the page may take, by Chromium's own clock."""


def main(live_s: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Mosquitto(folder) as broker, Exporter(broker.port) as exporter:
            place = "--host", "127.0.0.1", "--port", str(broker.port)
            life = [*CALLBOX, "simulate", *place, "--fleet", str(BOXES), "--rate", str(RATE), "--every", "60"]
            simulated = subprocess.Popen(life, env=ENV)
            try:
                with Prometheus(folder, exporter.target) as prometheus:
                    time.sleep(live_s)
                    shoot(prometheus.console, folder)
            finally:
                simulated.terminate()
                simulated.wait()


def shoot(page: str, folder: Path) -> None:
    options = f"--window-size={WIDTH},{HEIGHT}", f"--virtual-time-budget={DRAWN_MS}", f"--user-data-dir={folder / 'c'}"
    sandbox = ("--headless=new", "--no-sandbox", "--hide-scrollbars")  # root, and a page of our own
    subprocess.run(
        ["chromium", *sandbox, *options, f"--screenshot={PICTURE}", page],
        check=True,
        timeout=60,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else LIVE_S)
