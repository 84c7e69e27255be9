"""Quiet hours in a settings file."""

import pytest

from callbox.config import SettingsError, load

BOT = "bot: {start_url: http://b/start}\n"


def loaded(tmp_path, text):
    file = tmp_path / "callbox.yaml"
    file.write_text(BOT + text)
    return load(file).settings


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ('"22:00"', '"07:00"', ("22:00", "07:00")),
        ("22:00", "07:00", ("22:00", "07:00")),  # without quotes YAML 1.1 reads the first as a number to the base 60
        ("9:05", "23:59", ("09:05", "23:59")),
        ("0:00", "12:30", ("00:00", "12:30")),
    ],
)
def test_a_time_of_day_with_and_without_quotes(tmp_path, start, end, expected):
    hours = loaded(tmp_path, f"quiet_hours: {{start: {start}, end: {end}}}\n").quiet_hours
    assert (hours.start, hours.end) == expected


@pytest.mark.parametrize("value", ["24:00", "25:00", "22:60", "22", "2200", '"22"', "10pm", "null", "true", "[]", '""'])
def test_what_is_no_time_of_day_is_an_error_with_its_place(tmp_path, value):
    with pytest.raises(SettingsError, match=r"callbox.yaml:2:\d+: quiet_hours.end: ") as refused:
        loaded(tmp_path, f"quiet_hours: {{start: 22:00, end: {value}}}\n")
    assert "a time of day from 00:00 to 23:59, such as 22:00" in str(refused.value)


def test_hours_that_end_when_they_begin_are_an_error(tmp_path):
    with pytest.raises(SettingsError, match=r"callbox.yaml:2:\d+: quiet_hours.end: is 22:00, as is quiet_hours.start"):
        loaded(tmp_path, "quiet_hours: {start: '22:00', end: '22:00'}\n")


@pytest.mark.parametrize("speaker", ["", "speaker: {volume_percent: null}\n"])
def test_a_limit_needs_a_volume_to_return_to(tmp_path, speaker):
    with pytest.raises(SettingsError, match=r"quiet_hours.max_volume_percent: needs speaker.volume_percent"):
        loaded(tmp_path, f"{speaker}quiet_hours: {{start: '22:00', end: '07:00', max_volume_percent: 30}}\n")
    loaded(
        tmp_path,
        "speaker: {volume_percent: 60}\nquiet_hours: {start: '22:00', end: '07:00', max_volume_percent: 30}\n",
    )
