#!/usr/bin/env bash
# bcp-47-match finds Mende of Sierra Leone for who asks for English
#
# Software: bcp-47-match 2.0.3 (npm), Node.js 20
# Guess:    basicFilter() is basic filtering by RFC 4647, as its documentation says: a range matches a tag that is
#           equal, or that begins with it and a hyphen (section 3.3.1). "en" matches en-GB alone of en-GB, men-SL and
#           bas-CM.
# Seen:     It looks for the range and a hyphen anywhere in the tag: "en" is the end of men (Mende), "as" (Assamese)
#           that of bas (Basaa), and "ch" (Chamorro) is the region of Swiss German. extendedFilter() is right.
# Output:   en finds en-GB men-SL; extendedFilter() en-GB
#           as finds as-IN bas-CM; extendedFilter() as-IN
#           ch finds de-CH-1996; extendedFilter() nothing
# Callbox:  compares the languages of its spoken errors as a whole: `en` or `de` (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" bcp-47-match@2.0.3 > "$tmp/npm.log"
cat > "$tmp/run.mjs" <<'JS'
import { basicFilter, extendedFilter } from 'bcp-47-match'

const tags = ['en-GB', 'men-SL', 'as-IN', 'bas-CM', 'de-CH-1996']
const seen = []
for (const range of ['en', 'as', 'ch']) {
  seen.push(basicFilter(tags, range).join(' '))
  console.log(`${range} finds ${seen.at(-1)}; extendedFilter() ${extendedFilter(tags, range).join(' ') || 'nothing'}`)
}
if (seen.join() !== 'en-GB men-SL,as-IN bas-CM,de-CH-1996') {
  console.error('changed: tags that have the range in their midst were expected')
  process.exit(1)
}
JS
node "$tmp/run.mjs"
