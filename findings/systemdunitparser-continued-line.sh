#!/usr/bin/env bash
# SystemdUnitParser refuses a unit whose continued line begins in the first column, or has a comment within
#
# Software: systemdunitparser 0.4 (PyPI)
# Guess:    It is "to properly parse systemd unit files". systemd.syntax(7): a backslash at the end of a line joins it to the
#           next line that is no comment; how far that one is indented doesn't matter.
# Seen:     What continues a value is told by its indentation, as in Python's configparser. A command's second line that begins
#           in the first column is an error, and so is one behind a comment, though it is indented. systemd takes both.
# Output:   indented: '/usr/bin/callbox run \\\n--config /etc/callbox/callbox.yaml'
#           first column: ParsingError
#           behind a comment: ParsingError
# Callbox:  reads no unit files; its own unit has no continued lines (deploy/systemd/callbox.service).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check systemdunitparser==0.4
cat > "$tmp/units.py" <<'PY'
import configparser
import sys

from SystemdUnitParser import SystemdUnitParser

BEGIN = "[Service]\nExecStart=/usr/bin/callbox run \\\n"
expected = {
    "indented": ("    --config /etc/callbox/callbox.yaml\n", "'/usr/bin/callbox run \\\\\\n--config /etc/callbox/callbox.yaml'"),
    "first column": ("--config /etc/callbox/callbox.yaml\n", "ParsingError"),
    "behind a comment": ("# where it is set up\n    --config /etc/callbox/callbox.yaml\n", "ParsingError"),
}
changed = False
for name, (rest, line) in expected.items():
    parser = SystemdUnitParser()
    try:
        parser.read_string(BEGIN + rest)
        seen = repr(parser.get("Service", "ExecStart"))
    except configparser.Error as error:
        seen = type(error).__name__
    print(f"{name}: {seen}")
    changed |= seen != line
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/units.py"
