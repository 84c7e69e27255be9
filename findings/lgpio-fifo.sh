#!/usr/bin/env bash
# Importing lgpio leaves a FIFO in the working directory
#
# Software: lgpio 0.2.2.0 (its wheel)
# Guess:    `import lgpio` writes no file: no chip is opened yet, and gpiozero imports it just to see whether it is
#           there.
# Seen:     A named pipe .lgd-nfy0 is made in the working directory at the import, and stays there after the program's
#           end. A service in / or in a directory that it may not write to can't import it. The environment variable
#           LG_WD names another directory.
# Output:   in the working directory, after the end: ./.lgd-nfy0
#           in LG_WD: ./.lgd-nfy0
# Callbox:  its service sets LG_WD to its runtime directory (deploy/systemd/callbox.service).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check lgpio==0.2.2.0
mkdir "$tmp/working" "$tmp/named"
cd "$tmp/working"
"$tmp/venv/bin/python" -c 'import lgpio'
LG_WD="$tmp/named" "$tmp/venv/bin/python" -c 'import lgpio'
echo "in the working directory, after the end: $(find . -type p)"
echo "in LG_WD: $(cd "$tmp/named" && find . -type p)"
if [ "$(find . -type p)" != ./.lgd-nfy0 ]; then
  echo "changed: the FIFO .lgd-nfy0 was expected" >&2
  exit 1
fi
