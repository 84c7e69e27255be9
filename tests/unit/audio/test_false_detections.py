"""Peaks of scores in a room, and the threshold that they propose."""

import pytest

from callbox.audio.capture.model.false_detections import ScorePeaks, detections_at, propose_threshold
from callbox.doctor.model.evaluate.wake import room


def test_each_stretch_above_the_floor_is_one_peak():
    peaks = ScorePeaks()
    for score in (0.0, 0.4, 0.9, 0.5, 0.1, 0.2, 0.31, 0.3, 0.95):
        peaks.add(score)
    assert peaks.peaks == [0.9, 0.31, 0.95]
    assert detections_at(peaks.peaks, 0.85) == 2


@pytest.mark.parametrize(
    ("peaks", "own", "proposed"),
    [
        ([], 0.85, 0.85),
        ([0.5, 0.85], 0.85, 0.85),
        ([0.86], 0.85, 0.9),
        ([0.86, 0.89], 0.85, 0.95),
        ([0.935], 0.85, 0.97),
        ([0.95], 0.85, 0.99),
        ([0.97], 0.85, None),
        ([0.35], 0.3, 0.5),
    ],
)
def test_a_threshold_is_proposed_that_none_reaches(peaks, own, proposed):
    assert propose_threshold(peaks, own) == proposed


def test_findings_name_the_word_how_often_and_what_helps():
    found = room(
        {"alexa": [0.2, 0.91, 0.92], "okay_nabu": [0.98], "hey_jarvis": [0.5]},
        {"alexa": 0.9, "okay_nabu": 0.85, "hey_jarvis": 0.9},
        5.0,
    )
    assert [finding.detail for finding in found] == [
        "alexa: 2 times in 5.0 min; threshold: 0.95 would have none",
        "okay_nabu: once in 5.0 min; no threshold is high enough",
    ]
