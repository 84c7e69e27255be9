#!/usr/bin/env bash
# pypcmringbuffer hands out the same samples at each read, and takes twice as many as it may
#
# Software: pypcmringbuffer 0.0.4, numpy 2.2.6
# Guess:    dequeue() takes samples out: in the example of its documentation len() is 4 before dequeue(3) and 1 after
#           it. A queue "of at most 10" is full with 10.
# Seen:     len() stays 4, and the next dequeue(3) returns the first three again; only discard(), which the example
#           hasn't, goes on. Twenty samples fit, after which -10 are left.
# Output:   dequeue(3): [0, 1, 2], len(): 4
#           dequeue(3): [0, 1, 2], len(): 4
#           twenty in a queue of 10: len() 20, left: -10
# Callbox:  has its own queue (firmware/callbox/audio/playout/pcm_queue.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pypcmringbuffer==0.0.4 numpy==2.2.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from pypcmringbuffer import PyPcmRingQueue

queue = PyPcmRingQueue(10)
queue.enqueue([0, 1, 2, 3])
reads = []
for _ in range(2):
    reads.append([int(sample) for sample in queue.dequeue(3)])
    print(f"dequeue(3): {reads[-1]}, len(): {len(queue)}")
full = PyPcmRingQueue(10)
for _ in range(2):
    full.enqueue([0] * 10)
print(f"twenty in a queue of 10: len() {len(full)}, left: {full.remaining_capacity()}")
if reads != [[0, 1, 2], [0, 1, 2]] or len(queue) != 4 or full.remaining_capacity() != -10:
    sys.exit("changed: the same samples were expected again, and -10 left")
PY
