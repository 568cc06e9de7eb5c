"""The scan of plain documents against the parser: never another row, document or reject."""

import gzip

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect.xml import decode as xml
from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.documents import find_documents
from smelt.mtconnect.xml.plain import read_plain
from smelt.terms.observation import WORD, Decoded, Origin

NOWHERE = Origin()
STAMP = 'timestamp="2020-01-01T00:00:10.25Z"'
HEAD = f'dataItemId="a" sequence="1" {STAMP}'
FILES = (
    "nist/streams_xml/qdr_input009.xml",
    "okuma_stepnc/sample_200ms.xml.gz",
    "demo_agent_2.7/sample_1000.xml",
    "trakhound/Current-Mazak-HCN001-2.0.xml",
    "captured/okuma_v2/current_mid.xml",
    "captured/shapes_v2/sample.xml",
    "ladder99/ccs-pa_current.xml",
    "python-mtc2kafka/MTConnectCurrent.xml",
)


def both_ways(data: bytes, origin: Origin = NOWHERE) -> tuple[Decoded, Decoded]:
    """Decode with the scan, whatever the size, and without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml, "_SMALL", 0)
        scanned = decode_xml(data, origin)
        patch.setattr(xml, "_SMALL", len(data) + 1)
        return scanned, decode_xml(data, origin)


def shown(decoded: Decoded) -> tuple[list[str], list, tuple]:
    schema = pa.schema([pa.field(f.name, pa.string()) if f.type == WORD else f for f in decoded.rows.schema])
    rows = pl.DataFrame(decoded.rows.cast(schema)).rows()
    return sorted(map(repr, rows)), decoded.documents.to_pylist(), decoded.rejects


def assert_same(data: bytes, origin: Origin = NOWHERE) -> None:
    scanned, parsed = both_ways(data, origin)
    assert shown(scanned) == shown(parsed)
    assert scanned.rows.schema == parsed.rows.schema


def is_plain(data: bytes) -> bool:
    return len(read_plain(data, find_documents(data), [len(data)], NOWHERE).documents) == 1


@pytest.mark.parametrize("name", FILES)
def test_real_documents_are_plain_and_say_the_same(captured, name):
    data = captured(name)
    data = gzip.decompress(data) if name.endswith(".gz") else data
    assert is_plain(data)
    assert_same(data + b"garbage")


ELEMENTS = [
    ("Samples", f"<Load {HEAD}>{{}}</Load>"),
    ("Samples", f'<x:Load {HEAD} resetTriggered="DAY">{{}}</x:Load>'),
    ("Samples", f'<LoadTimeSeries {HEAD} sampleRate="10">{{}}</LoadTimeSeries>'),
    ("Events", f"<Line {HEAD}>{{}}</Line>"),
    ("Events", f"<PartCount {HEAD}>{{}}</PartCount>"),
    ("Events", f'<Message {HEAD} nativeCode="E1" xs:lang="en">{{}}</Message>'),
    ("Events", f"<Message nativeCode='E1' {HEAD}>{{}}</Message>"),
    ("Events", f"<WorkOffsetTable {HEAD}>{{}}</WorkOffsetTable>"),
    ("Samples", f'<LoadDataSet {HEAD} x:sampleRate="2">{{}}</LoadDataSet>'),
    ("Samples", f'<Load {HEAD} sampleCount="2" resetTriggered="DAY">{{}}</Load>'),
    ("Events", f'<LoadTimeSeries {HEAD} sampleRate="2">{{}}</LoadTimeSeries>'),
    ("Events", f'<PathFeedrateOverride {HEAD} name="a &amp;&quot; b">{{}}</PathFeedrateOverride>'),
    ("Condition", f'<Fault {HEAD} type="SYSTEM" nativeCode="" conditionId="9">{{}}</Fault>'),
    ("Condition", f'<NORMAL {HEAD} nativeCode="7" conditionId="9">{{}}</NORMAL>'),
    ("Condition", f"<Severe {HEAD}>{{}}</Severe>"),
]
TEXTS = [
    *("", " ", "UNAVAILABLE", " UNAVAILABLE ", "0", "-0", "+1.50", ".5", "5.", "1e5", "1E-005", "1e400", "1e-400"),
    *("0.5333333333333333", "214.45204760000001", "123456789012345678", "1_0", "0815", "nan", "-INF", "1 2 3", "1 x"),
    *("a&lt;b", "&#252;", "<![CDATA[<x>]]>", "<!-- no -->1", "ü🛠", "]]&gt;", "]]>", "two\nlines", "a > b", "&nope;"),
    *("1\n2\t3", "[#5]", "a]]b", "1 NaN -INF", "1 UNAVAILABLE", "&#85;NAVAILABLE", "<![CDATA[1.50]]> 2", "</b><b>"),
    *('<Entry key="k"><Cell key="c"><![CDATA[<]]></Cell></Entry>', "<![CDATA[]]>", "<![CDATA[", "\r\n 5 \r\n", "\x01"),
    *('<Entry key="k">1</Entry>', '<Entry key="k"/><Entry key="l" removed="true"/>', "<Entry>1</Entry>", "<b/>", "<b>"),
]


@pytest.mark.parametrize(("category", "element"), ELEMENTS)
def test_every_text_in_every_element(xml_document, category, element):
    for text in TEXTS:
        assert_same(xml_document((category, element.format(text)), ("Events", f"<Line {HEAD}>2</Line>")))


@pytest.mark.parametrize(
    "stamp",
    [
        *("2020-02-29T23:59:60Z", "2019-02-29T00:00:00Z", "2020-01-01T24:00:00Z", "1761-01-01T00:00:00Z", ""),
        *("2020-01-01T00:00:00", "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00.1234567Z", "2020-01-01T00:00:00.Z"),
        *("2020-01-01T00:00:00+01:00", "2020-1-1T00:00:00Z", "2020-01-01 00:00:00Z", "2020-01-01T00:00:00.123456789Z"),
    ],
)
def test_every_timestamp(xml_document, stamp):
    element = f'<Line dataItemId="a" sequence="1" timestamp="{stamp}">2</Line>'
    assert_same(xml_document(("Events", element), ("Events", f"<Line {HEAD}>2</Line>")))


@pytest.mark.parametrize(
    "attributes",
    [
        f'dataItemId="a" dataItemId="a" sequence="1" {STAMP}',
        f'dataItemId="" sequence="1" {STAMP}',
        f'dataItemId="a" sequence="-1" {STAMP}',
        f'dataItemId="a" sequence="9999999999999999999" {STAMP}',
        f'dataItemId="a&amp;b" sequence="1" {STAMP}',
        f"dataItemId='a' sequence = '1' {STAMP}",
        f'x:dataItemId="b" dataItemId="a" sequence="1" {STAMP}',
        f'dataItemId="a"sequence="1" {STAMP}',
        f'dataItemId="a" sequence=1 {STAMP}',
        f'dataItemId="a\tb" sequence="1" {STAMP}',
        f'dataItemId="a<b" sequence="1" {STAMP}',
        f'xml:lang="en" name="a &lt; b" {HEAD}',
        f'name="a &nope; b" {HEAD}',
        f'name="a &amp b" {HEAD}',
        f'x:sampleRate="2" {HEAD}',
        f'sampleRate="2" sampleCount="1" {HEAD}',
        f'sampleRate="&#50;" {HEAD}',
        f'x:nativeCode="2" {HEAD}',
        " ".join(f'n{i}="{i}"' for i in range(40)) + f" {HEAD}",
    ],
)
def test_every_oddity_of_attributes(xml_document, attributes):
    assert_same(xml_document(("Samples", f"<Load {attributes}>1</Load>"), ("Events", f"<Line {HEAD}>2</Line>")))


def test_what_holds_more_than_text_is_plain(xml_document):
    device = b'<DeviceStream name="a &amp; b" '
    for text in ("a &lt; &#98;", "<![CDATA[<x>]]>", "two\nlines", "[#5]", '<Entry key="k">1</Entry>'):
        for _, element in ELEMENTS[:-1]:
            data = xml_document(("Events", element.format(text))).replace(b'<DeviceStream name="Mill" ', device)
            assert device in data and is_plain(data)
            assert_same(data)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6), st.sampled_from(ELEMENTS))
@settings(max_examples=40)
def test_many_texts_in_one_element(xml_document, texts, element):
    document = xml_document(*((element[0], element[1].format(text)) for text in texts))
    assert_same(xml_document(("Events", f"<Line {HEAD}>2 &amp; 3</Line>")) + document)


def test_what_is_unavailable_first_is_a_series_or_set_later(xml_document):
    for category, element in ELEMENTS[:-3]:
        for later in ("1 2 3", "", '<Entry key="k">1</Entry>'):
            texts = ("UNAVAILABLE", later, "UNAVAILABLE", later)
            assert_same(xml_document(*((category, element.format(text)) for text in texts)))


def test_the_probes_rates_place_time_series(xml_document):
    series = f"<LoadTimeSeries {HEAD}>1 2 3</LoadTimeSeries>"
    assert_same(xml_document(("Samples", series)), Origin(sample_rates={("m1", "a"): 2.0}))


def test_a_bad_document_between_plain_ones(xml_positions):
    torn = xml_positions(10)[:-80]
    assert_same(xml_positions(1) + torn + xml_positions(4) + xml_positions(7).replace(b'instanceId="7"', b""))


@given(st.data())
@settings(max_examples=150)
def test_mutated_documents_say_the_same(xml_document, captured, data):
    source = data.draw(st.sampled_from(("small", "captured/okuma_v2/sample_after_disconnect.xml")))
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(ELEMENTS), st.sampled_from(TEXTS)), min_size=1, max_size=4))
    small = xml_document(*((category, element.format(text)) for (category, element), text in drawn))
    changed = bytearray(small if source == "small" else captured(source))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.integers(0, 2)):
            case 0:
                changed[at] = data.draw(st.integers(0, 255))
            case 1:
                del changed[at : at + data.draw(st.integers(1, 60))]
            case _:
                changed[at:at] = data.draw(
                    st.sampled_from([b"<", b">", b'"', b"&", b"</", b"\xff", b" ", b"<a/>", b"]]>"])
                )
        if not changed:
            return
    assert_same(small + bytes(changed) + small)
