import math

import orjson
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, an_observation, rows_of

from smelt.mtconnect.json.decode import JsonReading, decode_json, decode_plain
from smelt.mtconnect.merge import merge
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import DECODED_ROWS, Reject

SMALL = ("captured/okuma_v2/poll_00.json", "captured/okuma_v2/sample_after_disconnect.json")


def sequences(data: bytes) -> list[int]:
    return decode_json(data).rows["sequence"].to_pylist()


def assert_rejects_fit(rejects: tuple[Reject, ...], size: int) -> None:
    at = 0
    for offset, length in sorted({(reject.offset, reject.length) for reject in rejects}):  # several of one envelope
        assert at <= offset and length >= 0
        at = offset + length
    assert at <= size


def row_of(data: bytes, item: str, sequence: int) -> dict:
    rows = pl.from_arrow(decode_json(data).rows).filter(data_item=item, sequence=sequence)
    return rows.row(0, named=True)


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b",", b" , ", b"\x1e"])
def test_documents_joined_in_any_way(document, between):
    data = between.join([document(1), document(4), document(7)])
    decoded = decode_json(data)
    assert decoded.rows["sequence"].to_pylist() == list(range(1, 10))
    assert decoded.rows["document"].to_pylist() == [0] * 3 + [1] * 3 + [2] * 3
    assert decoded.rejects == ()
    offsets, lengths = decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist()
    assert [data[o : o + n] for o, n in zip(offsets, lengths, strict=True)] == [document(1), document(4), document(7)]


def test_pretty_printing_arrays_and_a_byte_order_mark(document):
    pretty = orjson.dumps(orjson.loads(document(1)), option=orjson.OPT_INDENT_2)
    array = b"[\n" + pretty + b",\n" + document(4) + b"\n]\n"
    for data in (array, b"\xef\xbb\xbf" + array):
        assert sequences(data) == [1, 2, 3, 4, 5, 6]
        assert decode_json(data).rejects == ()


def test_what_looks_like_a_border_inside_a_string_is_none(document):
    first = orjson.loads(document(1))
    events = {"Message": [{"value": '}{"MTConnectStreams":{', "dataItemId": "m", "sequence": 99}]}
    events["Message"][0]["timestamp"] = "2020-01-01T00:00:00Z"
    first["MTConnectStreams"]["Streams"]["DeviceStream"][0]["ComponentStream"][0]["Events"] = events
    decoded = decode_json(orjson.dumps(first) + document(4))
    assert decoded.rows["sequence"].to_pylist() == [1, 2, 3, 99, 4, 5, 6]
    assert decoded.rows["text"].to_pylist()[3] == '}{"MTConnectStreams":{'


def test_the_header_becomes_the_document(document):
    decoded = decode_json(document(5, count=2))
    row = pl.from_arrow(decoded.documents).row(0, named=True)
    assert row["created_at"].isoformat() == "2020-01-01T00:00:01+00:00"
    del row["created_at"]
    assert row == {
        "offset": 0,
        "length": len(document(5, count=2)),
        "kind": "MTConnectStreams",
        "dialect": "json-v2",
        "source": None,
        "received_at": None,
        "sender": "here",
        "instance_id": 7,
        "first_sequence": 5,
        "next_sequence": 7,
        "last_sequence": 6,
    }


def test_garbage_behind_a_document_is_one_reject(document):
    data = document(1)
    reason = "neither an MTConnect document nor a record"
    assert decode_json(data + b"garbage").rejects == (Reject(len(data), 7, reason),)
    empty = Reject(len(data) + 1, 2, "no record that is known: an object without keys")
    assert decode_json(data + b"\n{}{oops").rejects == (empty, Reject(len(data) + 3, 5, reason))


def test_a_heartbeat_is_evidence_of_contact():
    header = b'{"MTConnectStreams":{"Header":{"instanceId":1,"nextSequence":5},"Streams":{}}}'
    decoded = decode_json(header)
    assert decoded.documents["next_sequence"].to_pylist() == [5]
    assert (decoded.rows.num_rows, decoded.rejects) == (0, ())


def test_devices_assets_and_errors_have_no_observations_but_a_document(captured):
    for name in ("probe.json", "assets.json", "error_count0.json"):
        decoded = decode_json(captured(f"captured/okuma_v2/{name}"))
        assert decoded.documents["instance_id"].to_pylist() == [1795317811]
        assert (decoded.rows.num_rows, decoded.rejects) == (0, ())
        behind = decode_json(captured(f"captured/okuma_v2/{name}") + b"garbage")
        assert behind.documents.num_rows == len(behind.rejects) == 1
    assert decode_json(b'{"MTConnectError":{"Errors":{}}}').rejects == ()


@pytest.mark.parametrize("name", ["shapes_v2/sample.json", "shapes_v2/current.json", "okuma_v2/current_mid.json"])
def test_every_observation_of_captured_documents(captured, name):
    data = captured(f"captured/{name}")
    decoded = decode_json(data)
    assert decoded.rows.schema == DECODED_ROWS
    assert decoded.rejects == ()
    assert len(set(decoded.rows["sequence"].to_pylist())) == data.count(b'"sequence":')


def test_values_of_every_shape(captured):
    data = captured("captured/shapes_v2/sample.json")
    assert row_of(data, "dcbc0570", 86)["value"] == 12.5
    assert math.isnan(row_of(data, "dcbc0570", 105)["value"])
    assert row_of(data, "r1841b70", 106)["value"] == math.inf
    assert row_of(data, "dcbc0570", 111) | {"event_time": None} == {
        "document": 0,
        "instance_id": 1795318002,
        "sequence": 111,
        "part": 0,
        "device_uuid": "872a3490-bd2d-0136-3eb0-0c85909298d9",
        "data_item": "dcbc0570",
        "category": "SAMPLE",
        "event_time": None,
        "value": None,
        "text": None,
        "level": "UNAVAILABLE",
        "native_code": None,
        "native_units": False,
    }
    assert row_of(data, "p4", 81)["text"] == "0815"
    assert row_of(data, "r186cd60", 92)["text"] == "[1.25,-2.5,0.003]"
    assert row_of(data, "v1", 89)["text"] == '{"a":7,"c":{"removed":true}}'
    assert row_of(data, "wp1", 97)["text"] == '{"G53.1":{"X":9.5},"G53.2":{"removed":true}}'
    fault = row_of(data, "a5b23650", 96)
    assert (fault["level"], fault["native_code"], fault["text"]) == ("FAULT", "100", "servo alarm")
    assert row_of(data, "a5b23650", 112)["level"] == "NORMAL"
    assert row_of(data, "a5b23650", 112)["text"] is None
    assert row_of(data, "a5b23650", 55)["level"] == "UNAVAILABLE"
    assert row_of(data, "m17f1750", 104)["native_code"] == "E42"


def test_a_time_series_becomes_parts_with_their_own_times(captured):
    rows = pl.from_arrow(decode_json(captured("captured/shapes_v2/sample.json")).rows)
    series = rows.filter(sequence=88)
    assert series["part"].to_list() == [0, 1, 2, 3, 4]
    assert [str(v) for v in series["value"].to_list()] == ["1.5", "2.5", "3.5", "nan", "4.5"]
    assert series["event_time"].dt.microsecond().to_list() == [80_000, 85_000, 90_000, 95_000, 100_000]
    without_rate = rows.filter(sequence=90)
    assert without_rate["text"].to_list() == ["[10.0,20.0,30.0,40.0]"]
    assert without_rate["value"].to_list() == [None]


def test_a_writer_that_sends_every_value_as_text(captured):
    data = captured("trakhound/json-cppagent-v2.streams.json")
    decoded = decode_json(data)
    assert decoded.rejects == ()
    assert len(set(decoded.rows["sequence"].to_pylist())) == data.count(b'"sequence":')


@pytest.mark.slow
def test_the_real_month_has_no_hole(smelt_data):
    tables = []
    for path in sorted((smelt_data / "landing" / "raw").rglob("*.gz")):
        unpacked = unpack(path.read_bytes())
        decoded = decode_json(unpacked.data)
        assert (unpacked.rejects, decoded.rejects) == ((), ())
        tables.append(decoded.rows)
    rows = pl.from_arrow(pa.concat_tables(tables))
    assert (rows["sequence"].n_unique(), rows["sequence"].min(), rows["sequence"].max()) == (747_000, 1, 747_000)
    counts = dict(rows.group_by("device_uuid").len().iter_rows())
    assert counts.pop("mtc_adapter002") == 746_780
    assert counts.pop("mtc_adapter004") == 66
    assert counts.pop("mtc_adapter001") == 26
    assert counts.pop("0bdc80ba-8ee2-5bd2-81a2-b27b9c354dae") == 38
    assert sorted(counts.values()) == [18] * 5
    years = dict(rows.group_by(pl.col("event_time").dt.year()).len().iter_rows())
    assert years == {2017: 747_000 - 292, 2026: 291, 1761: 1}


@given(st.binary(max_size=400))
def test_no_bytes_raise(data):
    assert_rejects_fit(decode_json(data).rejects, len(data))


PIECES = [b'{"MTConnectStreams":{', b'"Header":{"instanceId":1},', b'"Streams":{"DeviceStream":[', b'{"uuid":"u",']
PIECES += [b'"ComponentStream":[{"Samples":{"P":[{"dataItemId":"a","sequence":1,"timestamp":"2020-01-01T00:00:00Z"']
PIECES += [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"}]}}]}]}}}",
    b"\\",
    b"\xff",
    b"1e999",
    b"null",
    b"99999999999999999999",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_no_scrap_of_a_document_raises(data):
    assert_rejects_fit(decode_json(data).rejects, len(data))


@given(st.data())
def test_a_torn_document_never_takes_its_neighbours_along(document, data):
    torn = document(10, count=3)
    start = data.draw(st.integers(0, len(torn)))
    torn = torn[: data.draw(st.integers(0, start))] + torn[start:] if data.draw(st.booleans()) else torn[:start]
    garbage = data.draw(st.sampled_from([b"", b"\n", b"garbage", b'"', b"}", b"{", b"\xff", b'{"value":"']))
    joined = document(1) + torn + garbage + document(4)
    decoded = decode_json(joined)
    found = decoded.rows["sequence"].to_pylist()
    assert [n for n in found if n < 10] == [1, 2, 3, 4, 5, 6]
    assert set(found) <= {1, 2, 3, 4, 5, 6, 10, 11, 12}
    assert_rejects_fit(decoded.rejects, len(joined))


def test_torn_at_every_byte(document):
    whole, behind = document(1, count=2), document(7, count=1)
    observations = [i + 1 for i in range(len(whole)) if whole[i : i + 1] == b"}" and whole[i - 1 : i] == b'"']
    ends = [whole.index(b',"Streams"'), *observations]
    is_known = whole.index(b'"Streams":{') + len(b'"Streams":{')  # from here on it is version 2
    assert len(observations) == 2
    for at in range(len(whole)):
        decoded = decode_json(whole[:at] + behind)
        complete = sum(end <= at for end in ends[1:])
        assert decoded.rows["sequence"].to_pylist() == [*[1, 2][:complete], 7]
        assert len(decoded.rejects) == (at > 0)
        if at > 0:
            reject = decoded.rejects[0]
            kept = ends[complete] if at >= is_known else 0
            assert (reject.offset, reject.offset + reject.length) == (kept, at)


@given(st.data())
def test_real_documents_with_changed_bytes(captured, data):
    left, middle = (captured(name) for name in SMALL)
    changed = bytearray(middle)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    joined = left + bytes(changed) + left
    decoded = decode_json(joined)
    mine = decode_json(left).rows
    found = pl.from_arrow(decoded.rows)
    last = decoded.documents.num_rows - 1
    columns = [name for name in mine.column_names if name != "document"]
    for place in (0, last):
        assert found.filter(document=place).select(columns).to_arrow().num_rows == mine.num_rows
    assert_rejects_fit(decoded.rejects, len(joined))


_NUMBERS = a_document(b",".join(an_observation(b"%d.5" % n, b"x%d" % (n % 3), n) for n in range(40)))
_TEXTS = a_document(b",".join(an_observation(b'"t%d"' % n, b"e", n) for n in range(9)), "Events", "Block")
_PROBE = b'{"MTConnectDevices":{"Header":{"instanceId":1},"Devices":[]}}'
_RECORD = b'{"name":"x","value":"1.5","dateTime":"2020-01-01T00:00:00Z","dataItemId":"x"}\n'
_BUFFERS = (
    _NUMBERS,
    _TEXTS,
    _NUMBERS + _TEXTS,
    _NUMBERS[:-30],
    b"garbage",
    _TEXTS + b"oops" + _TEXTS,
    _PROBE,
    _RECORD,
    b"",
)


@given(st.lists(st.sampled_from(_BUFFERS), max_size=8), st.sampled_from((0, 2000, 1 << 20)))
def test_a_reading_of_buffers_says_what_each_says(buffers, plain_below):
    reading = JsonReading(plain_below=plain_below)
    behind, alone = 0, []
    for data in buffers:
        reading.read(data)
        alone.append(decode_plain(data))
    found, expected = reading.finish(), merge([decode_plain(b""), *alone])
    assert rows_of(found) == rows_of(expected)
    offsets, rejects = [], []
    for data, decoded in zip(buffers, alone, strict=True):
        offsets += [behind + offset for offset in decoded.documents["offset"].to_pylist()]
        rejects += [Reject(behind + r.offset, r.length, r.reason) for r in decoded.rejects]
        behind += len(data)
    assert found.documents["offset"].to_pylist() == offsets
    assert found.documents.drop("offset").equals(expected.documents.drop("offset"))
    assert list(found.rejects) == rejects
    assert found.probes == expected.probes
    assert reading.has_probe == bool(expected.probes)
    assert len(reading) >= found.rows.num_rows


@pytest.mark.parametrize("decode", [decode_json, decode_plain])
def test_what_stands_under_a_key_twice_counts_twice(document, decode):
    """Converters of XML repeat a key where a list should stand; a parser keeps the last."""
    whole = document(1, count=2)
    start, end = whole.index(b'"Samples":'), whole.index(b"}]}") + 3
    told = whole[start:end]
    twice = (
        whole[:start]
        + told
        + b","
        + told.replace(b'"sequence":1', b'"sequence":8').replace(b'"sequence":2', b'"sequence":9')
        + whole[end:]
    )
    found = decode(twice * 3)
    assert found.rows["sequence"].to_pylist() == [1, 2, 8, 9] * 3
    assert not found.rejects


def test_a_reading_tells_what_it_takes_however_it_was_read(document):
    for plain_below in (0, 1 << 20):
        reading = JsonReading(plain_below=plain_below)
        before = reading.nbytes
        reading.read(document(1))
        assert reading.nbytes >= before + 3 * 30
