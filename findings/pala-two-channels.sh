#!/usr/bin/env bash
# pala can't be imported, and makes -20.3 LUFS of EBU's -23.0 in stereo, however high the tone is
#
# Software: pala 0.2.0, numpy 2.4.6, scipy 1.17.1, soundfile 0.14.0 (PyPI), Python 3.11
# Guess:    It measures loudness by ITU-R BS.1770-5 (its README): a sine of 1 kHz with -23 dBFS in both channels is
#           -23.0 LUFS, integrated, short-term and momentary, to 0.1 LU (EBU Tech 3341, test 1). A hum of 50 Hz is
#           lower.
# Seen:     Its modules import "utils", which isn't in their package: ModuleNotFoundError. With its folder on the path,
#           one channel is right. In two, the weighting filter runs from one channel to the other rather than along the
#           time, so all tones are equally loud; and only the integrated value adds the channels up, the two others are
#           3 dB lower.
# Output:   import pala.lufs: ModuleNotFoundError
#           1 kHz in one channel: integrated -26.0, short-term -26.0, momentary -26.0
#           50 Hz in one channel: integrated -30.7, short-term -30.7, momentary -30.7
#           1 kHz in both channels: integrated -20.3, short-term -23.3, momentary -23.3
#           50 Hz in both channels: integrated -20.3, short-term -23.3, momentary -23.3
# Callbox:  tells a level as AC power in dBFS, no LUFS (device/callbox_device/model/sample_format.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pala==0.2.0 numpy==2.4.6 scipy==1.17.1 soundfile==0.14.0
"$tmp/venv/bin/python" - "$tmp" <<'PY'
import contextlib
import importlib
import io
import sys

import numpy
import pala
import soundfile

try:
    importlib.import_module("pala.lufs")
    answer = "imported"
except ModuleNotFoundError as error:
    answer = type(error).__name__
print("import pala.lufs:", answer)
sys.path.extend(pala.__path__)
lufs = importlib.import_module("lufs")
seconds = numpy.arange(10 * 48000) / 48000
seen = []
for channels, label in ((1, "one channel"), (2, "both channels")):
    for name, hz in (("1 kHz", 1000), ("50 Hz", 50)):
        tone = 10 ** (-23 / 20) * numpy.sin(2 * numpy.pi * hz * seconds)
        soundfile.write(f"{sys.argv[1]}/tone.wav", numpy.stack([tone] * channels, 1), 48000, subtype="FLOAT")
        with contextlib.redirect_stdout(io.StringIO()):
            found = lufs.analyze_audio(f"{sys.argv[1]}/tone.wav")
        seen.append([round(float(found[f"lufs_{kind}"]), 1) for kind in ("integrated", "short_term", "momentary")])
        print("{} in {}: integrated {}, short-term {}, momentary {}".format(name, label, *seen[-1]))
if answer == "imported" or seen[2:] != [[-20.3, -23.3, -23.3]] * 2 or seen[0][0] != -26.0:
    sys.exit("changed: stereo without a weighting was expected")
PY
