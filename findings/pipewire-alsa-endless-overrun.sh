#!/usr/bin/env bash
# PipeWire's ALSA plugin tells an overrun at each read once its daemon has ended
#
# Software: pipewire-alsa 0.3.65-3+deb12u1 with alsa-lib 1.2.8-1+b1 (Debian 12), pyalsaaudio 0.11.0
# Guess:    When PipeWire's daemon ends, a PCM of its plugin fails as one of PulseAudio's plugin does with its daemon's
#           end (EIO, ALSAAudioError) or as a card that is unplugged does (ENODEV).
# Seen:     Each read and write answers at once with -EPIPE, which is an overrun or underrun, and snd_pcm_prepare() in
#           between succeeds. pyalsaaudio returns -32, as its documentation says of an overrun, so a loop that reads on
#           neither ends nor waits: hundreds of thousands of reads each second, without a sample.
# Output:   write, with the daemon: 960
#           100 calls of read after its end: {-32}, within a second: True
#           100 calls of write after its end: {-32}, within a second: True
# Callbox:  counts frames, not answers: a card that gives none for a while is opened anew
#           (callbox_device/model/stall.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyalsaaudio==0.11.0
version=0.3.65-3+deb12u1
apt-get download -qq -o APT::Sandbox::User=root libasound2=1.2.8-1+b1 pipewire-bin=$version pipewire-alsa=$version \
  libpipewire-0.3-0=$version libpipewire-0.3-modules=$version libspa-0.2-modules=$version libsystemd0 libglib2.0-0
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$libraries:$(echo "$tmp"/root/lib/*-linux-gnu)
export PIPEWIRE_MODULE_DIR=$libraries/pipewire-0.3 SPA_PLUGIN_DIR=$libraries/spa-0.2
export XDG_RUNTIME_DIR=$tmp XDG_CONFIG_HOME=$tmp XDG_STATE_HOME=$tmp
mkdir pipewire
cat > pipewire/pipewire.conf <<CONF
context.properties = { core.daemon = true core.name = pipewire-0 support.dbus = false }
context.spa-libs = { support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-access }
  { name = libpipewire-module-adapter }
]
CONF
cat > asound.conf <<CONF
pcm_type.pipewire { lib "$libraries/alsa-lib/libasound_module_pcm_pipewire.so" }
pcm.house { type pipewire }
CONF
root/usr/bin/pipewire > log 2>&1 &
daemon=$!
sleep 2
ALSA_CONFIG_PATH=$tmp/asound.conf venv/bin/python - "$daemon" <<'PY'
import errno
import os
import signal
import sys
import time

import alsaaudio

PERIOD, S16_LE = 960, alsaaudio.PCM_FORMAT_S16_LE


def opened(direction):
    return alsaaudio.PCM(
        direction, device="house", rate=48000, channels=1, format=S16_LE, periodsize=PERIOD, periods=4
    )


microphone, speaker = opened(alsaaudio.PCM_CAPTURE), opened(alsaaudio.PCM_PLAYBACK)
print("write, with the daemon:", speaker.write(bytes(2 * PERIOD)))
os.kill(int(sys.argv[1]), signal.SIGTERM)
time.sleep(1)
seen = {}
for name, call in (("read", lambda: microphone.read()[0]), ("write", lambda: speaker.write(bytes(2 * PERIOD)))):
    began_s = time.monotonic()
    results = {call() for _ in range(100)}
    seen[name] = results, time.monotonic() - began_s < 1
    print(f"100 calls of {name} after its end: {results}, within a second: {seen[name][1]}")
if any(result != ({-errno.EPIPE}, True) for result in seen.values()):
    sys.exit("changed: -EPIPE was expected each time, without any waiting")
PY
