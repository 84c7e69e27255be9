#!/usr/bin/env bash
# parse-prometheus-text-format makes one histogram of those of two boxes, and drops its sum and count
#
# Software: parse-prometheus-text-format 1.1.1, prom-client 15.1.3 (npm), Node.js 20
# Guess:    A histogram has one time series of buckets for each set of labels (Prometheus, "Text format details"): two
#           boxes are two entries of metrics, with their labels, buckets, count and sum.
# Seen:     There is one entry, without labels: the buckets are those of the box that comes last, and where the series
#           have labels there are no count and no sum. Gauges keep their labels.
# Output:   gauge: [{"value":"1","labels":{"box":"kitchen"}},{"value":"0","labels":{"box":"hall"}}]
#           histogram: [{"buckets":{"1":"0","+Inf":"3"}}]
#           the kitchen's 1 call and the hall's 3 were observed
# Callbox:  tells counters and gauges only (deploy/grafana/README.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" parse-prometheus-text-format@1.1.1 prom-client@15.1.3 \
  > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const parse = require('parse-prometheus-text-format')
const { Gauge, Histogram, register } = require('prom-client')

const connected = new Gauge({ name: 'connected', help: 'state', labelNames: ['box'] })
connected.set({ box: 'kitchen' }, 1)
connected.set({ box: 'hall' }, 0)
const call = new Histogram({ name: 'call_seconds', help: 'length', labelNames: ['box'], buckets: [1] })
call.observe({ box: 'kitchen' }, 0.5)
for (let number = 0; number < 3; number++) call.observe({ box: 'hall' }, 20)
register.metrics().then((text) => {
  const [gauge, histogram] = (parse.default ?? parse)(text).map(({ metrics }) => JSON.stringify(metrics))
  console.log(`gauge: ${gauge}\nhistogram: ${histogram}`)
  console.log("the kitchen's 1 call and the hall's 3 were observed")
  if (histogram !== '[{"buckets":{"1":"0","+Inf":"3"}}]') {
    console.error('changed: the buckets of the last box alone were expected')
    process.exitCode = 1
  }
})
JS
node "$tmp/run.cjs"
