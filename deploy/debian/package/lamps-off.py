#!/usr/bin/python3 -I
"""Turns off the lamps of a box that has ended: callbox.service's ExecStopPost=."""

import sys

sys.path.insert(0, "/usr/lib/callbox")  # not as `callbox` does it: only small modules of ours are loaded

from callbox_device.lamps_off import main

sys.exit(main())
