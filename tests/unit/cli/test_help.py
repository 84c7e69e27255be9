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
