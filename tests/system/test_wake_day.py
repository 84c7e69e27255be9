"""Hours of speech at a box that listens for a wake word, in a network namespace of its own: no byte leaves."""

import json
import os
import subprocess
import sys

import pytest
from tests.rig.espeak import needs_espeak

HOURS = float(os.environ.get("WAKE_HOURS", "0.25"))
"""24 takes half an hour of processor time."""


@needs_espeak
@pytest.mark.netns
@pytest.mark.slow
@pytest.mark.timeout(3600 * 4)
def test_no_byte_is_on_the_network_while_a_wake_word_is_listened_for(tmp_path):
    command = [sys.executable, "-m", "benchmarks.wake.day", str(tmp_path), "--words", "alexa", "--hours", str(HOURS)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    assert found["hours"] == pytest.approx(HOURS, abs=0.02)
    assert (found["network_bytes"], found["queued_periods"]) == (0, 0)
