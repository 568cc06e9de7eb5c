"""What converters make of a document: each shape gives the rows of the agent's own JSON."""

import xml.etree.ElementTree as ET

import orjson
import polars as pl
import pytest

from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.json.xml2json import is_converted
from smelt.mtconnect.xml.decode import decode_xml
from smelt.terms.observation import Origin


def convert(element, *, attribute, text, grouped=None, always_lists=False, prefix=""):
    """Convert as xmltodict and its like do; `grouped` holds the attributes together under one key."""
    attributes = {attribute.format(name): value for name, value in element.attrib.items()}
    made = {grouped: attributes} if grouped and attributes else attributes
    for child in element:
        key = prefix + child.tag.rpartition("}")[2]
        marks = {
            "attribute": attribute,
            "text": text,
            "grouped": grouped,
            "always_lists": always_lists,
            "prefix": prefix,
        }
        made.setdefault(key, []).append(convert(child, **marks))
    for key, members in made.items():
        if isinstance(members, list) and len(members) == 1 and not always_lists:
            made[key] = members[0]
    if element.text and element.text.strip():
        if not made:
            return element.text
        made[text] = element.text
    return made or None


SHAPES = {
    "xmltodict": {"attribute": "@{}", "text": "#text"},
    "xmltodict with prefixes": {"attribute": "@{}", "text": "#text", "prefix": "m:"},
    "fast-xml-parser": {"attribute": "@_{}", "text": "#text"},
    "xml2js": {"attribute": "{}", "text": "_", "grouped": "$", "always_lists": True},
    "Node-RED without lists": {"attribute": "{}", "text": "_", "grouped": "$"},
    "xml-js": {"attribute": "{}", "text": "_text", "grouped": "_attributes"},
    "BadgerFish": {"attribute": "@{}", "text": "$"},
    "x2js": {"attribute": "_{}", "text": "__text"},
    "Go's": {"attribute": "-{}", "text": "#content"},
    "PHP's": {"attribute": "{}", "text": "0", "grouped": "@attributes"},
    "PHP's XML2Array": {"attribute": "{}", "text": "@value", "grouped": "@attributes"},
    "Ruby's": {"attribute": "{}", "text": "__content__"},
    "#value": {"attribute": "@{}", "text": "#value"},
    "_value": {"attribute": "{}", "text": "_value", "grouped": "attributes"},
    "no mark": {"attribute": "{}", "text": "#text"},
    "no mark, as Java's": {"attribute": "{}", "text": "content"},
    "no mark, always lists": {"attribute": "{}", "text": "content", "always_lists": True},
    "no mark, as Jackson's": {"attribute": "{}", "text": ""},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["captured/shapes_v2/sample.xml", "python-mtc2kafka/MTConnectStreams.xml"])
def test_a_converted_document_gives_the_rows_of_the_xml(captured, name, shape):
    xml = captured(name)
    prefix = SHAPES[shape].get("prefix", "")
    root = ET.fromstring(xml)
    data = orjson.dumps({prefix + "MTConnectStreams": convert(root, **SHAPES[shape])})
    decoded, expected = decode_json(data), decode_xml(xml, Origin())
    assert decoded.rejects == ()
    assert decoded.documents["dialect"].to_pylist() == ["json-xml"]
    order = ["sequence", "part"]  # converters put elements of one name together
    assert pl.from_arrow(decoded.rows).sort(order).equals(pl.from_arrow(expected.rows).sort(order))
    names = ["sender", "instance_id", "first_sequence", "next_sequence", "created_at"]
    assert decoded.documents.select(names).equals(expected.documents.select(names))


def test_a_declaration_may_stand_beside_the_root():
    header, streams = {"@instanceId": "1", "@nextSequence": "7"}, None
    data = orjson.dumps({"?xml": {"@version": "1.0"}, "MTConnectStreams": {"Header": header, "Streams": streams}})
    assert decode_json(data + data).documents["next_sequence"].to_pylist() == [7, 7]


def test_devices_assets_and_errors(captured):
    probe = ET.fromstring(captured("captured/shapes_v2/probe.xml"))
    assets = ET.fromstring(captured("captured/okuma_v2/assets.xml"))
    error = ET.fromstring(captured("captured/okuma_v2/error_path.xml"))
    names = ["MTConnectDevices", "MTConnectAssets", "MTConnectError"]
    shape = SHAPES["xmltodict"]
    trees = zip(names, (probe, assets, error), strict=True)
    decoded = decode_json(b"".join(orjson.dumps({name: convert(tree, **shape)}) for name, tree in trees))
    assert decoded.documents["kind"].to_pylist() == names
    assert decoded.rejects == ()
    expected = decode_xml(captured("captured/shapes_v2/probe.xml"), Origin()).probes[0].probe
    items = [sorted(d.data_items, key=lambda i: i.id) for d in decoded.probes[0].probe.devices]
    assert items == [sorted(d.data_items, key=lambda i: i.id) for d in expected.devices]
    assert len(decoded.assets) == len(decode_xml(captured("captured/okuma_v2/assets.xml"), Origin()).assets)


def test_a_bad_observation_harms_no_other():
    good = {"@dataItemId": "x", "@sequence": "1", "@timestamp": "2020-01-01T00:00:00Z", "#text": "1.5"}
    component = {"Samples": {"Position": [good, good | {"@timestamp": "never"}]}, "Others": {"a": {"b": 1}}}
    device = {"@uuid": "m1", "ComponentStream": component}
    content = {"Header": {"@instanceId": "1"}, "Streams": {"DeviceStream": device}}
    decoded = decode_json(orjson.dumps({"MTConnectStreams": content}))
    assert decoded.rows["value"].to_pylist() == [1.5]
    assert sorted(r.reason for r in decoded.rejects) == [
        "observation: timestamp 'never' is none",
        "observation: unknown element 'Others'",
    ]


def test_a_converted_document_without_its_root(captured):
    content = convert(ET.fromstring(captured("captured/shapes_v2/sample.xml")), attribute="@{}", text="#text")
    expected = decode_xml(captured("captured/shapes_v2/sample.xml"), Origin())
    decoded = decode_json(orjson.dumps(content))
    assert (decoded.rows.num_rows, decoded.rejects) == (expected.rows.num_rows, ())


def test_a_set_may_hold_any_key():
    """A data set's keys are no marks of a converter."""
    made = {"value": {"#text": 1, "@a": 2}, "dataItemId": "v", "sequence": 9, "timestamp": "2020-01-01T00:00:00Z"}
    component = {"Events": {"VariableDataSet": made}, "Samples": {"Position": {"value": 1.0}}}
    streams = {"DeviceStream": [{"uuid": "m1", "ComponentStream": [component]}]}
    content = {"Header": {"instanceId": 1}, "Streams": streams}
    assert not is_converted(content)
