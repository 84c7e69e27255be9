#!/usr/bin/env bash
# later rings at noon for "at 12:30 am", on Saturday for a Sunday that is written 7, and on Saturday alone for FRI-SUN
#
# Software: later 1.2.0 (npm)
# Guess:    It makes schedules of English text, in which half past midnight is 12:30 am, and of lines of cron, in which
#           Sunday is 0 or 7 (crontab(5)): 5-7 is Friday to Sunday.
# Seen:     "am" is left as it is and "pm" adds twelve hours unless it is noon, so that each of 12:00 to 12:59 is at
#           noon. Of the numbers of cron's days 1 is added for its own ones, 1 to 7, and what is more than 7 is 7, which
#           is Saturday. In FRI-SUN the end is before the beginning, so the list of days stays empty, and that is
#           Saturday, too.
# Output:   at 12:30 am: 12:30; at 12:30 pm: 12:30; at 1:30 am: 1:30
#           30 7 * * 0: Sunday; 30 7 * * 7: Saturday
#           30 7 * * 5-7: Friday, Saturday; 30 7 * * FRI-SUN: Saturday
# Callbox:  sets alarms by a time of day and weekdays, without cron (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts later@1.2.0
cat > schedules.js <<'JS'
const later = require("later");

later.date.UTC();
const START = new Date("2026-12-02T12:00:00Z"); // a Wednesday

function time(text) {
  const next = later.schedule(later.parse.text(text)).next(1, START);
  return `${next.getUTCHours()}:${next.getUTCMinutes()}`;
}

// The days of a week on which a line of cron rings.
function days(line) {
  const end = new Date(START.getTime() + 7 * 86_400_000);
  const times = later.schedule(later.parse.cron(line)).next(7, START, end);
  return [].concat(times).map((day) => day.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" })).join(", ");
}

const times = ["at 12:30 am", "at 12:30 pm", "at 1:30 am"].map((text) => `${text}: ${time(text)}`);
console.log(times.join("; "));
const [zero, seven, numbers, names] = ["0", "7", "5-7", "FRI-SUN"].map((part) => `30 7 * * ${part}`).map(
  (line) => `${line}: ${days(line)}`,
);
console.log(`${zero}; ${seven}`);
console.log(`${numbers}; ${names}`);
if (!times[0].endsWith(" 12:30") || !/7: Saturday$/.test(seven) || !/7: Friday, Saturday$/.test(numbers)) {
  console.error("changed: noon, Saturday, and Friday with Saturday were expected");
  process.exitCode = 1;
}
if (!/SUN: Saturday$/.test(names)) {
  console.error("changed: Saturday alone was expected");
  process.exitCode = 1;
}
JS
node schedules.js
