import json

from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.json.values import Ends, find_end

VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), st.binary(max_size=8))
def test_the_end_of_a_value_does_not_depend_on_what_follows(value, behind):
    for text in (json.dumps(value), json.dumps(value, indent=1), json.dumps(json.dumps(value))):
        data = text.encode()
        assert find_end(b" " + data + behind, 1) == 1 + len(data)


def test_a_torn_value_has_no_end():
    for torn in (b'{"a":1', b'{"a":"}', b'"a\\"', b"{" * 1000 + b"}" * 1000):
        assert find_end(torn, 0) is None


def test_a_value_is_looked_for_on_its_line_first():
    data = b'{"a":1\n{"b":2}}'
    ends = Ends()
    assert ends.find(data, 7, len(data), is_first=True) == ({"b": 2}, 14)
    assert ends.find(data, 0, len(data), is_first=True) is None
    assert ends.find(b'{"a":\n1}', 0, 8, is_first=True) == ({"a": 1}, 8)
