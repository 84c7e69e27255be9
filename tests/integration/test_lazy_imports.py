"""aiortc without PyAV until something of PyAV is used; each in a process of its own."""

import subprocess
import sys

LATE = """
import sys
from callbox.transports.aiortc_patches import lazy_imports

lazy_imports.import_aiortc()
from aiortc import mediastreams, rtcrtpreceiver, rtcrtpsender
from aiortc.codecs import opus

loaded = [name for name in sys.modules if name.partition(".")[0] == "av"]
assert not loaded, loaded
assert "aiortc" in sys.modules
assert not isinstance(b"payload", rtcrtpsender.Frame)
assert "av" not in sys.modules, "nothing is an instance of what isn't loaded"

encoder = opus.OpusEncoder()
import av

frame = mediastreams.AudioFrame(format="s16", layout="mono", samples=960)
frame.planes[0].update(bytes(frame.planes[0].buffer_size))
frame.sample_rate, frame.pts = 48_000, 0
assert type(frame) is av.AudioFrame
assert isinstance(frame, rtcrtpsender.Frame) and isinstance(frame, rtcrtpsender.AudioFrame)
assert not isinstance(frame, mediastreams.Packet)
assert rtcrtpreceiver.av.FFmpegError is av.FFmpegError
encoder.encode(frame)
frame.pts = 960
payloads, timestamp = encoder.encode(frame)
assert payloads
lazy_imports.import_aiortc()
"""

OTHER_AIORTC = """
import sys
from callbox.transports.aiortc_patches import lazy_imports

lazy_imports.import_aiortc()
assert not [name for name in sys.modules if name.partition(".")[0] in ("aiortc", "av")]
import aiortc

assert aiortc.FRAME.samples == 960
"""


def run(program, *paths):
    code = f"import sys; sys.path[:0] = {list(map(str, paths))!r}\n{program}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_pyav_is_loaded_when_it_is_used():
    run(LATE)


def test_an_aiortc_that_uses_pyav_while_it_is_imported_gets_it(tmp_path):
    (tmp_path / "aiortc.py").write_text("import av\nFRAME = av.AudioFrame(format='s16', layout='mono', samples=960)\n")
    run(OTHER_AIORTC, tmp_path)
