#!/usr/bin/env bash
# cronstrue and cron-descriptor say "every 45 minutes" of what rings after 45 and after 15 minutes
#
# Software: cronstrue 3.39.0 (npm), cron-descriptor 2.2.1 (PyPI), croner 10.0.1 (npm) for the times
# Guess:    */45 is the minutes 0 and 45 of each hour: a step goes through the field's range (crontab(5)). A description
#           for people tells these two, or that it begins anew with each hour.
# Seen:     Both say "Every 45 minutes", as of */20, which is true of steps that divide 60 only: who asks a page for a
#           reminder at that interval is shown that this is one.
# Output:   */20: Every 20 minutes / Every 20 minutes; rings at 0:20 0:40 1:00 1:20
#           */45: Every 45 minutes / Every 45 minutes; rings at 0:45 1:00 1:45 2:00
# Callbox:  has no cron lines; its alarms are a time of day and weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" cronstrue@3.39.0 croner@10.0.1 > "$tmp/npm.log"
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check cron-descriptor==2.2.1
cat > "$tmp/run.cjs" <<'JS'
const { execFileSync } = require('node:child_process')
const cronstrue = require('cronstrue')
const { Cron } = require('croner')

const DESCRIBE = 'import sys, cron_descriptor; print(cron_descriptor.get_description(sys.argv[1]))'
let changed = false
for (const step of [20, 45]) {
  const line = `*/${step} * * * *`
  const texts = [cronstrue.toString(line)]
  texts.push(execFileSync(process.argv[2], ['-c', DESCRIBE, line], { encoding: 'utf8' }).trim())
  const next = new Cron(line, { timezone: 'UTC' }).nextRuns(4, new Date('2027-03-10T00:00:01Z'))
  const times = next.map((time) => time.toISOString().slice(12, 16))
  console.log(`*/${step}: ${texts.join(' / ')}; rings at ${times.join(' ')}`)
  changed ||= texts.some((text) => text !== `Every ${step} minutes`)
  changed ||= step === 45 && times.join() !== '0:45,1:00,1:45,2:00'
}
if (changed) {
  console.error('changed: every 45 minutes was expected of both')
  process.exit(1)
}
JS
node "$tmp/run.cjs" "$tmp/venv/bin/python"
