import orjson
import pytest

from smelt.mtconnect.json.decode import decode_json
from smelt.terms.observation import Origin


def record(*observations, timestamp="2020-01-01T00:00:00Z"):
    return orjson.dumps([{"timestamp": timestamp, "observations": list(observations)}])


def one(key, **values):
    return {"dataItemKey": key, "values": values}


def test_results_sets_and_tables():
    table = {"dataItemKey": "tools", "values": {"TABLE[T1][LENGTH]": "142.6", "TABLE[T1][N]": "2"}}
    sets = {"dataItemKey": "vars", "values": {"DATASET[E100]": "12.1", "DATASET[E101]": "[!!REMOVED!!]"}}
    decoded = decode_json(record(one("avail", result="AVAILABLE"), sets, table), Origin(log_device_uuid="m1"))
    assert decoded.rows["text"].to_pylist() == [
        "AVAILABLE",
        '{"E100":12.1,"E101":{"removed":true}}',
        '{"T1":{"LENGTH":142.6,"N":2}}',
    ]
    assert set(decoded.rows["device_uuid"].to_pylist()) == {"m1"}
    assert decoded.documents.select(["kind", "dialect"]).to_pylist() == [{"kind": "records", "dialect": "shdr"}]


def test_a_device_model_gives_keys_their_meaning(machine):
    data = record(one("Xpos", result="12.5"), one("motion", level="FAULT", nativeCode="7", message="servo"))
    decoded = decode_json(data, Origin(machine, "m1"))
    names = ["data_item", "category", "value", "level", "native_code", "native_units"]
    assert [tuple(row.values()) for row in decoded.rows.select(names).to_pylist()] == [
        ("id_Xpos", "SAMPLE", 12.5, None, None, True),
        ("id_motion", "CONDITION", None, "FAULT", "7", False),
    ]


def test_times_may_be_milliseconds():
    decoded = decode_json(record(one("a", result="1"), timestamp=1_600_000_000_500))
    assert decoded.rows["event_time"].to_pylist()[0].isoformat() == "2020-09-13T12:26:40.500000+00:00"


@pytest.mark.parametrize(
    "bad", [record(1), record({"dataItemKey": "a"}), record(one("a", result="1"), timestamp="never")]
)
def test_what_does_not_fit_is_rejected_alone(bad):
    decoded = decode_json(bad + b"\n" + record(one("a", result="1")))
    assert (decoded.rows.num_rows, len(decoded.rejects)) == (1, 1)
