import orjson
import pytest

from smelt.mtconnect.json.decode import decode_json
from smelt.terms.observation import Reject


def rejected(data: bytes) -> list[bytes]:
    return [data[r.offset : r.offset + r.length] for r in decode_json(data).rejects]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence":2', b'"sequence":99999999999999999999'),
        (b'"sequence":2,', b""),
        (b'"value":2.0', b'"value":nan'),
        (b'"value":2.0', b'"value":1e999'),
        (b'"value":2.0', b'"value":"\xff\xfe"'),
        (b'"value":2.0', b'"value":"\\ud800"'),
        (b'2.0,"dataItemId":"x"', b'2.0,"dataItemId":7'),
    ],
)
def test_a_bad_observation_is_rejected_alone(document, old, new):
    data = document(1).replace(old, new)
    decoded = decode_json(data + document(4))
    assert decoded.rows["sequence"].to_pylist() == [1, 3, 4, 5, 6]
    (bad,) = rejected(data)
    assert bad.startswith(b"{") and bad.endswith(b"}") and new in bad


def test_a_bad_timestamp_is_rejected_alone(document):
    data = document(1).replace(b"2020-01-01T00:00:00Z", b"2020-01-01T00:61:00Z", 2)
    decoded = decode_json(data)
    assert decoded.rows["sequence"].to_pylist() == [3]
    assert len(decoded.rejects) == 2


def test_bad_bytes_outside_of_observations_harm_none(document):
    data = document(1).replace(b'"Linear"', b'"\xff"')
    decoded = decode_json(data)
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3]
    assert decoded.documents["length"].to_pylist() == [len(data)]


def test_a_device_whose_name_is_damaged_gets_no_rows(document):
    data = document(1).replace(b'"uuid":"m1"', b'"uuid":"\xff"')
    decoded = decode_json(data + document(4, uuid="m2"))
    assert decoded.rows["device_uuid"].to_pylist() == ["m2"] * 3
    assert len(decoded.rejects) == 3


def test_an_unknown_member_is_rejected_and_the_rest_kept(document):
    data = document(1).replace(b'"Samples":', b'"Extras":{"P":[{"sequence":1}]},"Samples":')
    assert decode_json(data).rows["sequence"].to_pylist() == [1, 2, 3]
    assert rejected(data) == [b'{"P":[{"sequence":1}]}']


def test_a_document_without_an_instance_id_is_rejected_whole(document):
    data = document(1).replace(b'"instanceId":7,', b"")
    decoded = decode_json(data)
    reason = "MTConnect document: no Header with an instanceId"
    assert (decoded.rows.num_rows, decoded.documents.num_rows) == (0, 0)
    assert decoded.rejects == (Reject(0, len(data), reason),)


def test_a_torn_document_tells_where_reading_stopped(document):
    whole = document(1)
    at = whole.index(b'"sequence":3')
    (reject,) = decode_json(whole[:at]).rejects
    assert reject.offset == whole.index(b',{"value":3.0')
    assert reject.reason == f"torn document: the document ends in the middle, at byte {at}"


def version_1(*observations: bytes) -> bytes:
    samples = b",".join(b'{"Position":' + o + b"}" for o in observations)
    component = b'{"ComponentStream":{"component":"Linear","Samples":[' + samples + b"]}}"
    device = b'{"DeviceStream":{"name":"M","uuid":"m1","ComponentStreams":[' + component + b"]}}"
    return b'{"MTConnectStreams":{"Header":{"instanceId":7},"Streams":[' + device + b"]}}"


def position(number: int) -> bytes:
    stamp = "2020-01-01T00:00:00Z"
    return orjson.dumps({"value": float(number), "dataItemId": "x", "sequence": number, "timestamp": stamp})


def test_a_bad_observation_of_version_1_is_rejected_alone():
    bad = position(2).replace(b"2.0", b"nan")
    data = version_1(position(1), bad, position(3))
    assert decode_json(data).rows["sequence"].to_pylist() == [1, 3]
    assert rejected(data) == [bad]


def test_a_torn_document_of_version_1_keeps_what_is_good():
    data = version_1(position(1), position(2), position(3))
    at = data.index(b'"sequence":3')
    decoded = decode_json(data[:at] + version_1(position(4)))
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 4]
    assert decoded.rows["device_uuid"].to_pylist() == ["m1"] * 3
    assert decoded.documents["dialect"].to_pylist() == ["json-v1"] * 2
    (reject,) = decoded.rejects
    assert "torn document" in reject.reason
    assert data[reject.offset :].startswith(b'},{"Position":{"value":3.0')


def test_an_unknown_member_of_version_1_is_rejected_and_the_rest_kept():
    data = version_1(position(1)).replace(b'"Samples":', b'"Extras":[{"P":{"sequence":1}}],"Samples":')
    assert decode_json(data).rows["sequence"].to_pylist() == [1]
    assert rejected(data) == [b'[{"P":{"sequence":1}}]']
