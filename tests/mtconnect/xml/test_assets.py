import pytest

from smelt.mtconnect.xml.decode import decode_xml
from smelt.terms.observation import Origin

NOWHERE = Origin()
TOOL = (
    '<CuttingTool assetId="T1" deviceUuid="m1" timestamp="1970-01-01T00:00:01Z"><Status>NEW &lt;</Status></CuttingTool>'
)


def document(assets: str) -> bytes:
    return f'<MTConnectAssets><Header instanceId="7"/><Assets>{assets}</Assets></MTConnectAssets>'.encode()


def test_captured_assets_are_kept_as_they_stand(captured):
    data = captured("captured/okuma_v2/assets.xml")
    decoded = decode_xml(data, NOWHERE)
    assert (len(decoded.assets), decoded.documents["kind"].to_pylist()) == (16, ["MTConnectAssets"])
    assert all(a.content.encode() in data and a.content.startswith("<CuttingTool ") for a in decoded.assets)
    first = decoded.assets[0]
    assert (first.asset_id, first.type, first.device_uuid) == ("123456.2207", "CuttingTool", "OKUMA.123456")
    assert first.time_us == 1_659_966_156_437_716


def test_json_and_xml_name_the_same_assets(captured):
    from smelt.mtconnect.dialect import decode

    both = [decode(captured(f"captured/okuma_v2/assets.{form}")).assets for form in ("xml", "json")]
    named = [sorted((a.asset_id, a.type, a.device_uuid, a.time_us, a.is_removed) for a in assets) for assets in both]
    assert named[0] == named[1]


def test_a_removed_asset_and_one_of_a_vendor():
    decoded = decode_xml(document('<x:Fixture assetId="F" removed="true"/>' + TOOL), NOWHERE)
    assert [(a.type, a.asset_id, a.is_removed, a.content) for a in decoded.assets] == [
        ("Fixture", "F", True, '<x:Fixture assetId="F" removed="true"/>'),
        ("CuttingTool", "T1", False, TOOL),
    ]


def test_an_asset_without_an_id_is_rejected_alone():
    data = document("<File/>" + TOOL)
    decoded = decode_xml(data, NOWHERE)
    assert [a.asset_id for a in decoded.assets] == ["T1"]
    (reject,) = decoded.rejects
    assert (data[reject.offset : reject.offset + reject.length], reject.reason) == (b"<File/>", "asset: no assetId")


@pytest.mark.parametrize("cut", [1, 10, 26])
def test_assets_before_a_tear_are_kept(cut):
    decoded = decode_xml(document(TOOL)[:-cut] + document(TOOL.replace("T1", "T2")), NOWHERE)
    assert [(a.document, a.asset_id) for a in decoded.assets] == [(0, "T1"), (1, "T2")]
    assert "torn document" in decoded.rejects[0].reason


def test_content_is_read_in_the_encoding_that_the_document_declares():
    data = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + document(TOOL).replace(b"NEW", "für".encode("latin-1"))
    assert "für" in decode_xml(data, NOWHERE).assets[0].content
