"""What the command line says of itself, and of wrong input."""

import re
import shlex

import pytest

from callbox.cli import EXAMPLES, _parser, main
from callbox.fleet.broker_options import BrokerTargetError, broker_target


def test_without_arguments_the_commands_are_listed(capsys):
    assert main([]) == 64
    printed = capsys.readouterr().err
    assert all(re.search(rf"^    {name} ", printed, re.MULTILINE) for name in EXAMPLES)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("chek", "there is no command 'chek'; did you mean check?"),
        ("Doctor", "there is no command 'Doctor'; did you mean doctor?"),
        ("_import", "there is no command '_import'; did you mean import?"),
        ("\x1b[31m", "there is no command '[31m'; `callbox --help` lists them"),
        ("", "there is no command ''; `callbox --help` lists them"),
    ],
)
def test_a_mistyped_command_is_answered_with_the_nearest(word, hint, capsys):
    with pytest.raises(SystemExit) as ended:
        main([word])
    assert ended.value.code == 64
    assert capsys.readouterr().err.splitlines()[-1] == f"callbox: {hint}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_has_a_description_and_examples(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    printed = capsys.readouterr().out
    usage, _, rest = printed.partition("\n\n")
    assert usage.startswith(f"usage: callbox {name}")
    assert rest[0].isupper()
    assert "\nexamples:\n" in rest


@pytest.mark.parametrize("example", [example for examples in EXAMPLES.values() for example in examples])
def test_examples_are_right_command_lines(example):
    words = shlex.split(example.removeprefix("sudo ").partition(" | ")[0])
    assert words[0] == "callbox"
    assert _parser(words[1]).parse_args(words[1:])


def test_every_command_has_examples():
    choices = next(action.choices for action in _parser()._actions if action.dest == "help" or action.choices)
    assert choices is None or set(choices) == set(EXAMPLES)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("FOO", "`callbox doctor --list` lists them all."),
        ("\x1b[31m", "`callbox doctor --list` lists them all."),
        ("gpio-no-chp", "Do you mean GPIO-NO-CHIP?"),
        ("bot-slo", "Do you mean BOT-SLOW?"),
    ],
)
def test_explain_names_a_code_only_if_it_is_near(code, hint, capsys):
    assert main(["explain", code]) == 64
    printed = capsys.readouterr().err
    assert printed.endswith(f"{hint}\n")
    assert "\x1b" not in printed


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("doctor --press-s abc", "--press-s: a number from 0.1 to 600 is needed, not 'abc'"),
        ("doctor --press-s 600.1", "--press-s: a number from 0.1 to 600 is needed, not '600.1'"),
        ("doctor --only ,", "--only: no check is named; there are settings, versions, user"),
        ("simulate --fleet 1.5", "--fleet: a whole number from 1 to 1000000 is needed, not '1.5'"),
        ("simulate --rate inf", "--rate: a number of at least 0.001 is needed, not 'inf'"),
        ("simulate --spread -1", "--spread: a number of at least 0 is needed, not '-1'"),
        ("probe URL --max-ready-ms nan", "--max-ready-ms: a number of at least 0 is needed, not 'nan'"),
        ("wake FILE --threshold 7", "--threshold: a number from 0 to 1 is needed, not '7'"),
        ("announce TEXT --volume 101", "--volume: a whole number from 0 to 100 is needed, not '101'"),
        ("bundle --limit-kib -4", "--limit-kib: a whole number of at least 1 is needed, not '-4'"),
    ],
)
def test_a_number_beyond_its_limits_is_answered_with_them(words, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 64
    assert sentence in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("doctor --press-s 600", "press_s", 600.0),
        ("simulate --spread 0", "spread", 0.0),
        ("wake FILE --threshold 1", "threshold", 1.0),
        ("bundle --limit-kib 1" + "0" * 400, "limit_kib", 10**400),
    ],
)
def test_a_number_at_its_limit_is_taken(words, name, value):
    assert getattr(_parser(words.split()[0]).parse_args(words.split()), name) == value


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_there_is_not_is_answered_with_the_limits(port):
    options = _parser("watch").parse_args(["watch", "--host", "127.0.0.1", "--port", str(port)])
    with pytest.raises(BrokerTargetError, match=f"--port {port}: must be from 1 to 65535"):
        broker_target(options)


def test_a_sound_that_is_too_long_is_not_read(tmp_path, capsys):
    file = tmp_path / "film.mp3"
    with file.open("wb") as film:
        film.truncate(1 << 40)
    assert main(["announce", "--file", str(file)]) == 64
    assert capsys.readouterr().err == f"{file} is too long: at most 1048576 bytes are sent.\n"
