#!/usr/bin/env bash
# dbus-next can't introspect an object that has a property with a hyphen in its name
#
# Software: dbus-next 0.2.3, dbus-fast 5.2.0 (PyPI)
# Guess:    Names of properties aren't bound to the rules for members: such names "are not recommended", but allowed
#           (D-Bus specification, "org.freedesktop.DBus.Properties"). The power profile of XDG's portals has one,
#           power-saver-enabled.
# Seen:     Node.parse() raises InvalidMemberNameError: introspect() of the whole object fails, and with it the use of
#           its other interfaces. dbus-fast, its continuation, takes the name.
# Output:   dbus_next: InvalidMemberNameError: invalid member name: power-saver-enabled
#           dbus_fast: power-saver-enabled, version
# Callbox:  uses no D-Bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dbus-next==0.2.3 dbus-fast==5.2.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import dbus_fast.introspection
import dbus_next.introspection

XML = """<node><interface name="org.freedesktop.portal.PowerProfileMonitor">
<property name="power-saver-enabled" type="b" access="read"/>
<property name="version" type="u" access="read"/>
</interface></node>"""
seen = []
for library in (dbus_next, dbus_fast):
    try:
        [interface] = library.introspection.Node.parse(XML).interfaces
        seen.append(", ".join(one.name for one in interface.properties))
    except Exception as error:
        seen.append(f"{type(error).__name__}: {error}")
    print(f"{library.__name__}: {seen[-1]}")
if not seen[0].startswith("InvalidMemberNameError") or seen[1] != "power-saver-enabled, version":
    sys.exit("changed: an error of dbus-next was expected")
PY
