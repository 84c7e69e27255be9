#!/usr/bin/env bash
# wifi-qrcode-generator makes a code for another network when the name has a semicolon
#
# Software: wifi-qrcode-generator 1.0.1, read by zxing-cpp 3.1.1
# Guess:    In the text of such a code a backslash stands before each \ ; , " and : of the name and the password (ZXing,
#           "Barcode Contents"), so that a telephone that scans it joins "Cafe; upstairs".
# Seen:     Nothing is put before them: the name ends at the semicolon, the telephone looks for "Cafe".
# Output:   name 'Cafe', password 'coffee12': WIFI:T:WPA;S:Cafe;P:coffee12;H:false;;
#           name 'Cafe; upstairs', password 'to;go"12': WIFI:T:WPA;S:Cafe; upstairs;P:to;go"12;H:false;;
# Callbox:  sets up no Wi-Fi.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wifi-qrcode-generator==1.0.1 zxing-cpp==3.1.1 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy
import zxingcpp
from wifi_qrcode_generator.generator import wifi_qrcode

seen = []
for name, password in (("Cafe", "coffee12"), ("Cafe; upstairs", 'to;go"12')):
    picture = wifi_qrcode(name, False, "WPA", password).make_image().get_image().convert("L")
    [code] = zxingcpp.read_barcodes(numpy.array(picture))
    seen.append(code.text)
    print(f"name {name!r}, password {password!r}: {seen[-1]}")
if seen[1] != 'WIFI:T:WPA;S:Cafe; upstairs;P:to;go"12;H:false;;':
    sys.exit("changed: no backslash was expected")
PY
