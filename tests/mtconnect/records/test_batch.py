import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect.json.decode import decode_json, decode_plain
from smelt.mtconnect.records.batch import Batch, RecordBatches
from smelt.mtconnect.records.decode import Records
from smelt.mtconnect.records.labelled import Labelled
from smelt.mtconnect.records.runs import Run, Runs, _Found
from smelt.mtconnect.rows import Building
from smelt.terms.observation import Decoded, Origin

STAMP = "2020-01-01T00:00:00.5Z"
TEXTS = [
    "1.5",
    "-2e3",
    " 1 ",
    "1_0",
    "NaN",
    "1.5 2",
    "UNAVAILABLE",
    " UNAVAILABLE ",
    "READY",
    "",
    '{"a":"1"}',
    "{",
    "é",
]
SENT = st.sampled_from([*TEXTS, *TEXTS, "0.25", "7", "x", 1.5, 3, True, None, [1, 2.5], ["1"], {"a": "1"}])
STAMPS = st.sampled_from(
    [STAMP] * 6 + ["2020-01-01T00:00:00+01:00", "0000-01-01T00:00:00Z", "2020-01-01T00:00Z", "never", "", 1500, None]
)
SEQUENCES = st.one_of(st.integers(0, 1 << 63), st.sampled_from(["12", "x", -1, None, True]))


def objects(required: dict, optional: dict) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(required, optional=optional)


ENTITIES = objects(
    {"dataItemId": st.sampled_from(["a", "b", "c", "", 5]), "timestamp": STAMPS},
    {
        "category": st.sampled_from(["SAMPLE", "SAMPLE", "EVENT", "EVENT", "CONDITION", "sample", None]),
        "result": SENT,
        "value": SENT,
        "sequence": SEQUENCES,
        "deviceUuid": st.sampled_from(["m1", "m2", "", 5]),
        "instanceId": st.integers(0, 2),
        "type": st.sampled_from(["POSITION", "PATH_FEEDRATE_OVERRIDE", None]),
        "level": st.sampled_from(["FAULT", "normal", "SEVERE", None]),
        "message": st.sampled_from(["hot", None, 5]),
        "nativeCode": st.sampled_from(["404", 404, 404.0, 1, True, ""]),
        "resetTriggered": st.just("DAY"),
        "representation": st.sampled_from(["DATA_SET", "VALUE"]),
        "count": st.integers(0, 2),
        "sampleRate": st.sampled_from(["10", 10]),
        "samples": st.sampled_from([["1", "2"], [1], ["a"]]),
    },
)
MTC2KAFKA = objects(
    {
        "id": st.sampled_from(["z", "y", "", 4]),
        "attributes": objects(
            {"timestamp": STAMPS},
            {"sequence": SEQUENCES, "sampleRate": st.just("10"), "nativeCode": st.sampled_from(["4", 4])},
        ),
        "type": st.sampled_from(["Samples", "Events", "Condition", "Other", 5]),
    },
    {
        "tag": st.sampled_from(["Position", "Line", "Fault", "LoadTimeSeries", "PathFeedrateOverride", None]),
        "value": SENT,
        "key": st.just("k"),
    },
)
SMS = objects(
    {"DeviceId": st.sampled_from(["m1", "", None]), "SampleTimestamp": STAMPS, "SampleDataItemId": st.just("x")},
    {
        "SampleSequence": SEQUENCES,
        "SampleValue": SENT,
        "EventDataItemId": st.sampled_from(["y", ""]),
        "Header": st.just({}),
        "Streams": st.just({}),
    },
)
OTHERS = st.sampled_from(
    [{}, {"a": 1}, [1], 5, "text", {"timestamp": STAMP, "machine": "VTC", "sequence": 3, "Xabs": 1.5}]
)
PLAIN = st.one_of(ENTITIES, ENTITIES, MTC2KAFKA, SMS, OTHERS)
TOPICS = st.sampled_from(["MTConnect/Devices/m1/Observations/Samples/a", "Observation/m2/x", "t", "", 5, None])
ARRIVALS = st.sampled_from([STAMP, "1970-01-01T00:00:01Z+0000", "never", 1500, True])


def enveloped(payload: st.SearchStrategy) -> st.SearchStrategy:
    sent = st.one_of(payload, payload.map(lambda held: orjson.dumps(held).decode()))
    return st.one_of(
        objects(
            {"topic": TOPICS, "payload": sent}, {"tst": ARRIVALS, "key": st.sampled_from(["m3", "a", 5]), "qos": SENT}
        ),
        objects({"schema": st.none(), "payload": sent}, {"ts": ARRIVALS, "unknown": st.just(1)}),
        objects({"key": st.sampled_from(["m1", "a", "bTE="]), "value": sent}, {"timestamp": ARRIVALS}),
        objects({"body": sent}, {"header": st.just({})}),
    )


DOCUMENT = {"MTConnectStreams": {"Header": {"instanceId": 1}, "Streams": {}}}
WRAPPED = st.recursive(st.one_of(PLAIN, PLAIN, st.sampled_from([DOCUMENT, [], ["a"], 5, "AVAILABLE"])), enveloped)
RECORDS = st.one_of(PLAIN, PLAIN, enveloped(PLAIN), WRAPPED)
TORN = st.sampled_from([b"word", b'a"b" {', b"{", b"}", b'"', b"oops", b"<", b"", b'{"a":', b"]\n[", b'{"result":"}"}'])
ORIGINS = st.sampled_from(
    [Origin(), Origin(source="MTConnect/Devices/m9/Observations/Samples/x"), Origin(record_key="k", received_at_us=5)]
)


class _Each(Runs):
    def parse(self, data: bytes, at: int, end: int) -> Run | None:
        return self._parse_rest(data, at + 1, _Found(at))


class _Never(Labelled):
    def parse(self, data: bytes, at: int, end: int) -> None:
        return None


class _EachRecords(Records):
    def _add_run(self, run: Run) -> int:
        for i, value in enumerate(run.values):
            part = run.part(i, i + 1)
            values = self._values
            values.before = values.before if part.before is None else part.before
            values.add(value, part.place, self._building.origin)
        return run.end


def read(data: bytes, origin: Origin, is_each: bool) -> Decoded:
    building = Building(origin)
    records = (_EachRecords if is_each else Records)(building, decode_plain)
    if is_each:
        records._runs = _Each(records._ends)
        records._labelled = _Never()
    records.read(data, 0, len(data))
    return building.finish()


def compare(data: bytes, origin: Origin) -> None:
    found, expected = read(data, origin, is_each=False), read(data, origin, is_each=True)
    assert repr(found.rows.to_pydict()) == repr(expected.rows.to_pydict())  # so that NaN equals NaN
    assert found.documents.to_pylist() == expected.documents.to_pylist()
    assert found.rejects == expected.rejects


def wrapped(record: dict, shape: int, place: int) -> dict:
    """Return the record in an envelope of some shape, or as it is."""
    topic, text = f"MTConnect/Devices/m{place % 3}/Observations/x", orjson.dumps(record).decode()
    key = f"m{place % 2}"
    shapes: list[dict] = [
        record,
        {"topic": topic, "payload": record},
        {"topic": topic, "payload": text, "tst": STAMP},
        {"key": key, "value": text},
        {"schema": None, "payload": {"topic": topic, "key": key, "payload": text, "ts": 1500}},
    ]
    return shapes[shape]


def varied(template: dict, values: list, place: int) -> dict:
    """Return the record with another value and sequence, so that many are of one kind."""
    value = next((key for key in ("result", "value", "SampleValue") if key in template), None)
    return template if value is None else template | {value: values[place % len(values)]}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(RECORDS.map(orjson.dumps), RECORDS.map(orjson.dumps), TORN), max_size=20),
    st.sampled_from([b"\n", b"\n", b"", b",", b"\r\n", b",\n", b"\x1e"]),
    ORIGINS,
)
def test_any_records_are_read_as_one_by_one(pieces, between, origin):
    data = between.join(pieces)
    compare(data, origin)
    compare(b"[" + data + b"]", origin)
    compare(b"t/1 " + data.replace(b"\n", b"\nt/2 "), origin)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(ENTITIES, MTC2KAFKA, SMS), min_size=1, max_size=4),
    st.lists(SENT, min_size=1, max_size=12),
    st.lists(st.one_of(RECORDS.map(orjson.dumps), TORN), max_size=2),
    ORIGINS,
    st.integers(0, 4),
)
def test_many_records_of_few_kinds_are_read_as_one_by_one(templates, values, odd, origin, shape):
    records = [(n, varied(template, values, n)) for n in range(30) for template in templates]
    pieces = [orjson.dumps(wrapped(record, shape, n)) for n, record in records]
    for place, piece in enumerate(odd):
        pieces.insert(40 * place, piece)
    compare(b"\n".join(pieces), origin)
    compare(b"\n".join(b"t/%d\t" % (n % 7) + piece for n, piece in enumerate(pieces)), origin)


def lines(count: int, **members) -> list[dict]:
    head = {"dataItemId": "x", "category": "SAMPLE", "timestamp": STAMP}
    return [head | {"result": f"{n}.5", "sequence": n} | members for n in range(count)]


def batch_of(records: list[dict]) -> Batch:
    batches = RecordBatches({}, Building().times, Origin())
    batches.read(records)  # the first time the kinds are learned
    return batches.read(records)


def test_what_does_not_fit_is_left_to_others():
    records = lines(10)
    records[3] |= {"timestamp": "never"}
    records[6] |= {"sequence": -1}
    records[7] |= {"result": [1]}
    found = batch_of(records)
    assert [tuple(stretch) for stretch in found.stretches()] == [
        (0, 3, "entities"),
        (3, 4, None),
        (4, 6, "entities"),
        (6, 8, None),
        (8, 10, "entities"),
    ]
    assert found.columns["value"][4:6] == [4.5, 5.5]


def test_numbers_that_are_equal_are_not_the_same_code():
    data = b"\n".join(orjson.dumps(r) for code in (1, True, 1.0) for r in lines(9, nativeCode=code, category="EVENT"))
    assert decode_json(data).rows["native_code"].to_pylist() == ["1"] * 9 + ["True"] * 9 + ["1.0"] * 9


def test_what_is_known_stays_for_the_next_buffer():
    building, data = Building(), orjson.dumps(lines(9))
    for _ in range(2):
        Records(building, decode_plain).read(data, 0, len(data))
        building.close(len(data))
        assert [meaning.rule for form in building.forms.values() for meaning in form.meanings.values()] == ["number"]
    assert building.finish().rows["value"].to_pylist() == [n + 0.5 for n in range(9)] * 2


def test_what_is_known_has_a_bound(monkeypatch):
    monkeypatch.setattr("smelt.mtconnect.records.batch._MOST_KEPT", 50)
    forms = {}
    for batch in range(20):
        batches = RecordBatches(forms, Building().times, Origin())
        records = [record | {"message": f"{batch} {n}"} for n, record in enumerate(lines(10))]
        assert batches.read(records).dialects == ["entities"] * 10
        assert sum(len(meaning.cells) for form in forms.values() for meaning in form.meanings.values()) <= 60
