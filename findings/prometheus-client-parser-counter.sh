#!/usr/bin/env bash
# prometheus_client's parser renames a counter that doesn't end in _total, so a query finds nothing of it
#
# Software: prometheus-client 0.26.0 (Python)
# Guess:    Its parser of the text format hands out samples by the names that they have: in this format a counter may
#           have any name (Prometheus, "Text-based format"); _total is a rule of OpenMetrics.
# Seen:     The sample box_restarts becomes box_restarts_total; with metrics of the type untyped or gauge the name stays.
#           Who copies metrics of an exporter by this parser, or looks for a sample by its name, loses it.
# Output:   counter: box_restarts_total 3.0
#           untyped: box_restarts 3.0
# Callbox:  its counters end in _total (firmware/callbox/fleet/monitor/exporter.py); it parses none.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check prometheus-client==0.26.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from prometheus_client.parser import text_string_to_metric_families

seen = []
for kind in ("counter", "untyped"):
    [family] = text_string_to_metric_families(f"# TYPE box_restarts {kind}\nbox_restarts 3.0\n")
    [sample] = family.samples
    seen.append(sample.name)
    print(f"{kind}: {sample.name} {sample.value}")
if seen != ["box_restarts_total", "box_restarts"]:
    sys.exit("changed: another name was expected of the counter")
PY
