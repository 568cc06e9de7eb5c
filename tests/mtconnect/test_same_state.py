"""The same agent state as XML, JSON version 1 and JSON version 2 gives identical rows, to the last bit."""

from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pytest

from smelt.mtconnect.dialect import decode
from smelt.terms.observation import WORD

KEY = ["instance_id", "device_uuid", "sequence", "part", "data_item"]
PAIRS = [
    "nist_v1/current_all_unavailable",
    "nist_v1/sample_after_disconnect",
    "okuma_v2/current_all_unavailable",
    "okuma_v2/sample_after_disconnect",
    "shapes_v2/current",
    "shapes_v2/sample",
]
MOMENTS_APART = ["nist_v1/current_mid", "okuma_v2/current_mid"]


def rows_of(data: bytes) -> pl.DataFrame:
    decoded = decode(data)
    assert decoded.rejects == ()
    schema = pa.schema([pa.field(f.name, pa.string()) if f.type == WORD else f for f in decoded.rows.schema])
    return pl.DataFrame(decoded.rows.cast(schema)).drop("document").sort(KEY)


def as_version_1(data: bytes) -> bytes:
    """Turn a document of JSON version 2 into what the agent sends as version 1."""
    content = orjson.loads(data)["MTConnectStreams"]
    devices = [_device(d) for d in content["Streams"]["DeviceStream"]]
    return orjson.dumps({"MTConnectStreams": content | {"jsonVersion": 1, "Streams": devices}})


def _device(device: dict[str, Any]) -> dict[str, Any]:
    components = [{"ComponentStream": _component(c)} for c in device.pop("ComponentStream")]
    return {"DeviceStream": device | {"ComponentStreams": components}}


def _component(component: dict[str, Any]) -> dict[str, Any]:
    for category in ("Samples", "Events", "Condition"):
        if category in component:
            component[category] = [{name: o} for name, found in component[category].items() for o in found]
    return component


@pytest.mark.parametrize("name", PAIRS)
def test_xml_and_json_of_one_state(captured, name):
    xml, json = rows_of(captured(f"captured/{name}.xml")), rows_of(captured(f"captured/{name}.json"))
    assert len(xml) > 0
    assert xml.equals(json, null_equal=True)


@pytest.mark.parametrize("name", ["okuma_v2/current_mid", "shapes_v2/sample", "shapes_v2/current"])
def test_both_versions_of_json(captured, name):
    data = captured(f"captured/{name}.json")
    assert rows_of(as_version_1(data)).equals(rows_of(data), null_equal=True)


@pytest.mark.parametrize("name", MOMENTS_APART)
def test_what_two_documents_of_different_moments_share(captured, name):
    xml, json = rows_of(captured(f"captured/{name}.xml")), rows_of(captured(f"captured/{name}.json"))
    shared = sorted(set(xml["sequence"]) & set(json["sequence"]))
    assert len(shared) > 200
    ours, theirs = (rows.filter(pl.col("sequence").is_in(shared)) for rows in (xml, json))
    assert ours.equals(theirs, null_equal=True)
