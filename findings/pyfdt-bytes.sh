#!/usr/bin/env bash
# pyfdt writes each byte from 80 on as four bytes in a device tree's source, so a MAC address gets 12 of them
#
# Software: pyfdt 0.3; dtc 1.6.1 (device-tree-compiler 1.6.1-4+b1, Debian 12)
# Guess:    Fdt.to_dts exports the tree "to DTS representation": dtc makes the same tree of it. Bytes stand in
#           brackets with two digits each, and texts are escaped as in C (Devicetree Specification, 6.3).
# Seen:     A byte is unpacked as a signed one and written as "%02x" % (byte & 0xffffffff), so b8 becomes ffffffb8, to
#           dtc four bytes. A quotation mark in a text ends it, a backslash stays single.
# Output:   mac: b8 27 eb 12 34 56 becomes ff ff ff b8 27 ff ff ff eb 12 34 56
#           label: Grün becomes 47 72 ff ff ff c3 ff ff ff bc 6e 00
#           path: a\new becomes a, line feed, ew
#           text: say "on" becomes a syntax error
# Callbox:  reads no device trees; its boards' overlays are loaded by the firmware (docs/boards).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1 libyaml-0-2
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps pyfdt==0.3
venv/bin/python - root/usr/bin <<'PY'
import io
import subprocess
import sys

from pyfdt.pyfdt import FdtBlobParse

PROPERTIES = {
    "mac": ("[b8 27 eb 12 34 56]", "bx"),
    "label": ('"Grün"', "bx"),
    "path": (r'"a\\new"', "s"),
    "text": (r'"say \"on\""', "s"),
}
SEEN = {
    "mac": ("b8 27 eb 12 34 56", "ff ff ff b8 27 ff ff ff eb 12 34 56"),
    "label": ("47 72 c3 bc 6e 00", "47 72 ff ff ff c3 ff ff ff bc 6e 00"),
    "path": ("a\\new", "a\new"),
    "text": ('say "on"', "a syntax error"),
}
SHOWN = {"47 72 c3 bc 6e 00": "Grün", "a\new": "a, line feed, ew"}


def tool(name, *options, data):
    return subprocess.run([f"{sys.argv[1]}/{name}", *options], input=data, capture_output=True)


def compiled(source):
    return tool("dtc", "-q", "-I", "dts", "-O", "dtb", data=source.encode())


def value(blob, name, kind):
    printed = tool("fdtget", "-t", kind, "-", "/", name, data=blob).stdout.decode().removesuffix("\n")
    return " ".join(byte.zfill(2) for byte in printed.split()) if kind == "bx" else printed


seen = {}
for name, (source, kind) in PROPERTIES.items():
    blob = compiled(f"/dts-v1/; / {{ {name} = {source}; }};").stdout
    again = compiled(FdtBlobParse(io.BytesIO(blob)).to_fdt().to_dts())
    if again.returncode:
        after = "a syntax error" if b"syntax error" in again.stderr else again.stderr.decode()
    else:
        after = value(again.stdout, name, kind)
    before = value(blob, name, kind)
    seen[name] = before, after
    print(f"{name}: {SHOWN.get(before, before)} becomes {SHOWN.get(after, after)}")
if seen != SEEN:
    sys.exit(f"changed: {seen}")
PY
