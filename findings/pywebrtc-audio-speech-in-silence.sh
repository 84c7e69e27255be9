#!/usr/bin/env bash
# pywebrtc-audio goes on telling speech while the microphone is muted
#
# Software: pywebrtc-audio 0.2.0, numpy 2.4.6
# Guess:    VoiceDetector's speech_probability falls to 0 in silence, at the latest after some hundred milliseconds: a
#           muted microphone gives nothing but zeros.
# Seen:     Zeros leave it as it was. Muted in the middle of a word it is 0.9 ten seconds later; muted from the
#           beginning it is 0.5, above that of noise. NoiseSuppressor's is the same. The least noise makes it fall.
# Output:   VoiceDetector: in a word 0.92, after 10 s of zeros 0.93, after 2 s of noise 0.01; zeros from the beginning
#             0.50
#           NoiseSuppressor: in a word 0.93, after 10 s of zeros 0.94, after 2 s of noise 0.01; zeros from the beginning
#             0.50
# Callbox:  doesn't use it; the bot finds the ends of speech.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pywebrtc-audio==0.2.0 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import sys

import numpy as np
import pywebrtc_audio

RATE, FRAME = 16000, 160
random = np.random.default_rng(0)
seconds = np.arange(3 * RATE) / RATE
phase = np.cumsum(120 + 20 * np.sin(2 * np.pi * 3 * seconds)) / RATE
vowel = sum(np.sin(2 * np.pi * k * phase) / k * np.exp(-(((k * 120 - 700) / 600) ** 2)) for k in range(1, 30))
syllables = vowel * (np.sin(2 * np.pi * 4 * seconds) > 0)
speech = (syllables * 6000 + random.normal(0, 20, len(seconds))).astype(np.int16)
noise = random.normal(0, 20, 2 * RATE).astype(np.int16)
zeros = np.zeros(10 * RATE, np.int16)


def probabilities(detector, *sounds):
    """Probability of speech after each of these sounds."""
    told = []
    for sound in sounds:
        for begin in range(0, len(sound) - FRAME + 1, FRAME):
            detector.process(sound[begin : begin + FRAME])
        told.append(float(detector.speech_probability))
    return told


changed = False
for name in ("VoiceDetector", "NoiseSuppressor"):
    make = getattr(pywebrtc_audio, name)
    _, word, muted, after = probabilities(make(RATE), noise, speech[:6800], zeros, noise)
    fresh = probabilities(make(RATE), zeros)[0]
    print(f"{name}: in a word {word:.2f}, after 10 s of zeros {muted:.2f}, after 2 s of noise {after:.2f};", end=" ")
    print(f"zeros from the beginning {fresh:.2f}")
    changed |= word < 0.7 or abs(muted - word) > 0.1 or after > 0.3 or abs(fresh - 0.5) > 0.01
if changed:
    sys.exit("changed: the probability of the word was expected to stay during zeros")
PY
