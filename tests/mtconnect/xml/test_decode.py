import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.xml.decode import decode_xml
from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Origin, Reject

NOWHERE = Origin()


def sequences(data: bytes) -> list[int]:
    return decode_xml(data, NOWHERE).rows["sequence"].to_pylist()


def assert_rejects_fit(rejects: tuple[Reject, ...], size: int) -> None:
    at = 0
    for reject in rejects:
        assert at <= reject.offset and reject.length >= 0, rejects
        at = reject.offset + reject.length
    assert at <= size


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b" \n\xef\xbb\xbf"])
@pytest.mark.parametrize("head", ["", '<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="s.xsl"?>\n'])
def test_documents_joined_in_any_way(xml_positions, between, head):
    documents = [xml_positions(first, head=head) for first in (1, 4, 7)]
    data = between.join(documents)
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == list(range(1, 10))
    assert decoded.rows["document"].to_pylist() == [0] * 3 + [1] * 3 + [2] * 3
    assert decoded.rejects == ()
    spans = zip(decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist(), strict=True)
    assert [data[at : at + length] for at, length in spans] == documents


def test_the_header_becomes_the_document(xml_positions):
    decoded = decode_xml(xml_positions(), Origin(source="http://a/sample", received_at_us=5))
    row = pl.from_arrow(decoded.documents).row(0, named=True)
    assert row["created_at"].isoformat() == "2020-01-01T00:00:01+00:00"
    known = {name: row[name] for name in DECODED_DOCUMENTS.names if name not in ("created_at", "received_at")}
    assert known == {
        "offset": 0,
        "length": len(xml_positions()),
        "kind": "MTConnectStreams",
        "dialect": "xml",
        "sender": "here",
        "instance_id": 7,
        "first_sequence": 1,
        "next_sequence": 9,
        "last_sequence": 8,
        "source": "http://a/sample",
    }


def test_garbage_between_documents_is_one_reject(xml_positions):
    data = b"<html>404</html>" + xml_positions(1) + b"oops" + xml_positions(4)
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert [(r.offset, r.length) for r in decoded.rejects] == [(0, 16), (16 + len(xml_positions(1)), 4)]


def test_an_empty_streams_is_a_heartbeat():
    data = b'<MTConnectStreams><Header instanceId="7" nextSequence="5"/><Streams/></MTConnectStreams>'
    decoded = decode_xml(data, NOWHERE)
    assert (decoded.documents["next_sequence"].to_pylist(), decoded.rows.num_rows, decoded.rejects) == ([5], 0, ())


def test_a_document_without_an_instance_id_is_rejected_whole(xml_positions):
    data = xml_positions(1).replace(b'instanceId="7"', b"") + xml_positions(4)
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [4, 5, 6]
    assert decoded.rejects[0].offset == 0
    assert "no Header with an instanceId" in decoded.rejects[0].reason


@pytest.mark.parametrize(
    "body",
    [
        '<Errors><Error errorCode="OUT_OF_RANGE">"from" must be greater than 152</Error></Errors>',
        '<Error errorCode="UNSUPPORTED">1.0 had it below the root</Error>',
        '<Errors><OutOfRange errorCode="OUT_OF_RANGE" URI="/sample?from=1"><ErrorMessage>too low</ErrorMessage>'
        '<QueryParameter name="from"><Value>1</Value><Minimum>152</Minimum></QueryParameter></OutOfRange></Errors>',
    ],
)
def test_errors_old_and_typed_are_documents(body):
    data = f'<MTConnectError><Header instanceId="7" bufferSize="8192"/>{body}</MTConnectError>'.encode()
    decoded = decode_xml(data, NOWHERE)
    row = pl.from_arrow(decoded.documents).row(0, named=True)
    assert (row["kind"], row["instance_id"], row["last_sequence"]) == ("MTConnectError", 7, None)
    assert (decoded.rows.num_rows, decoded.rejects) == (0, ())


@pytest.mark.parametrize("header", ["", '<Header sender="s"/>'])
def test_only_streams_need_an_instance_id(header):
    device = '<Device uuid="u"/>'
    data = f"<MTConnectDevices>{header}<Devices>{device}</Devices></MTConnectDevices>".encode()
    decoded = decode_xml(data, NOWHERE)
    assert decoded.documents.select(["kind", "length", "instance_id"]).to_pylist() == [
        {"kind": "MTConnectDevices", "length": len(data), "instance_id": None}
    ]
    assert [p.probe.devices[0].uuid for p in decoded.probes] == ["u"]


def test_a_probe_among_documents_is_a_device_model(captured, xml_positions):
    decoded = decode_xml(xml_positions() + captured("captured/shapes_v2/probe.xml"), NOWHERE)
    assert decoded.documents["kind"].to_pylist() == ["MTConnectStreams", "MTConnectDevices"]
    assert [(p.document, len(p.probe.devices)) for p in decoded.probes] == [(1, 3)]
    series = [i for d in decoded.probes[0].probe.devices for i in d.data_items if i.representation == "TIME_SERIES"]
    assert [i.sample_rate for i in series] == [100.0]


def test_a_probe_that_says_nonsense_is_rejected_and_still_contact():
    device = '<Device name="M"><DataItems><DataItem id="a"/></DataItems></Device>'
    data = f'<MTConnectDevices><Header instanceId="7"/><Devices>{device}</Devices></MTConnectDevices>'.encode()
    decoded = decode_xml(data, NOWHERE)
    assert (decoded.documents.num_rows, decoded.probes) == (1, ())
    assert "DataItem with id='a'" in decoded.rejects[0].reason


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_the_files_own_offsets(xml_document, codec):
    text = '<Message dataItemId="m" sequence="1" timestamp="2020-01-01T00:00:00Z">Kühlung 🛠</Message>'
    bad = '<Message dataItemId="m" timestamp="2020-01-01T00:00:00Z">no sequence</Message>'
    plain = xml_document(("Events", text), ("Events", bad)).decode()
    data = plain.encode(codec)
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["text"].to_pylist() == ["Kühlung 🛠"]
    reject = decoded.rejects[0]
    stretch = data[reject.offset : reject.offset + reject.length]
    assert stretch.decode(codec if codec != "utf-16" else "utf-16-le") == bad
    at, length = decoded.documents["offset"][0].as_py(), decoded.documents["length"][0].as_py()
    assert (data[at : at + length].decode("utf-16-le" if codec == "utf-16" else codec)).lstrip("\ufeff") == plain


def test_a_declared_encoding_is_read(xml_document):
    text = '<Message dataItemId="m" sequence="1" timestamp="2020-01-01T00:00:00Z">Kühlung</Message>'
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    data = xml_document(("Events", text), head=head).decode().encode("latin-1")
    assert decode_xml(data, NOWHERE).rows["text"].to_pylist() == ["Kühlung"]


def test_an_encoding_that_is_none_is_said(xml_positions):
    decoded = decode_xml(xml_positions(head='<?xml version="1.0" encoding="klingon"?>') + xml_positions(4), NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [4, 5, 6]
    assert "encoding" in decoded.rejects[0].reason


def test_document_types_and_entities_are_refused(xml_document):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = '<Message dataItemId="m" sequence="1" timestamp="2020-01-01T00:00:00Z">&b;</Message>'
    decoded = decode_xml(xml_document(("Events", text), head=bomb), NOWHERE)
    assert (decoded.rows.num_rows, decoded.documents.num_rows) == (0, 0)
    assert "document type" in decoded.rejects[0].reason


def _xml_files(root: Path) -> list[Path]:
    return sorted(p for p in (root / "mtconnect").rglob("*") if p.name.endswith((".xml", ".xml.gz")))


def test_every_observation_of_every_real_document(smelt_data):
    odd = {}
    for path in _xml_files(smelt_data):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        decoded = decode_xml(data, NOWHERE)
        assert decoded.rows.schema == DECODED_ROWS
        if decoded.rejects:
            odd[path.name] = [r.reason.partition(",")[0] for r in decoded.rejects]
        else:
            assert len(set(decoded.rows["sequence"].to_pylist())) == data.count(b'sequence="')
    assert odd == {"Current-Simple.malformed-values.xml": ["MTConnect document: no Header with an instanceId"]}


@given(st.binary(max_size=300))
def test_no_bytes_raise(data):
    assert_rejects_fit(decode_xml(data, NOWHERE).rejects, len(data))


PIECES = [
    b"<?xml version='1.0'?>",
    b"<MTConnectStreams>",
    b"<Header instanceId='1'/>",
    b"<Streams>",
    b"<DeviceStream uuid='u'>",
    b"<ComponentStream>",
    b"<Samples>",
    b"<Load dataItemId='a' sequence='1' timestamp='2020-01-01T00:00:00Z'>1</Load>",
    b"<TableDataSet dataItemId='a' sequence='1' timestamp='2020-01-01T00:00:00Z'><Entry key='k'>",
    b"</Entry></TableDataSet>",
    b"</Samples></ComponentStream></DeviceStream></Streams></MTConnectStreams>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<",
    b">",
    b"/",
    b"&x;",
    b"\xff",
    b"\0",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_no_scrap_of_a_document_raises(data):
    assert_rejects_fit(decode_xml(data, NOWHERE).rejects, len(data))
