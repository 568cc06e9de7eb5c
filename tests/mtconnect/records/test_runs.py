import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.json.values import MAX_DEPTH, Ends
from smelt.mtconnect.records.runs import Run, Runs, skip_between

RECORDS = [{"a": n, "b": f"text {n}"} for n in range(4000)]


def parse(data: bytes, end: int | None = None) -> list[Run]:
    """Return runs up to the first place where none is."""
    runs, at, end, found = Runs(Ends()), skip_between(data, 0, len(data)), len(data) if end is None else end, []
    while at < end and (run := runs.parse(data, at, end)) is not None:
        found.append(run)
        at = skip_between(data, run.end, len(data))
    return found


def spans(runs: list[Run], data: bytes) -> list[bytes]:
    return [data[a:b] for run in runs for a, b in zip(run.starts.tolist(), run.ends.tolist(), strict=True)]


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b",", b" , ", b",\n", b"\x1e", b"\n\n", b"]\n["])
@pytest.mark.parametrize("odd", [{}, {"c": {"d": 1}}, {"c": "}{"}, {"c": [1, {"e": "\\"}]}])
def test_every_object_is_found_at_its_place(between, odd):
    records = [*RECORDS[:500], RECORDS[500] | odd, *RECORDS[501:]]
    pieces = [orjson.dumps(record) for record in records]
    data = between.join(pieces)
    found = parse(data)
    assert [value for run in found for value in run.values] == records
    assert spans(found, data) == pieces
    assert len(found) < 60


def test_many_are_parsed_at_once_but_not_all():
    data = b"\n".join(orjson.dumps(record | {"c": "x" * 1000}) for record in RECORDS)
    lengths = [run.end - int(run.starts[0]) for run in parse(data)]
    assert max(lengths) <= 1 << 20
    assert len(lengths) < 12


def test_a_torn_one_ends_the_run_before_it():
    data = b'{"a":1}\n{"a":2}\n{"a":3\n{"a":4}'
    assert [value for run in parse(data) for value in run.values] == [{"a": 1}, {"a": 2}]
    assert parse(b'{"a":[{"x":1}\n{"b":2}]}\n{"a":1},{"a":2}') == []


def test_one_may_end_behind_where_others_begin():
    data = b'{"a":1}{"payload":{"b":1}}'
    assert spans(parse(data, 10), data) == [b'{"a":1}', b'{"payload":{"b":1}}']


@given(
    st.lists(
        st.sampled_from(
            [
                b'{"a":1}',
                b'{"b":{"c":2}}',
                b'{"a":"}{"}',
                b"{",
                b"}",
                b"\n",
                b",",
                b'"',
                b"5",
                b'{"a":[1],"a":[2]}',
                b'{"a":{"b":[{"c":1},{"c":"<"}]}}',
                b'{"a":{"b":1,"b":2}}',
                b'"<"',
                b"}{",
                b"}\n{",
                b"[",
            ]
        ),
        max_size=12,
    ).map(b"".join)
)
def test_any_bytes_are_parsed_as_one_by_one(data):
    expected, at, ends = [], skip_between(data, 0, len(data)), Ends()
    while data.startswith(b"{", at) and (found := ends.find(data, at, len(data), is_first=True)) is not None:
        expected.append((found.value, data[at : found.end]))
        at = skip_between(data, found.end, len(data))
    runs = parse(data) if data.startswith(b"{", skip_between(data, 0, len(data))) else []
    while runs and not runs[-1].values:
        runs.pop()
    assert [value for run in runs for value in run.values] == [value for value, _ in expected]
    assert spans(runs, data) == [span for _, span in expected]


@pytest.mark.parametrize("value", ["}{", "}\n{", '"<"', "\\", '}\\"{', "[" * 200, "\u003c"])
@pytest.mark.parametrize("depth", [1, 126, 127, 128])
def test_nested_objects_are_parsed_as_one_by_one(value, depth):
    nested = orjson.dumps({"a": {"b": value, "c": 1}})
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    for between in (b"\n", b"", b"\r\n", b","):
        data = between.join([nested] * 3 + [deep, nested])
        found = spans(parse(data), data)
        assert found == [nested] * 3 + [deep, nested] if depth <= MAX_DEPTH else found == [nested] * 3
