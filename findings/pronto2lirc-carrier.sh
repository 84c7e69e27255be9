#!/usr/bin/env bash
# pronto2lirc leaves out the carrier frequency of Pronto codes, and ends with an error for XML files
#
# Software: lirc 0.10.1-7.2 (Debian 12), Python 3.11
# Guess:    A Pronto code's second word is its carrier: 1000000 / (0x48 * 0.241246) Hz are 57.6 kHz, as many amplifiers have.
#           lircd.conf(5) has "frequency" for it, "defaults to 38000". Its --help: the file may be XML of CCFDecompiler, too.
# Seen:     The file that it writes has no frequency, so lircd sends the code with 38 kHz, though its durations are right.
#           XML is opened as text, which Python's expat doesn't take.
# Output:   durations: 1667 556 834; frequency: none
#           the same code as XML: TypeError
# Callbox:  has no remote control; its buttons are GPIO lines and keys of the kernel's input devices.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root lirc=0.10.1-7.2
dpkg-deb -x lirc_*.deb root
code='0000 0048 0002 0000 0060 0020 0030 0400' # two pairs, sent once: 96 and 32 periods, 48 and 1024
echo "VolumeUp:$code" > amplifier.txt
cat > amplifier.xml <<XML
<?xml version="1.0"?>
<CCF><DEVICE name="Amplifier"><RAWCODE name="VolumeUp" data="$code"/></DEVICE></CCF>
XML
python3 root/usr/bin/pronto2lirc amplifier.txt
durations=$(sed -n '/name VolumeUp/{n;p}' lircd.conf | xargs)
frequency=$(grep -o 'frequency.*' lircd.conf || echo none)
xml=$(python3 root/usr/bin/pronto2lirc amplifier.xml 2>&1 | tail -n 1 | cut -d : -f 1 || true)
echo "durations: $durations; frequency: $frequency"
echo "the same code as XML: $xml"
if [ "$durations|$frequency|$xml" != '1667 556 834|none|TypeError' ]; then
    echo 'changed: no frequency and a TypeError were expected' >&2
    exit 1
fi
