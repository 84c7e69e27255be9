#!/usr/bin/env bash
# Runs commands one after the other, and prints what each took: seconds, seconds of processor time, the load average before it.
# Exits 1 if one failed; the others run all the same.
#
#   tests/timed.sh 'COMMAND'...
set -uo pipefail
failed=0 table=
TIMEFORMAT='%R %U %S'
exec 3>&1 4>&2
for command in "$@"; do
    load=$(cut -d' ' -f1 /proc/loadavg)
    status=0
    took=$({ time bash -c "$command" >&3 2>&4; } 2>&1) || status=$? failed=1
    read -r seconds user system <<<"$took"
    printf -v table '%s%8.1f %8.1f %6s %6s  %s\n' "$table" "$seconds" "$(awk "BEGIN { print $user + $system }")" "$load" "$status" "$command"
done
printf '%8s %8s %6s %6s  %s\n%s' seconds cpu load status command "$table"
exit $failed
