from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

LONG = b',"name":"' + b"n" * 40 + b'"'


def around(inside: bytes) -> bytes:
    """Return a document whose second observation has these bytes within a string, far from the end."""
    plain = an_observation(b"1.0")
    odd = plain[:-1] + b',"name":"' + inside + b'"}'
    return a_document(b",".join([plain, odd, *[plain] * 6]))


@given(st.binary(max_size=40))
def test_any_bytes_within_a_string(inside):
    assert_same(around(inside))


@given(st.text(max_size=40), st.integers(0, 3))
def test_any_text_and_its_ends_cut(text, cut):
    encoded = text.encode("utf-8", "surrogatepass")
    assert_same(around(encoded[: len(encoded) - cut]))


@given(st.text('\\/"bfnrtu0dD8eE{}[]:, \n', max_size=30))
def test_escapes_and_brackets(text):
    assert_same(around(text.encode()))
    plain = an_observation(b"1.0")
    assert_same(a_document(b",".join([plain, plain[:-1] + b',"more":' + text.encode() + b"}", *[plain] * 6])))


def test_deep_values_are_left_to_the_plain_decoder():
    plain = an_observation(b"1.0")
    for depth in (10, 59, 60, 61, 400, 2000):
        deep = plain[:-1] + b',"more":' + b"[" * depth + b"]" * depth + b"}"
        assert_same(a_document(b",".join([deep, *[plain] * 6])))
