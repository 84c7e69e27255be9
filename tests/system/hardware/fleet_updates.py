"""In a virtual Pi: a box that makes a call after its start, and then is given one version of settings after the other.

    python -m tests.system.hardware.fleet_updates FOLDER

FOLDER outlives the guest, and holds the fleet's settings. Prints a JSON line when the call has been made, and one for each
version that was published, tried or accepted; until the power is cut.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.signed_settings import FleetKey
from tests.system.hardware.box import BotProcess, WiredBox

TOPIC = "callbox-fleet/settings"
PATIENCE_S = 120


def volume_of(version: int) -> int:
    """The volume that this version sets, by which its settings are seen to be in force; 0: that of the box's own."""
    return 20 + version % 60 if version else 10


def say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)


def main(kept: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="box-"))
    (folder / "fleet").mkdir()
    subprocess.run(["mount", "--bind", kept, folder / "fleet"], check=True)
    key = FleetKey(folder)  # of this boot; what is kept was verified when it came
    settings: dict[str, Any] = {
        "device": {"id": "pi"},
        "fleet": {"public_key": str(key.public), "topic": TOPIC, "healthy_for_s": 5, "check_bot": False},
        "speaker": {"device": "hw:CARD=Loopback,DEV=1", "volume_percent": volume_of(0)},
    }
    with BotProcess() as bot, Mosquitto(folder) as broker, Listener(broker.port) as listener:
        box = WiredBox(folder, bot.url, broker.port, **settings)
        box.topic = "callbox/pi"
        with box:
            state = box.until(lambda state: state["rollout"], PATIENCE_S)
            box.button.press()
            box.until("ready", PATIENCE_S)
            box.hang_up()
            say(event="call", version=state["settings_version"] or 0, volume=state["volume"], rollout=state["rollout"])
            record = kept / "rollout.json"
            version = json.loads(record.read_text())["highest"] if record.exists() else 0
            while True:
                version += 1
                say(event="published", version=version)
                body = f"speaker: {{volume_percent: {volume_of(version)}}}\n"
                listener.publish(TOPIC, key.sign(version, body), retain=True)
                for rollout in ("trial", "accepted"):
                    wanted = {"settings_version": version, "rollout": rollout}
                    box.until(lambda state, wanted=wanted: wanted.items() <= state.items(), PATIENCE_S)  # type: ignore[misc]
                    say(event=rollout, version=version)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
