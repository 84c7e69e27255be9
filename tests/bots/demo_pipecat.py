"""`make demo BOT=pipecat`: the demo, talking to a real Pipecat server."""

import sys

from callbox.cli import main

sys.path.insert(0, ".")
from tests.rig.pipecat import PipecatServer

print("starting Pipecat (some 10 s) ...", flush=True)
with PipecatServer() as server:
    code = main(["demo", "--bot", server.start_url, *sys.argv[1:]])
sys.exit(code)
