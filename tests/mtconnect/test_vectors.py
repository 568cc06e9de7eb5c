import orjson
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.cells import parse_vector, sample_cell, vector_json
from smelt.mtconnect.vectors import is_vector, lists_json, vectors_json

NUMBERS = st.sampled_from(
    ["1", "-0", "+1.50", ".5", "5.", "1E-005", "1e400", "0.1234567890123456", "12345678901234567.5"]
)


@given(st.lists(st.lists(NUMBERS, min_size=2, max_size=4), max_size=12))
def test_all_at_once_are_what_each_alone_is(found):
    vectors = [" ".join(words) for words in found]
    assert all(map(is_vector, vectors))
    assert vectors_json(vectors) == [vector_json(parse_vector(text)) for text in vectors]


JSON_NUMBERS = st.sampled_from(
    ["1", "-0", "-0.0", "1.50", "1E-05", "0.1234567890123456", "12345678901234567890", "1e99"]
)


@given(st.lists(st.lists(JSON_NUMBERS, min_size=1, max_size=4), max_size=12))
def test_lists_at_once_are_what_each_alone_is(found):
    lists = [f"[{', '.join(numbers)}]" for numbers in found]
    assert lists_json(lists) == [sample_cell(orjson.loads(text)).text for text in lists]


@given(st.text(alphabet="01.-+eE x\n", max_size=9))
def test_what_is_called_a_vector_is_one(text):
    if is_vector(text):
        assert parse_vector(text) is not None
