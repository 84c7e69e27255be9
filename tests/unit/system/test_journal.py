"""Log lines: one a record, whatever its values hold."""

import logging
import sys

import pytest

from callbox.system.journal import JournalFormatter, LineFormatter


def record(message, *args, exc_info=None):
    return logging.LogRecord("callbox.rtvi", logging.WARNING, __file__, 1, message, args, exc_info)


@pytest.mark.parametrize(
    "text", ["a\n<3>callbox: forged", "a\r\x1b[2Kforged", "a\u2028forged", "a\x85forged", "\ud800 alone", "a\x00b"]
)
def test_no_value_forges_a_line_or_reaches_the_terminal_with_control_characters(text):
    for formatter in (JournalFormatter("%(name)s: %(message)s"), LineFormatter("%(name)s: %(message)s")):
        [line] = formatter.format(record("the bot said %s", text)).splitlines()
        assert line.encode()
        assert line.isprintable()
        assert "callbox.rtvi: the bot said" in line


def test_an_error_s_text_forges_no_record_in_a_traceback():
    try:
        raise ValueError("x\n<3>callbox: forged\x1b[31m")
    except ValueError:
        text = JournalFormatter("%(name)s: %(message)s").format(record("failed", exc_info=sys.exc_info()))
    first, *rest = text.split("\n")
    assert first == "<4>callbox.rtvi: failed"
    assert rest
    assert all(line.startswith("<4>    ") for line in rest)
    assert all(line.isprintable() for line in rest)


def test_a_message_whose_values_do_not_fit_is_logged_all_the_same():
    assert "values don't fit" in LineFormatter("%(message)s").format(record("%d of %d", 1))


def test_a_long_message_is_cut():
    assert len(LineFormatter("%(message)s").format(record("%s", "x" * 100_000))) <= 2000
