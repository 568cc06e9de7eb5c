import json
import math

import orjson
import pytest

from smelt.mtconnect.json.bare_words import parse_with_words
from smelt.mtconnect.json.decode import decode_json

STAMP = "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "data",
    [
        b'{"value":1.5}',
        b'{"value":None}',
        b'{"value":NaN',
        b'{"value":nan}',
        b'{"value":NaN,"text":"\\ud800"}',
        b'{"value":NaN,"text":"\xff"}',
        b'{"value":NaN,"many":99999999999999999999}',
        b'{"value":NaN,"x":' + b"[" * 100_000,
    ],
)
def test_what_is_no_json_for_another_reason(data):
    assert parse_with_words(data) is None


def _document(words: dict[str, object], count: int) -> bytes:
    series = {"sampleCount": 2, "sampleRate": 10, "value": [1.5, words["NaN"]]}
    said = [
        ("Samples", "Load", {"value": words["NaN"]}),
        ("Samples", "Load", {"value": words["-Infinity"]}),
        ("Samples", "LoadTimeSeries", series),
        ("Samples", "PathPosition", {"value": [1.5, words["NaN"], 2.5]}),
        ("Events", "VariableDataSet", {"value": {"a": words["Infinity"], "b": 1.5}}),
    ]
    said += [("Samples", "Load", {"value": float(n)}) for n in range(count)]
    component: dict[str, dict[str, list[object]]] = {}
    for sequence, (group, element, more) in enumerate(said, 1):
        head = {"dataItemId": f"{element}1", "sequence": sequence, "timestamp": STAMP}
        component.setdefault(group, {}).setdefault(element, []).append(head | more)
    header = {"instanceId": 7, "sender": "here", "creationTime": STAMP}
    streams = {"DeviceStream": [{"name": "Mill", "uuid": "m1", "ComponentStream": [component]}]}
    return json.dumps({"MTConnectStreams": {"Header": header, "Streams": streams}}).encode()


@pytest.mark.parametrize("count", [0, 1500])  # read by the plain decoder, and by the compiled one before it
def test_bare_words_say_what_texts_say(count):
    """Python writes a number that is none as the bare word NaN; agents write it as text."""
    words = ("NaN", "Infinity", "-Infinity")
    bare = decode_json(_document({word: float(word) for word in words}, count))
    quoted = decode_json(_document({word: word for word in words}, count))
    assert bare.rejects == quoted.rejects == ()
    assert str(bare.rows.to_pylist()) == str(quoted.rows.to_pylist())
    assert bare.rows.num_rows == 6 + count


def test_bare_words_in_records():
    record = {"dataItemId": "x", "category": "SAMPLE", "timestamp": STAMP, "deviceUuid": "m1"}
    data = b"\n".join(json.dumps(record | {"result": value}).encode() for value in (1.5, math.nan, -math.inf, 2.5))
    decoded = decode_json(data)
    assert decoded.rejects == ()
    assert str(decoded.rows["value"].to_pylist()) == "[1.5, nan, -inf, 2.5]"
    nested = {"event": record | {"result": math.nan}}
    assert decode_json(json.dumps(nested).encode()).rows.num_rows == 1
    assert decode_json(orjson.dumps(record)[:-1] + b',"result":nan}').rows.num_rows == 0
