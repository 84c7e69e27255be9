#!/usr/bin/env bash
# timespan-parser refuses the M of its own documentation, and half an hour of systemd's
#
# Software: timespan-parser 1.2.0 (npm), Node.js 20; compared with systemd 252.39-1~deb12u2 (Debian 12)
# Guess:    It reads time spans "like systemd.time(7)": its documentation repeats the units, M for a month among them,
#           and that spaces may be left out; systemd takes fractions, as 1.5h. What its getString() writes, it reads.
# Seen:     M is refused alone and behind other units, though month is read; so is each fraction. No time at all is the
#           text "", which its parse() refuses.
# Output:   1month: 2630016, systemd: 1month
#           1M: Invalid format for timespan 1M, systemd: 1month
#           1y 2M: Invalid format for timespan 1y 2M, systemd: 1y 2month
#           90min: 5400, systemd: 1h 30min
#           1.5h: Invalid format for timespan 1.5h, systemd: 1h 30min
#           0 s as a text: "", read back: Expected timespan
# Callbox:  its time spans are numbers of seconds in its settings (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" timespan-parser@1.2.0 > "$tmp/npm.log"
version=252.39-1~deb12u2
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root "systemd=$version" "libsystemd-shared=$version" \
  "libsystemd0=$version" libseccomp2 libpam0g libaudit1 libkmod2 libapparmor1 libmount1 libblkid1 libcap2 libcap-ng0 \
  libip4tc2 libzstd1 liblz4-1)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
libraries=("$tmp"/root/usr/lib/*-linux-gnu)
export LIBRARIES="${libraries[0]}/systemd:${libraries[0]}:$tmp/root/lib/${libraries[0]##*/}"
cat > "$tmp/run.cjs" <<'JS'
const { execFileSync } = require('node:child_process')
const timespan = require('timespan-parser')

const read = (text) => {
  try {
    return String(timespan.parse(text))
  } catch (error) {
    return error.message
  }
}
const bySystemd = (text) => execFileSync(`${__dirname}/root/usr/bin/systemd-analyze`, ['timespan', text],
  { env: { LD_LIBRARY_PATH: process.env.LIBRARIES } }).toString().match(/Human: (.*)/)[1]

const seen = ['1month', '1M', '1y 2M', '90min', '1.5h'].map((text) => {
  console.log(`${text}: ${read(text)}, systemd: ${bySystemd(text)}`)
  return read(text)
})
const nothing = timespan.getString(0)
console.log(`0 s as a text: "${nothing}", read back: ${read(nothing)}`)
if (seen.filter((answer) => answer.startsWith('Invalid')).length !== 3 || read(nothing) !== 'Expected timespan') {
  console.error('changed: 1M, 1y 2M, 1.5h and its own 0 were expected to be refused')
  process.exit(1)
}
JS
node "$tmp/run.cjs"
