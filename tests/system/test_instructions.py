"""What 20 ms of sound cost in instructions of our own: the same number on every run."""

import pytest
from benchmarks.sound.callgrind import Profile, read_profile
from benchmarks.sound_instructions import GOAL, LIMIT, count

PROFILE = """\
positions: instr
events: Ir

ob=(1) /usr/lib/libffi.so
fn=(1) call
0x10 100
+2 5
+0x900 7
cob=(2) /somewhere/libopus-1.so
cfn=(2) opus_encode
calls=3 0
0x20 730
cfn=(1)
calls=1 0
* 40

ob=(2)
fn=(2)
0x20 600
cfn=(3) opus_inside
calls=9 0
+1 50
cob=(3) /usr/lib/libm.so
cfn=(4) log
calls=2 0
+1 80
fn=(3)
-2 50
*

ob=(3)
fn=(4)
0x1 80
"""


def test_a_profile_is_read_without_counting_twice():
    read = read_profile(PROFILE.splitlines(), "libopus", lambda path: 0x800 if "libffi" in path else 0x8000)
    strayed = 7  # beyond the end of libffi
    assert read == Profile(total=100 + 5 + strayed + 600 + 50 + 80, inside=730 + strayed)


@pytest.mark.valgrind
@pytest.mark.timeout(1800)
def test_our_own_code_stays_under_its_limit():
    counted = count()
    print(f"\nsending {counted.sending:,.0f}, receiving {counted.receiving:,.0f}, goal {GOAL:,}, limit {LIMIT:,}")
    assert counted.encoder > 100_000 < counted.decoder  # libopus did its part
    assert counted.own <= LIMIT
