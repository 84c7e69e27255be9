#!/usr/bin/env bash
# ical.js makes a weekly event of a yearly one, and the first of March of 29 February
#
# Software: ical.js 2.2.1, Node.js 20
# Guess:    FREQ=YEARLY;BYDAY=20MO is the twentieth Monday of each year, FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO the Monday of
#           each twentieth week (both are examples of RFC 5545, section 3.8.5.3); a yearly event of 29 February is in
#           leap years only, for dates that don't exist are left out (section 3.3.10).
# Seen:     Both come each week. Of the second rule the first date, which is that of the event itself, is missing. The
#           event of 29 February comes on 1 March of all other years.
# Output:   BYDAY=20MO: 1997-05-19 1997-05-26 1997-06-02
#           BYWEEKNO=20;BYDAY=MO: 1997-05-19 1997-05-26 1997-06-02
#           29 February: 2028-02-29 2029-03-01 2030-03-01
# Callbox:  has no calendar files: its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" ical.js@2.2.1 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
async function main () {
  const { default: ICAL } = await import('ical.js')

  function days (rule, start) {
    const times = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(`${start}T09:00:00`))
    return [0, 0, 0].map(() => times.next().toString().slice(0, 10)).join(' ')
  }

  const monday = days('FREQ=YEARLY;BYDAY=20MO', '1997-05-19')
  const week = days('FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1997-05-12')
  const leap = days('FREQ=YEARLY', '2028-02-29')
  console.log('BYDAY=20MO:', monday)
  console.log('BYWEEKNO=20;BYDAY=MO:', week)
  console.log('29 February:', leap)
  if (!monday.includes('1997-05-26') || !week.includes('1997-05-26') || !leap.includes('2029-03-01')) {
    console.error('changed: a date in the next week, and 1 March 2029, were expected')
    process.exit(1)
  }
}

main()
JS
node "$tmp/run.cjs"
