#!/usr/bin/env bash
# parse-le-beacon reads the numbers of the beacon of its own example wrong, and its command doesn't start
#
# Software: parse-le-beacon 0.1.0 (PyPI)
# Guess:    An iBeacon has a UUID of 16 octets, then major and minor, two octets each, and the power at 1 m, one octet.
#           The example of its help ends with ab 44 fc e5 c5: major 43844, minor 64741, -59 dBm. The package installs a
#           command that reads it.
# Seen:     Major, minor and power are one octet each, of which the first is the second one of the major: 44, fc and e5,
#           so the power is half of the minor. The only command that is installed is "sample": ModuleNotFoundError.
# Output:   major 44, minor fc, -27 dBm
#           sample: ModuleNotFoundError: No module named 'sample'
# Callbox:  finds no beacons; it uses no Bluetooth LE.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps parse-le-beacon==0.1.0
program=$("$tmp/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/src/parse-le-beacon.py
example=$("$tmp/venv/bin/python" "$program" | sed -n 's/^parse-le-beacon.py //p')
# shellcheck disable=SC2086 # each octet is an argument
found=$("$tmp/venv/bin/python" "$program" $example |
  sed -n 's/^Major: \(.*\)/major \1/p; s/^Minor: \(.*\)/minor \1/p; s/^TX Power: //p' | paste -sd , | sed 's/,/, /g')
command=$("$tmp/venv/bin/sample" 2>&1 | tail -1 || true)
echo "$found"
echo "sample: $command"
if [[ $found != "major 44, minor fc, -27 dBm" || $command != ModuleNotFoundError* ]]; then
  echo "changed: three octets of the major and the minor, and no module were expected"
  exit 1
fi
