import pytest

from smelt.mtconnect.json.decode import decode_json


@pytest.mark.parametrize(
    ("name", "kind", "dialect"),
    [
        ("captured/nist_v1/error_count0.json", "MTConnectError", "json-v1"),
        ("captured/okuma_v2/error_count0.json", "MTConnectError", "json-v2"),
        ("captured/nist_v1/assets.json", "MTConnectAssets", "json-v1"),
        ("captured/okuma_v2/assets.json", "MTConnectAssets", "json-v2"),
        ("captured/nist_v1/probe.json", "MTConnectDevices", "json-v1"),
        ("captured/okuma_v2/probe.json", "MTConnectDevices", "json-v2"),
        ("ladder99/vmc_probe.json-v1.json", "MTConnectDevices", "json-v1"),
        ("trakhound/json-cppagent-v2.devices.json", "MTConnectDevices", "json-v2"),
    ],
)
def test_every_kind_of_document_in_both_versions(captured, name, kind, dialect):
    decoded = decode_json(captured(name))
    assert decoded.documents.select(["kind", "dialect"]).to_pylist() == [{"kind": kind, "dialect": dialect}]
    assert (decoded.rows.num_rows, decoded.rejects) == (0, ())
    assert len(decoded.probes) == (kind == "MTConnectDevices")


def test_a_typed_error_is_one():
    errors = b'"Errors":{"OutOfRange":[{"errorCode":"OUT_OF_RANGE"}]}'
    data = b'{"MTConnectError":{"jsonVersion":2,"Header":{"instanceId":7},' + errors + b"}}"
    decoded = decode_json(data)
    assert decoded.documents["kind"].to_pylist() == ["MTConnectError"]
    assert decoded.documents["instance_id"].to_pylist() == [7]


def test_a_header_that_tells_no_instance_is_still_one_of_an_error():
    decoded = decode_json(b'{"MTConnectError":{"Error":{"errorCode":"UNSUPPORTED"}}}')
    assert decoded.documents.select(["kind", "instance_id"]).to_pylist() == [
        {"kind": "MTConnectError", "instance_id": None}
    ]
    assert decoded.rejects == ()


def test_assets_keep_their_json(captured):
    decoded = decode_json(captured("captured/okuma_v2/assets.json"))
    assert len(decoded.assets) == 16
    first = decoded.assets[0]
    assert (first.asset_id, first.type, first.device_uuid) == ("123456.2207", "CuttingTool", "OKUMA.123456")
    assert first.content.startswith('{"CuttingToolLifeCycle":{') and not first.is_removed


def test_assets_of_version_1():
    assets = b'[{"CuttingTool":{"assetId":"a","removed":true}},{"x:File":{"assetId":"b"}}]'
    data = b'{"MTConnectAssets":{"Header":{"instanceId":7},"Assets":' + assets + b"}}"
    assert [(a.asset_id, a.type, a.is_removed) for a in decode_json(data).assets] == [
        ("a", "CuttingTool", True),
        ("b", "File", False),
    ]


def test_a_device_model_that_is_none_is_told_and_its_header_kept():
    data = b'{"MTConnectDevices":{"Header":{"instanceId":7},"Devices":{"Device":[{"DataItems":{"DataItem":[]}}]}}}'
    decoded = decode_json(data)
    assert decoded.documents["instance_id"].to_pylist() == [7]
    assert [r.reason[:12] for r in decoded.rejects] == ["device model"]


def test_an_asset_without_a_document():
    """Agents up to 2.2 publish an asset alone: `{"CuttingTool": {…}}` on `MTConnect/Asset/…`."""
    decoded = decode_json(b'{"CuttingTool":{"assetId":"T1","deviceUuid":"m1","toolId":"9"}}{"Part":{"name":"p"}}')
    assert [(a.asset_id, a.type, a.device_uuid) for a in decoded.assets] == [("T1", "CuttingTool", "m1")]
    assert decoded.documents["kind"].to_pylist() == ["MTConnectAssets"]
    assert len(decoded.rejects) == 1
