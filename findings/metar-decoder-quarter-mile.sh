#!/usr/bin/env bash
# metar-decoder sees four miles in a fog of less than a quarter mile, and takes the dew point for the coldest of the day
#
# Software: metar-decoder 1.0.2 (PyPI)
# Guess:    It is a "complete decoder" of METAR and has the visibility in statute miles. In the reports of the United
#           States (Federal Meteorological Handbook No. 1, sections 12.6.6 and 12.7.2) 1/2SM is half a mile and M1/4SM
#           less than a quarter, T01221011 are the temperature and the dew point of this hour in tenths, 12.2 and -1.1,
#           and the extremes of 24 hours are 401220089. With a reference date the report of the 30th at 17:50 is
#           yesterday's, when that is 1 December.
# Seen:     A whole number is required before the fraction, so that the denominator is taken for it: half a mile is two,
#           and a quarter four. Of T01221011 the first is told as the maximum of 24 hours and the second as the minimum;
#           401220089 isn't read. The day is put into the reference date's month, which is four weeks ahead.
# Output:   1/2SM: 2.0 miles, 3219 m; M1/4SM: 4.0 miles, 6437 m; 1 1/2SM: 1.5 miles, 2414 m
#           T01221011 401220089: maximum 12.2, minimum -1.1
#           the 30th at 17:50, seen on 1 December: 2026-12-30 17:50:00
# Callbox:  tells no weather.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps metar-decoder==1.0.2
"$tmp/venv/bin/python" - <<'PY'
import sys

from metar_decoder import MetarDecoder


def report(visibility="10SM", day=1, remarks=""):
    """What a report from New York says, seen on 1 December 2026."""
    text = f"KJFK {day:02}1750Z 28008KT {visibility} FG OVC002 12/M01 A3001 RMK AO2 {remarks}"
    return MetarDecoder(text.strip(), ref_date="2026-12-01").to_flat_dict()


miles = {}
for group in ("1/2SM", "M1/4SM", "1 1/2SM"):
    seen = report(group)
    miles[group] = seen["visibility_sm"], seen["visibility_m"]
print("; ".join(f"{group}: {far} miles, {metres} m" for group, (far, metres) in miles.items()))
day = report(remarks="T01221011 401220089")
extremes = day["temp_max_24h_c"], day["temp_min_24h_c"]
print(f"T01221011 401220089: maximum {extremes[0]}, minimum {extremes[1]}")
time = report(day=30)["datetime_utc"]
print(f"the 30th at 17:50, seen on 1 December: {time}")
told = [far for far, _metres in miles.values()]
if (told, extremes, time) != ([2.0, 4.0, 1.5], (12.2, -1.1), "2026-12-30 17:50:00"):
    sys.exit("changed: 2 and 4 miles, 12.2 and -1.1 degrees, and 30 December were expected")
PY
