import orjson
import pytest

from smelt.mtconnect.records.labelled import Labelled
from smelt.mtconnect.records.runs import skip_between

RECORDS = [{"a": n, "b": f"text {n}"} for n in range(3000)]


def parse(data: bytes, at: int = 0) -> list:
    runs, labelled = [], Labelled()
    while at < len(data) and (run := labelled.parse(data, at, len(data))) is not None:
        runs.append(run)
        at = skip_between(data, run.end, len(data))
    return runs


@pytest.mark.parametrize("odd", [{}, {"c": {"d": "}{"}}, {"c": [1, {"e": "\\"}]}])
def test_every_object_is_found_behind_its_words(odd):
    lines = [(b"shop/topic %d" % n, orjson.dumps(record | odd)) for n, record in enumerate(RECORDS)]
    data = b"\n".join(b" %b\t%b\r" % line for line in lines)
    runs = parse(data, 1)
    assert [value for run in runs for value in run.values] == [record | odd for record in RECORDS]
    assert [data[a:b] for run in runs for a, b in run.gaps] == [label for label, _ in lines]
    found = [data[a:b] for run in runs for a, b in zip(run.starts.tolist(), run.ends.tolist(), strict=True)]
    assert found == [text for _, text in lines]
    assert len(runs) < 12


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'a {"b":1}\nc {"b":2}\n{"b":3}', 2),
        (b'a {"b":1}\n\n c {"b":2}\nd {"b":3', 2),
        (b'a {"b":1}\nc {"b":2} e\nd {"b":3}', 1),
        (b'a {"b":1}{"b":2}', 0),
        (b'"a" {"b":1}', 0),
        (b'<a> {"b":1}', 0),
        (b"a {b", 0),
        (b'a\n{"b":1}', 0),
        (b"", 0),
    ],
)
def test_lines_that_are_no_object_behind_words_are_left_to_others(data, count):
    assert sum(len(run) for run in parse(data)) == count
