"""What 20 ms of sound cost in instructions of our own: the same number on every run."""

import shutil

import pytest
from benchmarks.sound.callgrind import Profile, read_profile
from benchmarks.sound_instructions import LIMIT, count

PROFILE = """\
events: Ir

ob=(1) /usr/lib/libpython3.so
fn=(1) call
10 100
+2 5
cob=(2) /somewhere/libopus-1.so
cfn=(2) opus_encode
calls=3 0
+1 730
cfn=(1)
calls=1 0
* 40

ob=(2)
fn=(2)
20 600
cfn=(3) opus_inside
calls=9 0
21 50
cob=(3) /usr/lib/libm.so
cfn=(4) log
calls=2 0
22 80
fn=(3)
30 50

ob=(3)
fn=(4)
1 80
"""


def test_a_profile_is_read_without_counting_twice(tmp_path):
    file = tmp_path / "callgrind.out"
    file.write_text(PROFILE)
    assert read_profile(file, "libopus") == Profile(total=100 + 5 + 600 + 50 + 80, inside=730)


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed (apt-get install valgrind)")
@pytest.mark.timeout(600)
def test_our_own_code_stays_under_its_limit():
    counted = count()
    print(
        f"\nsending {counted.sending:,.0f}, receiving {counted.receiving:,.0f}, limit {LIMIT:,} instructions for 20 ms"
    )
    assert counted.encoder > 100_000 < counted.decoder  # libopus did its part
    assert counted.own <= LIMIT
