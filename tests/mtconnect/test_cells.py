import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import (
    UNAVAILABLE_CELL,
    canonical_json,
    condition_cell,
    event_cell,
    number_text,
    parse_number,
    parse_vector,
    sample_cell,
    set_json,
    vector_json,
)
from smelt.mtconnect.digits import short
from smelt.mtconnect.rows import Cell


def test_a_sample_is_a_number_and_no_text():
    assert sample_cell(100.0) == sample_cell(100) == sample_cell("1E2") == Cell(value=100.0)
    assert sample_cell("UNAVAILABLE") == UNAVAILABLE_CELL
    assert math.isnan(sample_cell("NaN").value)
    assert sample_cell("-Infinity") == Cell(value=-math.inf)
    assert sample_cell(None) == Cell()


def test_what_is_no_number_stays_readable():
    assert sample_cell([1.25, -2.5, 0.003]) == sample_cell("1.25 -2.5 3e-3") == Cell(text="[1.25,-2.5,0.003]")
    assert sample_cell("abc") == Cell(text="abc")
    assert sample_cell(True) == Cell(text="true")


def test_an_event_is_text_and_its_number_too_if_it_has_units():
    assert event_cell("0815") == Cell(text="0815")
    assert event_cell("17") == Cell(text="17")
    assert event_cell(17) == event_cell(17.0) == event_cell("17.0", has_units=True) == Cell(value=17.0, text="17")
    assert event_cell(104.5) == event_cell("104.50", has_units=True) == Cell(value=104.5, text="104.5")
    assert event_cell("ACTIVE", has_units=True) == Cell(text="ACTIVE")
    assert event_cell("UNAVAILABLE") == event_cell("UNAVAILABLE", has_units=True) == UNAVAILABLE_CELL
    assert event_cell(None) == event_cell("") == Cell(text="")


def test_a_vector_of_an_event_is_one_if_it_has_units():
    assert event_cell([90.0, 0.0, "NaN"]) == event_cell("90 0 NaN", has_units=True) == Cell(text='[90.0,0.0,"NaN"]')
    assert event_cell("90 0 1") == Cell(text="90 0 1")


def test_numbers_of_sets_count_the_same_however_they_were_sent():
    assert event_cell({"a": 1, "b": 2.5}) == event_cell({"a": "1.0", "b": "2.50"}) == event_cell({"a": 1.0, "b": 2.5})
    assert event_cell({"tool": "0815"}).text == '{"tool":"0815"}'
    for serial in (12345678901234567890, "12345678901234567890"):
        assert event_cell({"serial": serial}).text == '{"serial":"12345678901234567890"}'


def test_what_nests_without_end_raises_nothing():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    assert "nested too deeply" in event_cell(deep).text


def test_sets_are_canonical():
    left = event_cell({"b": 2.5, "a": 1, "gone": {"removed": True}})
    right = event_cell({"gone": {"removed": True}, "a": 1, "b": 2.5})
    assert left == right == Cell(text='{"a":1,"b":2.5,"gone":{"removed":true}}')


@pytest.mark.parametrize("level", ["Fault", "FAULT", "fault"])
def test_levels_are_upper_case(level):
    assert condition_cell(level, "404", "servo") == Cell(None, "servo", "FAULT", "404")


def test_an_empty_message_and_code_are_null():
    assert condition_cell("Normal", "", "") == Cell(level="NORMAL")
    assert condition_cell("Severe", None, None) is None


@pytest.mark.parametrize("text", ["", "1_000", "0x10", "12 mm", "--1", "1e", ".", "NAN", "١"])
def test_texts_that_are_no_numbers(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_their_text(number):
    assert parse_number(repr(number)) == number
    assert float(number_text(number)) == short(number)


@given(st.lists(st.floats(), min_size=2))
def test_vectors_survive(numbers):
    text = vector_json(numbers)
    again = [parse_number(n) if isinstance(n, str) else n for n in orjson.loads(text)]
    assert repr(again) == repr([short(float(n)) for n in numbers])
    assert parse_vector(" ".join(map(repr, [1.0] + [n for n in numbers if math.isfinite(n)] + [2.0]))) is not None


def test_canonical_json_sorts():
    assert canonical_json({"b": [1, 2.0], "a": None}) == '{"a":null,"b":[1,2.0]}'


def test_null_in_a_set_is_a_removed_entry():
    assert set_json({"a": None, "T": {"X": None}}) == '{"T":{"X":{"removed":true}},"a":{"removed":true}}'
