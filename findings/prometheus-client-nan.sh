#!/usr/bin/env bash
# One NaN ends the sum of a prometheus_client histogram for good, and isn't counted
#
# Software: prometheus_client 0.26.0
# Guess:    A histogram takes any float. NaN, as of a level or a score that couldn't be measured, is counted with the
#           others in the bucket +Inf, which has all observations, or is left out as a whole.
# Seen:     The sum is NaN from then on, until the process ends, and so is each mean that is made of it. The count
#           doesn't have it, nor any bucket, +Inf included: nothing tells how many there were.
# Output:   after 3.5: count 1, bucket +Inf 1, sum 3.5
#           after nan: count 1, bucket +Inf 1, sum nan
#           after 4.5: count 2, bucket +Inf 2, sum nan
# Callbox:  makes no histograms.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check prometheus-client==0.26.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import math
import sys

from prometheus_client import CollectorRegistry, Histogram

registry, seen = CollectorRegistry(), []
score = Histogram("score", "Speech quality", buckets=(1, 2, 3, 4, 5), registry=registry)
for value in (3.5, math.nan, 4.5):
    score.observe(value)
    count, top = registry.get_sample_value("score_count"), registry.get_sample_value("score_bucket", {"le": "+Inf"})
    seen.append((count, top, registry.get_sample_value("score_sum")))
    print(f"after {value}: count {count:.0f}, bucket +Inf {top:.0f}, sum {seen[-1][2]}")
if [row[:2] for row in seen] != [(1, 1), (1, 1), (2, 2)] or not math.isnan(seen[-1][2]):
    sys.exit("changed: a sum of NaN and two observations were expected")
PY
