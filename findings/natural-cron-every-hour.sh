#!/usr/bin/env bash
# natural-cron.js rings each minute for "every hour", each day for "every weekday", and in month 15 for the 15th
#
# Software: @darkeyedevelopers/natural-cron.js 1.1.0 (npm)
# Guess:    It converts "natural English phrases into Cron expressions" of minute, hour, day, month, weekday and year:
#           "every day at 2:55pm" and "every 3rd day at 2:55 am" are its own examples, and "every 5 minutes" is 0/5.
#           What it doesn't understand it refuses.
# Seen:     Words that it doesn't know are passed over, and what hasn't been said is *, which is each minute, also
#           beside hours and days: "every hour" and "every 3 days" ring 60 and 1440 times too often. "Weekday" isn't
#           among its weekdays. An ordinal before "month" is the month, and there are only twelve. Every 90 minutes is
#           0/90, once an hour, and a step of days begins with day 0, which no month has.
# Output:   every 5 minutes: 0/5 * * * ? *
#           every hour: * * * * ? *
#           every weekday at 7:30: 30 7 * * ? *
#           every 15th of the month: * * * 15 ? *
#           every 90 minutes: 0/90 * * * ? *
#           every 3 days: * * 0/3 * ? *
#           every friday the 13th: * * ? * FRI *
# Callbox:  sets alarms by a time of day and weekdays, without cron (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" && npm install --silent --no-audit --no-fund --ignore-scripts @darkeyedevelopers/natural-cron.js@1.1.0
cat > phrases.js <<'JS'
const getCronString = require("@darkeyedevelopers/natural-cron.js");

const expected = {
  "every 5 minutes": "0/5 * * * ? *",
  "every hour": "* * * * ? *",
  "every weekday at 7:30": "30 7 * * ? *",
  "every 15th of the month": "* * * 15 ? *",
  "every 90 minutes": "0/90 * * * ? *",
  "every 3 days": "* * 0/3 * ? *",
  "every friday the 13th": "* * ? * FRI *",
};
let changed = false;
for (const [phrase, line] of Object.entries(expected)) {
  const seen = getCronString(phrase);
  console.log(`${phrase}: ${seen}`);
  changed ||= seen !== line;
}
if (changed) {
  console.error("changed: the lines of the header were expected");
  process.exitCode = 1;
}
JS
node phrases.js
