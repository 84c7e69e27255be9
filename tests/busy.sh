#!/usr/bin/env bash
# `make test-busy`, `make test-all-busy`: the tests that pytest's ARGUMENTS choose, RUNS times under nice 19 beside LOOPS busy
# loops at normal priority. Each run has another order and other Hypothesis examples: its seed, FIRST and the numbers after
# it, so that many runs may be made in several sittings. Prints a table; exits 1 if a test failed in any run.
#
#   tests/busy.sh RUNS LOOPS FIRST ARGUMENTS...
set -euo pipefail
cd "$(dirname "$0")/.."
runs=$1 loops=$2 first=$3
shift 3
log=$(mktemp)
busy=
stop() { [ -z "$busy" ] || kill -- "-$busy" 2>/dev/null || true; }
trap 'stop; rm -f "$log"' EXIT

# In one session of their own: where the kernel groups processes by session (sched_autogroup), nice counts within a group
# only, and the tests get half of the machine. Without it they get 1 to 2 % of it, and a run takes hours.
setsid bash -c 'for ((loop = 0; loop < $0; loop++)); do while :; do :; done & done; wait' "$loops" &
busy=$!

failed=0
printf '%-6s %-8s %-28s %s\n' seed seconds result 'failed tests'
for ((seed = first; seed < first + runs; seed++)); do
    begun=$SECONDS
    nice -n 19 .venv/bin/python -m pytest -q -p no:cacheprovider --randomly-seed="$seed" --hypothesis-seed="$seed" \
        "$@" >"$log" 2>&1 || failed=1
    printf '%-6s %-8s %-28s %s\n' "$seed" $((SECONDS - begun)) \
        "$(tail -n 1 "$log" | grep -oE '[0-9]+ (passed|failed|errors?)' | paste -sd, || true)" \
        "$(sed -nE 's/^(FAILED|ERROR) ([^ ]+).*/\2/p' "$log" | paste -sd ' ')"
    if [ -n "${KEEP:-}" ]; then cp "$log" "$KEEP/seed-$seed.log"; fi
done
exit $failed
