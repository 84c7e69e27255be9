#!/usr/bin/env bash
# audio-pcm-resampler makes half as much mu-law as there is sound, and noise of mu-law that it reads
#
# Software: audio-pcm-resampler 0.1.0, numpy 2.2.6, soxr 1.1.0, pydantic 2.14.4 (PyPI), Python 3.11
# Guess:    Between 16 bits and mu-law, both at 8 kHz, its AudioResampler does what audioop's lin2ulaw() and ulaw2lin()
#           do, which it calls: an octet for each sample, and back the same sound but for the rounding of G.711. And
#           write_float_wav() writes the frames of two channels that it is given.
# Seen:     Samples of 16 bits are cut to 8 first, and then taken for 16 again, two for one: a second of a telephone
#           lasts half a second. Decoded ones are multiplied by 258 and overflow. In the WAV file of two channels, all
#           samples of the left one come before those of the right one, so that both play on both sides, one after the
#           other.
# Output:   a second to mu-law: 4000 octets
#           mu-law 16 bits: 15996 is -1675
#           left 0.5, right -0.5: 0.5 0.5 | -0.5 -0.5
# Callbox:  sends Opus and has no mu-law; its sounds are PCM (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check audio-pcm-resampler==0.1.0 numpy==2.2.6 soxr==1.1.0 \
  pydantic==2.14.4
"$tmp/venv/bin/python" -W ignore - "$tmp/two.wav" <<'PY'
import audioop
import sys
from pathlib import Path

import numpy as np
from audio_pcm_resampler.audio_format import PCMFormat, ULAWFormat
from audio_pcm_resampler.audio_resampler import AudioResampler, AudioResamplerConfig
from audio_pcm_resampler.open_wav import write_float_wav

pcm, mu_law = PCMFormat(sample_rate=8000), ULAWFormat()
second = np.full(8000, 16000, np.int16)
coded = AudioResampler(AudioResamplerConfig(input_format=pcm, output_format=mu_law)).process(second)
octets = audioop.lin2ulaw(second.tobytes(), 2)
right = np.frombuffer(audioop.ulaw2lin(octets, 2), np.int16)[0]
decoded = AudioResampler(AudioResamplerConfig(input_format=mu_law, output_format=pcm)).process(octets)[0]
write_float_wav(sys.argv[1], np.array([[0.5, -0.5], [0.5, -0.5]], np.float32), 8000, 2)
frames = np.frombuffer(Path(sys.argv[1]).read_bytes()[44:], np.float32).reshape(-1, 2)
print("a second to mu-law:", len(coded), "octets")
print(f"mu-law 16 bits: {right} is {decoded}")
print("left 0.5, right -0.5:", " | ".join(f"{left} {other}" for left, other in frames))
if len(coded) != 4000 or decoded == right or frames.tolist() != [[0.5, 0.5], [-0.5, -0.5]]:
    sys.exit("changed: 4000 octets, another number and the channels in a row were expected")
PY
