"""Text from outside: whatever comes, what goes on can be encoded, is bounded and steers no terminal."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.text import MAX_JSON_DEPTH, MAX_LINE_CHARS, encodable, one_line, parse_json, without

ANY_TEXT = st.text(st.characters(), max_size=300) | st.text(
    st.sampled_from("a\ud800\udfff\0\x1b\n\r\u2028\u202e\u200b\u200d\x85é😀"), max_size=900
)


@given(ANY_TEXT)
def test_encodable_text_can_be_encoded_and_differs_only_where_it_could_not(text: str) -> None:
    safe = encodable(text)
    safe.encode()
    assert len(safe) == len(text)
    assert all(new == old or new == "\ufffd" for new, old in zip(safe, text, strict=True))


@given(ANY_TEXT | st.binary(max_size=900) | st.integers() | st.none())
def test_one_line_is_one_printable_bounded_line(value: object) -> None:
    line = one_line(value)
    line.encode()
    assert len(line) <= MAX_LINE_CHARS
    assert not any(mark in line for mark in "\0\x1b\n\r\x85\u2028\u202e\u200b\ufeff")
    assert one_line(line) == line


def test_of_two_secrets_the_longer_one_is_hidden_first() -> None:
    assert without({"a key": ["Bearer key", 1, None]}, ["key", "Bearer key"]) == {"a (hidden)": ["(hidden)", 1, None]}


def test_one_line_keeps_what_people_write() -> None:
    for text in ("Grüße aus Zürich – 你好 😀", "می‌خواهم", "👨‍👩‍👧"):
        assert one_line(text) == text
    assert one_line("first\r\nsecond\x1b[31m") == "first second [31m"
    assert one_line("x" * 501) == "x" * 499 + "…"
    assert one_line("x" * 500) == "x" * 500


def test_one_line_of_an_object_whose_str_raises() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    assert one_line(Broken()) == "<Broken>"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_valid_json_is_read_as_it_is(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.text() | st.binary())
def test_anything_else_is_a_value_error(data: str | bytes) -> None:
    try:
        value = parse_json(data)
    except ValueError as error:
        sentence = str(error)
    else:
        sentence = json.dumps(value, ensure_ascii=False)
    sentence.encode()


def test_lone_surrogates_become_replacement_characters_in_keys_and_values() -> None:
    assert parse_json('{"\\ud800": ["a\\uDFFFb", "\\ud83d\\ude00"]}') == {"\ufffd": ["a\ufffdb", "😀"]}


def test_a_raw_surrogate_in_a_str_is_replaced_too() -> None:
    assert parse_json('["\ud800"]') == ["\ufffd"]


def test_numbers_that_json_does_not_know_are_none() -> None:
    assert parse_json("[NaN, -Infinity, 1e999, 2.5]") == [None, None, None, 2.5]
    assert not any(isinstance(one, float) and math.isnan(one) for one in parse_json("[NaN]"))


@pytest.mark.parametrize("levels", [MAX_JSON_DEPTH + 1, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_refused_with_the_limit(levels: int, opening: str, closing: str) -> None:
    with pytest.raises(ValueError, match=f"deeper than {MAX_JSON_DEPTH} levels"):
        parse_json(opening * levels + "1" + closing * levels)
    parse_json(opening * MAX_JSON_DEPTH + "1" + closing * MAX_JSON_DEPTH)


def test_many_flat_objects_are_no_depth() -> None:
    assert len(parse_json(json.dumps([{}] * 1000))) == 1000


def test_long_and_broken_texts_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="11 bytes of JSON, at most 10 are read"):
        parse_json("[1,2,3,4,5]", 10)
    with pytest.raises(ValueError, match=r"not UTF-8 \(byte 1\)"):
        parse_json(b'"\xff"')
    with pytest.raises(ValueError, match=r"no JSON: .* at character 1"):
        parse_json("[")
    with pytest.raises(ValueError, match="digits"):
        parse_json("1" * 5000)
