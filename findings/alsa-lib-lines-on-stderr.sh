#!/usr/bin/env bash
# alsa-lib writes to the program's stderr for each PCM that isn't there
#
# Software: alsa-lib 1.2.8-1+b1 (libasound2 of Debian 12), with its own alsa.conf
# Guess:    A program that looks whether a sound card is there opens it: snd_pcm_open() returns -ENODEV or -ENOENT, and
#           that is all. A library tells its caller.
# Seen:     Each try also writes lines to stderr, eight for "sysdefault:CARD=x" alone, with the names of functions and
#           lines of its sources. A program that tries its cards again each second fills the journal; a test that
#           compares stderr fails. snd_lib_error_set_handler() replaces the function that writes them.
# Output:   sysdefault:CARD=x -> ENODEV
#           dmix:CARD=x -> ENODEV
#           lines on stderr: 16, the first: ALSA lib confmisc.c:855:(parse_card) cannot find card 'x'
#           with a handler: 0
# Callbox:  sets such a handler before the first PCM (callbox_device/alsa/libasound.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root libasound2=1.2.8-1+b1 libasound2-data
for package in *.deb; do dpkg-deb -x "$package" root; done
export ALSA_CONFIG_DIR=$tmp/root/usr/share/alsa
cat > try.py <<'PY'
import ctypes
import errno
import sys

alsa = ctypes.CDLL(sys.argv[1])
if "quiet" in sys.argv:
    handler = ctypes.CFUNCTYPE(None)(lambda: None)
    alsa.snd_lib_error_set_handler(handler)
for name in ("sysdefault:CARD=x", "dmix:CARD=x"):
    pcm = ctypes.c_void_p()
    print(name, "->", errno.errorcode[-alsa.snd_pcm_open(ctypes.byref(pcm), name.encode(), 0, 0)])
PY
library=$(echo "$tmp"/root/usr/lib/*-linux-gnu/libasound.so.2)
python3 try.py "$library" 2> told
python3 try.py "$library" quiet 2> quiet > /dev/null
echo "lines on stderr: $(wc -l < told), the first: $(head -n 1 told)"
echo "with a handler: $(wc -l < quiet)"
if [ "$(wc -l < told)" -lt 6 ] || [ -s quiet ]; then
  echo "changed: some lines were expected without a handler, and none with one" >&2
  exit 1
fi
