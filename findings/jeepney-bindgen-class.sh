#!/usr/bin/env bash
# jeepney writes bindings that Python can't read when an argument is named class
#
# Software: jeepney 0.9.0
# Guess:    jeepney.bindgen writes a module for each interface that introspection tells: of login1's CreateSession,
#           whose fifth argument is class, as well.
# Seen:     The argument's name is taken as it is, and importing the module raises SyntaxError; with it are lost the
#           other methods of the object. A method Import is written without trouble.
# Output:   def CreateSession(self, service, type, class, desktop):
#           SyntaxError: invalid syntax
# Callbox:  uses no D-Bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check jeepney==0.9.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import sys

from jeepney.bindgen import code_from_xml

XML = """<node><interface name="org.freedesktop.login1.Manager"><method name="CreateSession">
<arg name="service" type="s" direction="in"/><arg name="type" type="s" direction="in"/>
<arg name="class" type="s" direction="in"/><arg name="desktop" type="s" direction="in"/>
</method></interface></node>"""
module = io.StringIO()
code_from_xml(XML, "/org/freedesktop/login1", "org.freedesktop.login1", module)
print(next(line.strip() for line in module.getvalue().splitlines() if "def CreateSession" in line))
try:
    compile(module.getvalue(), "login1.py", "exec")
except SyntaxError as error:
    print(f"SyntaxError: {error.msg}")
else:
    sys.exit("changed: a SyntaxError was expected")
PY
