"""The scan of whole documents: headers, devices, rows and what it leaves to the parser, all where they lie."""

import numpy as np
import pytest
from tests.mtconnect.xml_scanner import held
from tests.mtconnect.xml_scanner.held import Held

from smelt.mtconnect.xml_scanner import rows as r
from smelt.mtconnect.xml_scanner.scan import Scanned, copy_spans

KEY = 'dataItemId="{}" sequence="{}" timestamp="1970-01-01T00:00:01Z"'


def document(*categories: str, header: str = '<Header instanceId="1"/>', uuid: str = 'uuid="m1"') -> str:
    inside = f"<ComponentStream component='X'>{''.join(categories)}</ComponentStream>"
    streams = f"<Streams><DeviceStream {uuid}>{inside}</DeviceStream></Streams>"
    return f"<MTConnectStreams>{header}{streams}</MTConnectStreams>"


def samples(*pairs: tuple[str, int], text: str = "1.5") -> str:
    return "<Samples>" + "".join(f"<Load {KEY.format(*pair)}>{text}</Load>" for pair in pairs) + "</Samples>"


def scanned(*documents: str) -> tuple[Held, Scanned]:
    one, out, _ = held.scanned(*(text.encode() for text in documents))
    return one, out


def test_headers_devices_and_rows_are_found_where_they_lie() -> None:
    one, out = scanned(document(samples(("a", 1), ("b", 2))), document(samples(("c", 3)), uuid='uuid="m2"'))
    assert out.counts.tolist() == [2, 3, 0]
    assert [one.text(*header[:2]) for header in out.headers] == [b'<Header instanceId="1"/>'] * 2
    assert [one.text(*device[1:]) for device in out.devices[:2]] == [b"m1", b"m2"]
    rows = out.rows[:3]
    assert rows[:, r.DOCUMENT].tolist() == [0, 0, 1] and rows[:, r.DEVICE].tolist() == [0, 0, 1]
    assert [one.text(a, a + n) for a, n in rows[:, [r.ITEM_AT, r.ITEM_LENGTH]]] == [b"a", b"b", b"c"]
    assert rows[:, r.SEQUENCE].tolist() == [1, 2, 3] and out.numbers[:3].tolist() == [1.5] * 3
    assert out.headers[0, 2] - one.at == len(document(samples(("a", 1), ("b", 2))))


@pytest.mark.parametrize("text", ["a&lt;b", "<![CDATA[x]]>", '<Entry key="k">1</Entry>', "1]]2"])
def test_what_holds_more_than_text_is_a_row_with_its_body(text):
    one, out = scanned(document(samples(("a", 1)), samples(("b", 2), text=text), samples(("c", 3))))
    assert out.counts.tolist() == [1, 3, 0] and out.rows[:3, r.FORM].tolist() == [r.IS_NUMBER, r.IS_MARKED, r.IS_NUMBER]
    at, length = out.rows[1, [r.TEXT_AT, r.TEXT_LENGTH]].tolist()
    assert one.text(at, at + length).decode() == text


def test_an_observation_whose_attributes_are_not_plain_is_named_as_a_whole() -> None:
    one, out = scanned(document(samples(("a", 1)), samples(("b&lt;", 2))))
    assert out.counts.tolist() == [1, 1, 1]
    assert one.text(*out.others[0, 3:]).decode() == f"<Load {KEY.format('b&lt;', 2)}>1.5</Load>"


def test_a_document_with_a_comment_in_an_observation_is_left() -> None:
    _, out = scanned(document(samples(("a", 1)), samples(("b", 2), text="<!-- x -->1")))
    assert out.headers[0].tolist() == [-1] * 3 and out.counts.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "odd",
    [
        document(samples(("a", 1)), header=""),
        document(samples(("a", 1)), header='<Header instanceId="1"/><Header instanceId="1"/>'),
        document(samples(("a", 1)), uuid=""),
        document(samples(("a", 1))).replace("<Streams>", "<Streams><!-- x -->"),
        document(samples(("a", 1))).replace("Samples", "Sample"),
        document(samples(("a", 1)))[:-1],
        document(samples(("a", 1))).replace("</DeviceStream>", ""),
    ],
)
def test_an_odd_document_takes_back_its_rows_and_leaves_the_next_alone(odd):
    _, out = scanned(odd, document(samples(("c", 3))))
    assert out.headers[0].tolist() == [-1] * 3
    assert out.counts.tolist() == [1, 1, 0] and out.rows[0, r.DOCUMENT] == 1 and out.rows[0, r.SEQUENCE] == 3


def test_an_empty_element_is_a_condition_without_words_an_events_empty_text_and_no_sample() -> None:
    _, out = scanned(document(f"<Condition><Normal {KEY.format('a', 1)}/></Condition>"))
    assert out.counts.tolist() == [1, 1, 0] and r.LEVELS[out.rows[0, r.LEVEL]] == "NORMAL"
    _, out = scanned(document(f"<Events><Line {KEY.format('a', 1)}/></Events>"))
    assert out.counts.tolist() == [1, 1, 0] and out.rows[0, [r.FORM, r.TEXT_LENGTH]].tolist() == [r.IS_TEXT, 0]
    _, out = scanned(document(f"<Samples><Load {KEY.format('a', 1)}/></Samples>"))
    assert out.counts.tolist() == [1, 0, 1]


def test_spans_are_copied_one_behind_the_other() -> None:
    one, target = held.held(b"abcdefgh"), np.zeros(6, np.uint8)
    starts, offsets = np.array([one.at + 6, one.at, one.at + 3]), np.array([0, 2, 2, 5])
    copy_spans(starts, offsets, target.ctypes.data)
    assert target.tobytes() == b"ghdef\0"
