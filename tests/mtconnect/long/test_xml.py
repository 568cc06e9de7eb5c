"""Long documents of XML: what opens and closes a piece, wherever the header stands, and where one tears."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mtconnect.long_documents import XML, documents, make_guard_small, pieces, told, whole

from smelt.mtconnect.long.xml import begin_xml, next_xml


@pytest.fixture(autouse=True)
def small_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    make_guard_small(monkeypatch)


def test_an_xml_header_may_stand_behind(smelt_data: Path) -> None:
    for data in documents(smelt_data, XML):
        header = re.search(rb"<Header [^>]*/>", data)
        assert header is not None
        behind = data.replace(header[0], b"").replace(b"</Streams>", b"</Streams>" + header[0])
        found = pieces(behind, 600, 500)
        assert len(found) > 1 and told(found) == whole(behind)


@given(data=st.data(), name=st.sampled_from(XML), what=st.sampled_from([b"&bad;", b"\x01", b"\xff"]))
@settings(max_examples=40, deadline=None)
def test_a_bad_observation_of_xml_is_rejected_alone(
    smelt_data: Path, data: st.DataObject, name: str, what: bytes
) -> None:
    good = (smelt_data / "mtconnect/captured" / name).read_bytes()
    at = data.draw(
        st.sampled_from([m.start() for m in re.finditer(rb'(?<=\dZ)"', good) if m.start() > good.index(b"<Streams>")])
    )
    bad = good[:at] + what + good[at:]
    assert told(pieces(bad, 600, 500)) == whole(bad)


def test_behind_a_tear_in_xml_the_next_device_is_read(smelt_data: Path) -> None:
    good = (smelt_data / "mtconnect/captured" / XML[0]).read_bytes()
    bad = good.replace(b"</ComponentStream>", b"</ComponentStreams>", 1)
    rows, documents, rejects = told(pieces(bad, 600, 500))
    assert (rows, documents) == whole(bad)[:2] and rows
    assert [r.reason for r in rejects] == [r.reason for r in whole(bad)[2]]


def test_every_piece_is_a_document_with_its_header(smelt_data: Path) -> None:
    for name in XML:
        data = (smelt_data / "mtconnect/captured" / name).read_bytes()
        found = re.search(rb'instanceId="(\d+)"', data)
        assert found is not None
        for piece in pieces(data, 600, 500):
            root = ElementTree.fromstring(piece.data.strip())
            headers = [child for child in root if child.tag.endswith("Header")]
            assert [header.get("instanceId") for header in headers] == [found[1].decode()]
            devices = [element for element in root.iter() if element.tag.endswith("DeviceStream")]
            assert all("uuid" in device.attrib for device in devices)


@pytest.mark.parametrize("prolog", [b"", b'<?xml version="1.0"?>\n', b"<?xml version='1.0'?><!-- <a> -->\n<?style x?>"])
@pytest.mark.parametrize("prefix", [b"", b"m:"])
def test_only_streams_begin_a_long_document(prolog: bytes, prefix: bytes) -> None:
    begin = begin_xml(b"\n" + prolog + b"<%sMTConnectStreams a='1'>" % prefix)
    assert begin is not None
    assert (begin.start, begin.behind) == (1, 1 + len(prolog) + len(prefix) + len(b"<MTConnectStreams"))
    assert begin_xml(prolog + b"<%sMTConnectDevices><MTConnectStreams>" % prefix) is None


@given(st.integers(0, 400), st.sampled_from([b"", b'<?xml version="1.0"?>', b'<?xml version="1.0"?>\n<!-- x -->\n']))
def test_the_next_document_is_found_with_its_declaration(before: int, prolog: bytes) -> None:
    data = b"</Streams></MTConnectStreams>" + b" " * before + prolog + b"<m:MTConnectError/>"
    found = next_xml(data, 0)
    assert found == (len(data) - len(prolog) - len(b"<m:MTConnectError/>"))
    assert next_xml(data, len(data) - 5) == -1
