"""Rows of docs/benchmarks/load.md."""

import pytest
from benchmarks.load import row

OUTPUT = "{0} of 50 calls, {1} answers, 0.43 cores of this process\nready: median 12 ms, 95 % 13 ms\nvoice-to-voice: median 840 ms, 95 % 860 ms\n"


def test_a_row_of_calls_that_were_all_answered():
    expected = "| 50 | 12 / 13 ms | 840 / 860 ms | 50 of 50 | 0.43 | 0.34 | 7.5 |\n"
    assert row(50, OUTPUT.format(50, 50), 0.341, 7.51) == expected


@pytest.mark.parametrize("counts", [(49, 49), (50, 49)])
def test_no_row_if_one_call_was_not_made_or_not_answered(counts):
    with pytest.raises(ValueError, match="50 calls"):
        row(50, OUTPUT.format(*counts), 0.3, 7.5)
