from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.records.snapshots import fits

POLL = (
    b'{"sequence":%d,"Xabs":%s,"Sload":0,"program":"O1234","none":null,'
    b'"timestamp":"2025-08-06T10:36:37.123456","machine":"VTC"}\n'
)


def test_a_poll_is_a_row_for_each_data_item():
    decoded = decode_json(POLL % (123, b"-12.5"))
    rows = [tuple(r.values()) for r in decoded.rows.select(["data_item", "category", "value", "text"]).to_pylist()]
    assert rows == [
        ("Xabs", "SAMPLE", -12.5, None),
        ("Sload", "SAMPLE", 0.0, None),
        ("program", "EVENT", None, "O1234"),
    ]
    assert set(decoded.rows["device_uuid"].to_pylist()) == {"VTC"}
    assert decoded.rows["sequence"].to_pylist() == [123] * 3
    assert decoded.documents["dialect"].to_pylist() == ["snapshots"]


def test_a_time_without_a_zone_is_utc():
    (time,) = set(decode_json(POLL % (1, b"1")).rows["event_time"].to_pylist())
    assert time.isoformat() == "2025-08-06T10:36:37.123456+00:00"


def test_a_key_that_held_a_number_is_a_sample_also_where_it_is_unavailable():
    decoded = decode_json(POLL % (1, b"1.5") + POLL % (2, b'"UNAVAILABLE"'))
    found = [r for r in decoded.rows.select(["data_item", "category", "level"]).to_pylist() if r["data_item"] == "Xabs"]
    assert [(r["category"], r["level"]) for r in found] == [("SAMPLE", None), ("SAMPLE", "UNAVAILABLE")]


def test_nested_or_headless_objects_are_no_polls():
    assert not fits({"timestamp": "a", "sequence": 1, "machine": "m", "x": {}})
    assert not fits({"timestamp": "a", "x": 1.0})


def test_a_poll_without_a_time_is_rejected():
    (reject,) = decode_json(POLL.replace(b"2025", b"never") % (1, b"1")).rejects
    assert "VTC" in reject.reason
