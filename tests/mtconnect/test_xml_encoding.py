import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.xml_encoding import utf16_of


@given(st.text(alphabet="aü🛠\n", max_size=20), st.integers(0, 30), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_every_character_knows_its_place_in_the_file(text, at, codec):
    whole = "<a>" + text
    wide = utf16_of(whole.encode(codec))
    assert wide is not None and wide.data == whole.encode()
    start = whole[:at]
    assert wide.span(0, len(start.encode())) == (0, len(start.encode(codec)))


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<\0", b"\xff\xfe", b"<\0\0\0", b"\xff\xfe<a/>", b"<\0MTConnect"])
def test_what_is_not_utf_16(data):
    assert utf16_of(data) is None
