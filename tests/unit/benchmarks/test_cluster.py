"""What is read out of an event of the cluster's measurement."""

import math

import pytest
from benchmarks.cluster.runs import Sample, Seen


@pytest.fixture
def killed():
    """Node 1 goes at 0 and comes back at 20: 4 of 10 boxes lost; one dead box is online at node 2 until 150."""
    samples = [
        Sample(0.5, 6, [None, (4, 3), (0, 3)]),
        Sample(5.0, 9, [None, (0, 2), (0, 0)]),
        Sample(21.0, 10, [(2, 3), (0, 1), (0, 0)]),
        Sample(26.0, 10, [(0, 3), (0, 1), (0, 0)]),
        Sample(150.0, 10, [(0, 0), (0, 0), (0, 0)]),
    ]
    back = [(0.1, 10), (0.2, 6), (1.0, 8), (2.0, 9), (9.0, 10)]
    return Seen("killed", 1, 10, heal_s=20.0, samples=samples, back=back)


def test_boxes_that_come_back(killed):
    assert killed.lost() == 4
    assert [killed.share_s(share) for share in (0.5, 0.75, 1.0)] == [1.0, 2.0, 9.0]


def test_from_when_on_a_table_is_right(killed):
    assert [killed.right_s(node) for node in (1, 2, 3)] == [26.0, 5.0, 0.5]
    assert [killed.without_ghosts_s(node) for node in (1, 2, 3)] == [150.0, 150.0, 5.0]
    killed.samples.append(Sample(151.0, 9, [(0, 0), (1, 0), None]))
    assert math.isnan(killed.right_s(2))
    assert math.isnan(killed.right_s(3))


def test_dead_boxes_that_are_online(killed):
    assert [killed.ghosts(node, 25.0) for node in (1, 2, 3)] == [3, 1, 0]
