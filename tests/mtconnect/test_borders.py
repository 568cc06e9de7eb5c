import pytest

from smelt.mtconnect.borders import borders_of, next_value, torn_at

DOCUMENT = b'{"MTConnectStreams":{"Header":{"instanceId":1}}}'
XML = b'<?xml version="1.0"?><MTConnectStreams><Header/></MTConnectStreams>'
PART = b"--x\r\nContent-type: text/xml\r\n\r\n<a/>\r\n"
LINE = b"2020-01-01T00:00:0%dZ|a|1\n"


@pytest.mark.parametrize(
    ("before", "last"),
    [
        (DOCUMENT, DOCUMENT),
        (DOCUMENT + b"\n", DOCUMENT),
        (b'{"a":1}', b'{"b":"}{"}'),
        (XML, XML),
        (XML + b"\n", XML.replace(b"<MTC", b"<m:MTC")),
        (PART, PART),
        (LINE % 1 + LINE % 1, LINE % 2 + LINE % 2),
        (b"words\n", b"more words"),
    ],
)
def test_the_last_border_is_where_the_last_thing_begins(before: bytes, last: bytes) -> None:
    data = before + before + last
    assert borders_of(data)(data, 0) == len(before + before)
    assert borders_of(data)(data, len(before + before)) in (0, len(before + before))


@pytest.mark.parametrize("alone", [DOCUMENT, XML, b"HTTP/1.1 200 OK\r\n\r\n" + XML + XML, b"", LINE % 1 + LINE % 1])
def test_one_thing_alone_has_no_border(alone: bytes) -> None:
    assert borders_of(alone)(alone, 0) == 0


def test_what_has_no_border_is_torn_between_elements_else_at_a_line_end() -> None:
    listed = b'[{"a":1},{"a":2},{"b":3}]'
    assert listed[: torn_at(listed)] == b'[{"a":1},{"a":2},'
    assert torn_at(b"x" * 10 + b"\n" + b"y" * 5) == 11
    assert torn_at(b"x" * 10) == 0


def test_the_next_value_begins_behind_the_one_before() -> None:
    data = DOCUMENT + b"\n" + DOCUMENT
    assert next_value(data, 0) == len(DOCUMENT) + 1
    assert next_value(DOCUMENT, 0) == -1
