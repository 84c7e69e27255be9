from callbox.demo.terminal_demo import BUSY_S, MIN_LIKENESS, verdict


def test_verdict_names_the_limit_and_a_busy_machine():
    assert verdict(MIN_LIKENESS, 5.0) == "the bot's answer was heard"
    failed = verdict(0.3, BUSY_S / 2)
    assert failed.startswith("FAILED: ")
    assert "0.7" in failed
    assert "busy" not in failed
    assert "up to 400 ms late" in verdict(0.3, 0.4)
