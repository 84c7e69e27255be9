from dataclasses import replace

from callbox.audio.codec_presets import BOARD_PRESETS, OpusConfig, preset_for
from callbox.audio.stats import AudioSnapshot, format_stats, stats_between
from callbox.rtvi.media import NetworkReport

QUIET = AudioSnapshot(
    mic_dbfs=-96.0,
    speaker_dbfs=-96.0,
    packets_received=100,
    packets_lost=4,
    sound_ms=2000.0,
    concealed_ms=80.0,
    jitter_ms=3.21,
    lag_ms=12.34,
    overruns=0,
    underruns=0,
    echo_delay_ms=None,
    network=None,
)


def test_a_second_is_what_came_between_two_readings():
    later = replace(QUIET, packets_received=147, packets_lost=7, sound_ms=3000.0, concealed_ms=140.0, mic_dbfs=-20.04)
    now = stats_between(QUIET, later)
    assert (now.loss_in_percent, now.concealed_percent) == (6.0, 6.0)
    assert (now.mic_dbfs, now.jitter_ms, now.lag_ms) == (-20.0, 3.2, 12.3)
    assert (now.loss_out_percent, now.round_trip_ms, now.copies) == (None, None, 0)


def test_what_the_transport_reports_is_included():
    network = NetworkReport(lost_fraction=0.031, round_trip_ms=18.26, copies=1)
    now = stats_between(QUIET, replace(QUIET, network=network))
    assert (now.loss_out_percent, now.round_trip_ms, now.copies) == (3.1, 18.3, 1)
    assert format_stats(now) == (
        "loss 0 % in · 3.1 % out (each packet 2 times) · made up 0 % · jitter 3 ms · lag 12 ms · round trip 18 ms"
    )


def test_counts_that_began_anew_are_no_negative_loss():
    assert stats_between(
        QUIET, replace(QUIET, packets_received=0, packets_lost=0, sound_ms=0, concealed_ms=0)
    ) == stats_between(QUIET, QUIET)


def test_xruns_are_listed_when_there_are_any():
    assert "xruns" not in format_stats(stats_between(QUIET, QUIET))
    assert "xruns 2 in, 3 out" in format_stats(stats_between(QUIET, replace(QUIET, overruns=2, underruns=3)))


def test_the_slower_the_board_the_lower_the_complexity():
    complexities = [preset_for(model + " Rev 1.0").complexity for model, _ in BOARD_PRESETS]
    assert complexities == sorted(complexities)
    assert preset_for("") == preset_for("Some PC") == OpusConfig(complexity=8)
