"""All that `callbox run` and `watch --metrics` import, imported: for the process that boxes are forked from (`tests.rig.forked`)."""

import gc
import os
from importlib import import_module

gc.disable()
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `callbox run` sets it: what is forked has no other threads
for _name in (
    "callbox.app.run",
    "callbox.app.flight_recorder",
    "callbox.app.reload",
    "callbox.doctor.remote_jobs",
    "callbox.fleet.monitor.exporter",
    "callbox.panel.panel",
    "callbox.transports.small_webrtc",
    "numpy",
):
    import_module(_name)
import_module("callbox.app.compose").preimport()
gc.freeze()
