"""Numbers with blanks between them, each as it is read alone."""

from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import parse_number
from smelt.mtconnect.number_words import read_numbers

WORDS = st.one_of(st.floats().map(repr), st.integers().map(str), st.text("0123456789+-.eE", min_size=1, max_size=6))


@given(st.lists(st.one_of(WORDS, st.sampled_from(["NaN", "INF", "-Infinity", "1_0", "x"])), min_size=1, max_size=6))
def test_numbers_are_those_of_each_word(words):
    numbers = [parse_number(word) for word in words]
    assert repr(read_numbers(" ".join(words))) == repr(None if None in numbers else numbers)
