"""The official JavaScript client in headless Chromium, as another client.

``python -m benchmarks.sound.chromium OFFER_URL MICROPHONE.wav FOLDER``; ends when its standard input does. Chromium's
microphone is the file, without echo cancelling and gain control; what it plays is taken by WebAudio. Without a sound
card its audio clock is made up and wanders by some 50 ms: of its delay, trust what is greater.
"""

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import correlate

from benchmarks.sound.playout_recorder import tell
from benchmarks.sound.speech import read_samples, write_wav
from callbox_device.model import pcm

DRIVE = Path(__file__).parent / "browser/drive.mjs"
FIND_HZ = 8_000


def main() -> None:
    url, microphone, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    command = ["node", str(DRIVE), url, str(microphone)]
    spoken = subprocess.run(command, stdin=sys.stdin, stdout=subprocess.PIPE, text=True, check=True).stdout
    page = json.loads(spoken.splitlines()[-1])
    received_s = page["at"] - time.time() + time.monotonic()
    for name in ("microphone", "received"):
        write_wav(folder / f"chromium-{name}.wav", base64.b64decode(page[name]))
    tell(
        spoke_s=received_s + late_by_s(read_samples(microphone), read_samples(folder / "chromium-microphone.wav")),
        received=folder / "chromium-received.wav",
        received_s=received_s,
        concealed_percent=concealed_percent(page["inbound"]),
        counters=page["inbound"],
    )


def late_by_s(whole: Any, captured: Any) -> float:
    """When the microphone's file began, after the recording of it did."""
    step = pcm.RATE_HZ // FIND_HZ
    found = correlate(captured[::step], whole[: len(captured)][::step], mode="full")
    return float(int(np.argmax(found)) - (len(whole[: len(captured)][::step]) - 1)) / FIND_HZ


def concealed_percent(inbound: dict[str, Any]) -> float:
    """Samples that Chromium made up for what did not come in time (W3C webrtc-stats, 8.2)."""
    return 100 * float(inbound["concealedSamples"]) / max(1.0, float(inbound["totalSamplesReceived"]))


if __name__ == "__main__":
    main()
