#!/usr/bin/env bash
# pyalsaaudio takes and tells a volume in dB where the mixer has none
#
# Software: pyalsaaudio 0.11.0, with ALSA's PulseAudio plugin (libasound2-plugins 1.2.7.1-1) and PulseAudio 16.1 of
#           Debian 12
# Guess:    Mixer.getvolume(units=VOLUME_UNITS_DB) and setvolume() with the same unit raise ALSAAudioError for a control
#           without a dB scale, which PulseAudio's "Master" is: alsa-lib answers with an error to both.
# Seen:     Neither raises. setvolume() changes nothing. getvolume() tells a number that has nothing to do with the
#           volume, 140676271290496 for example, and another in the next process.
# Output:   errors of setvolume() and getvolume() in dB: none
#           volume before 50 %, after setvolume(-6 dB) 50 %
# Callbox:  talks to alsa-lib by itself and looks at each answer (callbox_device/alsa/mixer.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyalsaaudio==0.11.0
apt-get download -qq -o APT::Sandbox::User=root \
  libasound2=1.2.8-1+b1 libasound2-plugins=1.2.7.1-1 pulseaudio=16.1+dfsg1-2+b1 libpulse0=16.1+dfsg1-2+b1 \
  libasyncns0 libflac12 libgomp1 libltdl7 libmp3lame0 libmpg123-0 libnsl2 libogg0 libopus0 liborc-0.4-0 libsndfile1 \
  libsoxr0 libspeexdsp1 libsystemd0 libtdb1 libtirpc3 libvorbis0a libvorbisenc2 libwrap0 libx11-6 libx11-xcb1 libxau6 \
  libxcb1 libxdmcp6
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
modules=$(echo "$tmp"/root/usr/lib/pulse-*/modules)
export LD_LIBRARY_PATH=$libraries:$libraries/pulseaudio:$(echo "$tmp"/root/lib/*-linux-gnu)
export HOME=$tmp PULSE_RUNTIME_PATH=$tmp PULSE_STATE_PATH=$tmp PULSE_SERVER=unix:$tmp/socket
root/usr/bin/pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --dl-search-path="$modules" \
  -L "module-native-protocol-unix socket=$tmp/socket auth-anonymous=1" -L module-null-sink > log 2>&1 &
sleep 3
cat > asound.conf <<CONF
ctl_type.pulse { lib "$libraries/alsa-lib/libasound_module_ctl_pulse.so" }
ctl.house { type pulse }
CONF
ALSA_CONFIG_PATH=$tmp/asound.conf venv/bin/python - <<'PY'
import sys

import alsaaudio

DB = alsaaudio.VOLUME_UNITS_DB
mixer = alsaaudio.Mixer(control="Master", device="house")
mixer.setvolume(50)
before = mixer.getvolume()
refused = []
for call in (lambda: mixer.setvolume(-600, units=DB), lambda: mixer.getvolume(units=DB)):
    try:
        call()
    except alsaaudio.ALSAAudioError as error:
        refused.append(str(error))
after = alsaaudio.Mixer(control="Master", device="house").getvolume()
print("errors of setvolume() and getvolume() in dB:", refused or "none")
print(f"volume before {before[0]} %, after setvolume(-6 dB) {after[0]} %")
if refused or before != after:
    sys.exit("changed: no error and no change were expected")
PY
