#!/usr/bin/env bash
# larzmetrics has no page for Prometheus any more when one value is NaN or infinite
#
# Software: larzmetrics 0.1.0 (PyPI), Python 3.11
# Guess:    render() is the Prometheus text format, in which NaN, +Inf and -Inf are valid values, and a line feed of a
#           HELP text is written as \n. A metric with labels has no sample before one of them has a value.
# Seen:     A gauge of NaN raises ValueError, an infinite one OverflowError, from the page with all other metrics. A
#           line feed is written as it is, so the page has a line that isn't one. A counter with labels is 0 without a
#           label, a time series that ends with its first call.
# Output:   7: rendered
#           nan: ValueError
#           inf: OverflowError
#           HELP with a line feed: '# HELP volume of the loudspeaker' and ' in percent'
#           a counter by bot: calls_total 0
# Callbox:  writes its metrics with prometheus_client (docs/fleet.md), which knows these values.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check larzmetrics==0.1.0
"$tmp/venv/bin/python" - <<'PY'
import math
import sys

from larzmetrics import Registry

seen = []
for value in (7, math.nan, math.inf):
    registry = Registry()
    registry.gauge("round_trip_ms").set(value)
    try:
        registry.render()
        seen.append("rendered")
    except (ValueError, OverflowError) as error:
        seen.append(type(error).__name__)
    print(f"{value}: {seen[-1]}")
registry = Registry()
registry.gauge("volume", "of the loudspeaker\n in percent").set(7)
registry.counter("calls_total", labelnames=["bot"])
lines = registry.render().splitlines()
print(f"HELP with a line feed: {lines[0]!r} and {lines[1]!r}")
print("a counter by bot:", lines[-1])
if seen != ["rendered", "ValueError", "OverflowError"] or lines[1] != " in percent" or lines[-1] != "calls_total 0":
    sys.exit("changed: two errors and two wrong lines were expected")
PY
