#!/usr/bin/env bash
# @musement/iso-duration makes nothing of half an hour with a comma, and a week of a week and two days
#
# Software: @musement/iso-duration 1.0.0 (npm)
# Guess:    It reads durations of ISO 8601, where a fraction is written "with either a comma or a full stop", as the
#           page says that its documentation names, and takes objects of seven units. Its examples are P8DT30M and, for
#           what parse(), toString() and humanize() give, P8T30M.
# Seen:     Its pattern allows the comma, and parseFloat() reads up to it: PT0,5H is zero hours, and PT1,5H one. Beside
#           weeks all other units of an object are dropped without a word. P8T30M is refused, rightly, as 8 has no unit.
# Output:   PT0.5H: hours 0.5, PT0.5H; PT0,5H: hours 0, P0D; PT1,5H: hours 1, PT1H
#           {"weeks":1,"days":2}: 1 week; {"days":9}: 9 days
#           P8T30M: Invalid duration string
# Callbox:  takes no durations as text from others: timers are seconds, alarms times of day (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts @musement/iso-duration@1.0.0
cat > durations.js <<'JS'
const { isoDuration, en } = require("@musement/iso-duration");

isoDuration.setLocales({ en });
const hours = ["PT0.5H", "PT0,5H", "PT1,5H"].map((text) => {
  const duration = isoDuration(text);
  return `${text}: hours ${duration.parse().hours}, ${duration}`;
});
console.log(hours.join("; "));
const days = [{ weeks: 1, days: 2 }, { days: 9 }].map((units) => {
  return `${JSON.stringify(units)}: ${isoDuration(units).humanize("en")}`;
});
console.log(days.join("; "));
let refusal;
try {
  isoDuration("P8T30M").parse();
} catch (error) {
  refusal = error.message;
}
console.log(`P8T30M: ${refusal}`);
const [, half, one] = hours;
if (!half.endsWith("hours 0, P0D") || !one.endsWith("hours 1, PT1H") || !days[0].endsWith("1 week") || !refusal) {
  console.error("changed: no hours, one hour, one week and a refusal were expected");
  process.exitCode = 1;
}
JS
node durations.js
