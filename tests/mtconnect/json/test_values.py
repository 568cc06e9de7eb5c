import json

from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.json.values import Ends, find_end, parse

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


@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"[", b"]", b'"', b",", b":", b" ", b"\n", b"\\", b"1", b'"a":', b'"b"', b'{"c":', b'{"d":2}']
        ),
        max_size=16,
    ).map(b"".join)
)
def test_a_value_is_what_a_parser_takes_from_its_first_byte(behind):
    for data in (b"{" + behind, b'{"a":' + behind, b'"' + behind):
        taken = (end for end in range(1, len(data) + 1) if parse(data[:end]) is not None)
        end = next(taken, None)
        expected = None if end is None else (parse(data[:end]), end)
        assert Ends().find(data, 0, len(data), is_first=True) == expected


def test_a_torn_record_is_known_by_the_record_behind_it():
    record = b'{"id":"x","attributes":{"name":"n 1","at":"2020-01-01T00:00:00Z"},"list":["a",1,{"b":2}],"value":"1.5"}'
    behind = b"\n" + b"\n".join([record] * 20)
    for end in range(1, len(record)):
        ends = Ends()
        assert ends.find(record[:end] + behind, 0, end + len(behind), is_first=True) is None
        assert ends._torn < 3 * len(record)
