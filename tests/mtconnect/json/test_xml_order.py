"""What converters that keep the order of elements make of a document: the rows of the XML."""

import xml.etree.ElementTree as ET

import orjson
import polars as pl
import pytest

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.xml_order import compact, compact_list
from smelt.mtconnect.xml.decode import decode_xml
from smelt.terms.observation import Origin


def local(element):
    return element.tag.rpartition("}")[2]


def xml_js(element):
    text = [{"type": "text", "text": element.text}] if (element.text or "").strip() else []
    made = {"type": "element", "name": local(element), "elements": text + [xml_js(child) for child in element]}
    return made | ({"attributes": dict(element.attrib)} if element.attrib else {})


def preserve_order(element):
    text = [{"#text": element.text}] if (element.text or "").strip() else []
    made = {local(element): text + [preserve_order(child) for child in element]}
    return made | ({":@": {f"@_{name}": v for name, v in element.attrib.items()}} if element.attrib else {})


SHAPES = {
    "xml-js": lambda root: {"declaration": {"attributes": {"version": "1.0"}}, "elements": [xml_js(root)]},
    "fast-xml-parser": lambda root: [{"?xml": [{"#text": ""}], ":@": {"@_version": "1.0"}}, preserve_order(root)],
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["captured/shapes_v2/sample.xml", "python-mtc2kafka/MTConnectStreams.xml"])
def test_a_document_in_order_gives_the_rows_of_the_xml(captured, name, shape):
    xml = captured(name)
    decoded, expected = decode(orjson.dumps(SHAPES[shape](ET.fromstring(xml)))), decode_xml(xml, Origin())
    assert decoded.rejects == ()
    assert decoded.documents["dialect"].to_pylist() == ["json-xml"]
    order = ["sequence", "part"]
    assert pl.from_arrow(decoded.rows).sort(order).equals(pl.from_arrow(expected.rows).sort(order))


def test_what_is_none_of_these():
    assert compact({"elements": 7}) is None
    assert compact({"elements": [{"type": "comment"}, 7]}) is None
    assert compact_list([7, {"a": 7}], None) == {}


def test_endless_nesting_is_refused():
    children, element = [], {"type": "element", "name": "a"}
    for _ in range(100):
        children, element = [{"a": children}], {"type": "element", "name": "a", "elements": [element]}
    with pytest.raises(UnfitError, match="nested more than"):
        compact_list(children, None)
    with pytest.raises(UnfitError, match="nested more than"):
        compact({"elements": [element]})
