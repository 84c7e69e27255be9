#!/usr/bin/env bash
# pydevicetree reads 010 of a device tree as ten, and writes -1 in a way that dtc can't read
#
# Software: pydevicetree 0.0.13; compared with dtc 1.6.1 (device-tree-compiler 1.6.1-4+b1, Debian 12)
# Guess:    Numbers of a device tree's source are those of C: 010 is 8, 'A' is 65; an expression stands in parentheses;
#           a property may have a label; /bits/ 16 sets the width of numbers (Devicetree Specification, Devicetree
#           Source Format). So dtc finds in what it writes what it has read.
# Seen:     010 becomes 10. (-1) is written as <-1>, which is a syntax error. 'A', a label before a property, /bits/ and
#           a quotation mark in a text raise ParseException at the root node.
# Output:   a = <0x10>: 10, dtc: 10 (hexadecimal)
#           a = <010>: a, dtc: 8
#           a = <(-1)>: dtc: syntax error, dtc: ffffffff
#           a = <'A'>: ParseException, dtc: 41
#           l: a = <1>: ParseException, dtc: 1
#           a = /bits/ 16 <0 1>: ParseException, dtc: 1
#           a = "say \"on\"": ParseException, dtc: say "on"
# Callbox:  reads no device trees; its boards' overlays are loaded by the firmware (docs/boards).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1 \
  libyaml-0-2)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pydevicetree==0.0.13
"$tmp/venv/bin/python" -W ignore - "$tmp/root/usr/bin" <<'PY'
import subprocess
import sys

from pydevicetree import Devicetree

NUMBERS = ("a = <0x10>", "a = <010>", "a = <(-1)>", "a = <'A'>", "l: a = <1>", "a = /bits/ 16 <0 1>")
PROPERTIES = (*NUMBERS, 'a = "say \\"on\\""')


def value(source, text):
    """The property a of /led, as dtc reads it from this source."""
    run = [f"{sys.argv[1]}/dtc", "-q", "-I", "dts", "-O", "dtb"]
    result = subprocess.run(run, input=source.encode(), capture_output=True)
    if result.returncode:
        return "dtc: syntax error" if b"syntax error" in result.stderr else result.stderr.decode()
    run = [f"{sys.argv[1]}/fdtget", "-t", "s" if text else "x", "-", "/led", "a"]
    return subprocess.run(run, input=result.stdout, capture_output=True, check=True).stdout.decode().strip()


seen = []
for prop in PROPERTIES:
    text = '"' in prop
    source = f"/dts-v1/;\n/ {{\n  led {{\n    {prop};\n  }};\n}};\n"
    try:
        theirs = value(Devicetree.from_dts(source).to_dts(), text)
    except Exception as error:
        theirs = type(error).__name__
    seen.append(theirs)
    print(f"{prop}: {theirs}, dtc: {value(source, text)}" + " (hexadecimal)" * (prop == PROPERTIES[0]))
if seen != ["10", "a", "dtc: syntax error", *["ParseException"] * 4]:
    sys.exit("changed: 0xa, a syntax error and ParseException were expected")
PY
