"""What the command line says of itself, and of wrong input."""

import re
import shlex

import pytest

from callbox.cli import EXAMPLES, _parser, main


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
        ("simulate --first 1_0", "--first: a whole number from 0 to 999999999 is needed, not '1_0'"),
        ("simulate --first +5", "--first: a whole number from 0 to 999999999 is needed, not '+5'"),
        ("simulate --first \u0665", "--first: a whole number from 0 to 999999999 is needed, not '\u0665'"),
        ("simulate --rate 1_0.5", "--rate: a number of at least 0.001 is needed, not '1_0.5'"),
        ("simulate --seed 1_0", "--seed: a whole number of at least 0 is needed, not '1_0'"),
        ("probe URL --seed +1", "--seed: a whole number of at least 0 is needed, not '+1'"),
        ("watch --port 1_883", "--port: a whole number from 1 to 65535 is needed, not '1_883'"),
        ("watch --port 0", "--port: a whole number from 1 to 65535 is needed, not '0'"),
        ("simulate --port 65536", "--port: a whole number from 1 to 65535 is needed, not '65536'"),
        ("settings sign FILE --key PEM --version 1_0", "--version: a whole number of at least 1 is needed, not '1_0'"),
        (
            "settings sign FILE --key PEM --version 1 --percent +5",
            "--percent: a whole number from 0 to 100 is needed, not '+5'",
        ),
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
        ("simulate --rate 1e-3", "rate", 0.001),
        ("simulate --spread .5", "spread", 0.5),
        ("wake FILE --threshold 1", "threshold", 1.0),
        ("bundle --limit-kib 1" + "0" * 400, "limit_kib", 10**400),
    ],
)
def test_a_number_at_its_limit_is_taken(words, name, value):
    assert getattr(_parser(words.split()[0]).parse_args(words.split()), name) == value


def test_a_sound_that_is_too_long_is_not_read(tmp_path, capsys):
    file = tmp_path / "film.mp3"
    with file.open("wb") as film:
        film.truncate(1 << 40)
    assert main(["announce", "--file", str(file)]) == 64
    assert capsys.readouterr().err == f"{file} is too long: at most 1048576 bytes are sent.\n"
