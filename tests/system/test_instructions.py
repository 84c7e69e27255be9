"""What 20 ms of sound cost in instructions of our own: the same number on every run."""

import shutil

import pytest
from benchmarks.sound_instructions import LIMIT, count


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed (apt-get install valgrind)")
@pytest.mark.timeout(600)
def test_our_own_code_stays_under_its_limit():
    counted = count()
    print(
        f"\nsending {counted.sending:,.0f}, receiving {counted.receiving:,.0f}, limit {LIMIT:,} instructions for 20 ms"
    )
    assert counted.encoder > 100_000 < counted.decoder  # libopus did its part
    assert counted.own <= LIMIT
