import pytest

from smelt.mtconnect.xml.documents import find_documents

ROOT = b"<MTConnectStreams/>"


@pytest.mark.parametrize(
    "prolog",
    [
        b"",
        b'<?xml version="1.0"?>',
        b'<?xml version="1.0"?>\r\n<?xml-stylesheet href="s.xsl"?>\n',
        b'<?xml version="1.0"?><!-- of the agent > -->',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>\n',
    ],
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"garbage", b"<a>?></a>", ROOT, b"<b/>"])
def test_a_document_begins_with_its_prolog(prolog, before):
    found = find_documents(before + prolog + ROOT)
    assert found[-1].start == len(before)
    assert found[-1].root == len(before + prolog)


def test_what_looks_like_a_document_in_cdata_or_a_comment_is_none():
    inside = b"<MTConnectStreams><![CDATA[<MTConnectStreams>]]><!-- <MTConnectError/> --></MTConnectStreams>"
    assert [found.start for found in find_documents(inside + inside)] == [0, len(inside)]


def test_a_cdata_that_does_not_end_takes_no_declared_document_along():
    data = b"<MTConnectStreams><![CDATA[<x>" + b'<?xml version="1.0"?>' + ROOT
    assert len(find_documents(data)) == 2


def test_elements_and_namespaces_that_begin_alike_are_none():
    data = b'<MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:2.0"><MTConnectVersion/></MTConnectDevices>'
    assert [(found.start, found.kind) for found in find_documents(data)] == [(0, "MTConnectDevices")]


def test_many_marks_without_documents_take_linear_time():
    assert find_documents(b"<!-- " * 30_000 + b"MTConnect" * 30_000 + b"<![CDATA[" * 30_000) == []
