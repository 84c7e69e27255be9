"""What commands say when something is missing: what, and what to do; with the exit code that `callbox --help` names."""

import pytest

from callbox.cli import main

BOT = "bot: {start_url: http://192.168.1.20:7860/start}\n"


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(BOT)
    return str(file)


@pytest.mark.parametrize("further", [["--set", "mqtt.hots=1"], ["--config", "other.yaml"]])
def test_a_file_that_is_checked_alone_takes_no_further_settings(settings, further, capsys):
    assert main(["check", settings]) == 0
    assert main(["check", settings, *further]) == 64
    assert "FILE is checked alone; leave it out, or --config and --set" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["ring"], ["announce", "Lunch"], ["timers", "add", "5"], ["mqtt", "clean"]])
def test_a_command_that_needs_a_broker_says_which_key_names_it(settings, command, capsys):
    assert main([*command, "--config", settings]) == 78
    assert capsys.readouterr().err == "The settings name no broker: set mqtt.host, or give --set mqtt.host=HOST.\n"


@pytest.mark.parametrize("command", [["wake"], ["announce", "--file"]])
def test_a_file_that_is_not_there_is_named_once(tmp_path, command, capsys):
    file = tmp_path / "none.wav"
    assert main([*command, str(file)]) == 74
    assert capsys.readouterr().err == f"{file}: No such file or directory\n"


def test_a_file_that_is_no_recording_is_named_once(settings, capsys):
    assert main(["wake", settings]) == 74
    assert capsys.readouterr().err == f"{settings} is no WAV file that can be read: file does not start with RIFF id\n"


@pytest.mark.parametrize(("user", "hint"), [(0, ""), (1000, "; as root: sudo callbox timers")])
def test_alarms_that_only_root_can_read_name_the_command_as_root(settings, tmp_path, monkeypatch, capsys, user, hint):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert main(["timers", "--config", settings]) == 69
    message = f"{tmp_path} has no alarms that can be read: unable to open database file{hint}\n"
    assert capsys.readouterr().err.endswith(message)
