import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.encoding import utf16_of
from smelt.terms.observation import Origin


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


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_declared_utf_16_is_read(xml_positions, codec):
    """What a document declares is true of the file, and no longer of the UTF-8 that it was turned into."""
    data = ('<?xml version="1.0" encoding="UTF-16"?>' + xml_positions().decode()).encode(codec)
    decoded = decode(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3]
    assert decoded.rejects == ()
    begins = 2 if codec == "utf-16" else 0
    assert [decoded.documents[name].to_pylist() for name in ("offset", "length")] == [[begins], [len(data) - begins]]


def test_json_and_logs_in_utf_16(document):
    """As shells of Windows write what is redirected into a file."""
    wide = (document().decode() + "oöps").encode("utf-16")
    decoded = decode(wide)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3]
    assert [wide[r.offset : r.offset + r.length].decode("utf-16-le") for r in decoded.rejects] == ["oöps"]
    log = decode("2020-01-01T00:00:00Z|a|1\r\n".encode("utf-16"), Origin(log_device_uuid="m1"))
    assert log.rows["text"].to_pylist() == ["1"]
