"""Numbers, stamps and words on bytes against Python's own; in doubt they refuse."""

# ruff: noqa: PLW0108 - compiled code alone can call a part

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from tests.mtconnect.xml_scanner.held import held

from smelt.mtconnect.event_time import parse_event_time
from smelt.mtconnect.xml_scanner import values as v

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_US, LAST_US = ((datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) for year in (1900, 9999))
WORDS = (b"a", b"Samples", b"MTConnectStreams", b"Streams", b"Sample5", b"12345678")
AMONG = v.words(*WORDS)
LOWER = v.words(*(word.lower() for word in WORDS))

which_word = njit(lambda at, end, among: v.which_word(at, end, among))
which_lower_word = njit(lambda at, end, among: v.which_lower_word(at, end, among))
is_same = njit(lambda one, other, length: v.is_same(one, other, length))
digits_at = njit(lambda at, count: v.digits_at(at, count))
parse_time = njit(lambda at, end: v.parse_time(at, end))
parse_number = njit(lambda at, end: v.parse_number(at, end))


def number_of(text: str) -> float:
    one = held(text.encode())
    return float(parse_number(one.at, one.end))


def time_of(text: str) -> int:
    one = held(text.encode())
    return int(parse_time(one.at, one.end))


@given(st.one_of(st.sampled_from(WORDS), st.binary(max_size=17)))
def test_a_word_is_found_among_some_as_a_whole(text):
    one = held(text)
    assert which_word(one.at, one.end, AMONG) == (WORDS.index(text) if text in WORDS else -1)


@given(st.one_of(st.sampled_from(WORDS).map(bytes.decode), st.text("aAmMpPsSlLeE", max_size=16)), st.randoms())
def test_letters_of_any_case_are_the_word(text, rng):
    mixed = "".join(rng.choice((letter.lower(), letter.upper())) for letter in text)
    one, lower = held(mixed.encode()), [word.lower().decode() for word in WORDS]
    assert which_lower_word(one.at, one.end, LOWER) == (lower.index(text.lower()) if text.lower() in lower else -1)


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_bytes_are_the_same_or_not(one, other):
    length = min(len(one), len(other))
    first, second = held(one), held(other)
    assert is_same(first.at, second.at, length) == (one[:length] == other[:length])


@given(st.text("0123456789", max_size=18), st.text("0123456789x", max_size=6))
def test_digits_make_a_number_and_anything_else_none(digits, mixed):
    one, other = held(digits.encode()), held(mixed.encode())
    assert digits_at(one.at, len(digits)) == int(digits or "0")
    assert digits_at(other.at, len(mixed)) == (-1 if "x" in mixed else int(mixed or "0"))


@given(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
        st.from_regex(r"[+-]?[0-9]{0,6}\.?[0-9]{0,6}([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    )
)
def test_a_number_is_exactly_pythons_or_refused(text):
    found = number_of(text)
    assert math.isnan(found) or (found == float(text) and math.copysign(1, found) == math.copysign(1, float(text)))


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 8))
def test_up_to_15_digits_are_never_refused(digits, places):
    text = f"{digits / 10**places:.{places}f}" if abs(digits) < 10**12 else str(digits)
    assert number_of(text) == float(text)


@pytest.mark.parametrize("text", ["", "-", ".", "1e", "1e+", "nan", "INF", "1 2", "0x1", "1_0", "1234567890123456"])
def test_what_is_no_plain_number_is_refused(text):
    assert math.isnan(number_of(text))


@given(st.integers(FIRST_US, LAST_US), st.integers(0, 6), st.sampled_from(["Z", ""]))
def test_a_stamp_is_its_microseconds(time_us, places, zone):
    moment = EPOCH + timedelta(microseconds=time_us)
    fraction = f"{moment.microsecond:06}"[:places]
    text = f"{moment:%Y-%m-%dT%H:%M:%S}" + ("." + fraction if places else "") + zone
    assert time_of(text) == time_us - moment.microsecond + int(fraction.ljust(6, "0"))


def test_digits_beyond_microseconds_are_cut_and_a_leap_second_is_the_next_minute():
    assert time_of("1970-01-01T00:00:00.1234569Z") == 123_456
    assert time_of("1970-01-01T00:00:60Z") == 60_000_000


@pytest.mark.parametrize(
    "text",
    [
        *("", "2020", "2019-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2020-13-01T00:00:00Z", "1899-12-31T00:00:00Z"),
        *("2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+01:0x"),
        *("2020-01-01 00:00:00Z", "2020-01-01T00:00:00.12x4Z", "2020-01-01T00:00:00.123456789012345678Z"),
    ],
)
def test_a_stamp_of_another_form_is_refused(text):
    assert time_of(text) == v.NO_TIME


def test_rows_of_words_tell_length_first_and_last_bytes():
    assert v.words(b"ab", b"12345678")[:, 0].tolist() == [2, 8]
    assert v.words(b"ab").tolist() == [[2, 0x6261, 0x6261]]
    assert len({tuple(row) for row in AMONG.tolist()}) == len(WORDS) and AMONG.dtype == np.int64


@given(
    st.from_regex(
        r"(1900|2026|9998|9999)-(01|02|12|13)-(01|28|31)T(00|23|24):[05]9:(00|60)(\.[0-9]{0,18})?(Z|[+-][0-9]{2}:?[0-9x]{2})?",
        fullmatch=True,
    )
)
def test_a_stamp_with_any_zone_and_decimals_is_what_the_plain_reader_makes_of_it_or_refused(text):
    assert time_of(text) in (v.NO_TIME, parse_event_time(text))


@pytest.mark.parametrize("zone", ["+01:00", "-0530", "+00:00", "-12:59"])
def test_a_zone_is_read(zone):
    for text in ("2026-09-02T14:16:00" + zone, "2026-09-02T14:16:00.123456789012" + zone):
        assert time_of(text) == parse_event_time(text)
