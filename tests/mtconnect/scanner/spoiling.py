"""Documents, ways to spoil them, and the comparison with the plain decoder."""

# ruff: noqa: E501 - lists of odd pieces read better in long lines

import random
import re
from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa

from smelt.mtconnect.json.decode import decode_json, decode_plain
from smelt.terms.observation import TIME, Decoded

TIME_TEXT = "2020-01-01T00:00:00.5Z"
PIECES = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"-", b".", b"e9", b"1e400", b"null", b"true", b" ", b"\n",
    b"\x00", b"\x80", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\\u00e9", b"\\ud83d", b"\\ud83d\\ude00",
    b'"value":1,', b'"sequence":7,', b'"timestamp":"2020-02-30T00:00:00Z",', b'"dataItemId":"x",', b'"uuid":"m2",',
    b'"nativeCode":"E1",', b'"resetTriggered":"DAY",', b'"conditionId":"c",', b'"sampleRate":10,', b"[1.0,2.0]", b'"UNAVAILABLE"',
    b'{"MTConnectStreams":{', b'"Samples":{},', b'"Streams":{},', b'"Header":{},', b"12345678901234567890", b"0.1234567890123456789",
)  # fmt: skip


def rows_of(decoded: Decoded) -> dict[str, list[Any]]:
    """Return the rows as lists; NaN and -0.0 as their texts, times as integers."""
    columns = {}
    for field in decoded.rows.schema:
        column = decoded.rows[field.name]
        if field.type == TIME:
            column = column.cast(pa.int64())
        columns[field.name] = [repr(v) for v in column.to_pylist()] if field.name == "value" else column.to_pylist()
    return columns


def assert_same(data: bytes) -> Decoded:
    """Assert that the scanner's path gives what the plain decoder gives, and return it."""
    found, expected = decode_json(data), decode_plain(data)
    assert found.rows.schema == expected.rows.schema
    assert rows_of(found) == rows_of(expected)
    assert found.documents.equals(expected.documents)
    assert (found.rejects, found.probes, found.assets) == (expected.rejects, expected.probes, expected.assets)
    for name in ("device_uuid", "data_item", "category", "text", "level", "native_code"):
        for chunk in found.rows[name].chunks:
            words = chunk.dictionary.to_pylist()
            assert len(set(words)) == len(words)
            assert found.rows[name].num_chunks == 1
            assert set(words) >= set(found.rows[name].to_pylist()) - {None}
    return found


def spoil(rng: random.Random, data: bytes) -> bytes:
    """Spoil a document, or change it in ways that leave it whole."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        data = rng.choice(_WAYS)(rng, data)
    return data


def _flip(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 2, 5, 40, 400)) :]


def _end(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(PIECES) + data[at:]


def _insert_member(rng: random.Random, data: bytes) -> bytes:
    places = [match.end() for match in re.finditer(rb"\{(?=\")", data)] or [0]
    at = rng.choice(places)
    return data[:at] + rng.choice([p for p in PIECES if p.endswith(b",")]) + data[at:]


def _replace_value(rng: random.Random, data: bytes) -> bytes:
    found = list(re.finditer(rb'(?<=":)(?:"[^"]*"|-?[0-9][0-9.e+-]*|\[[^\[\]{}]*\])', data))
    if not found:
        return data
    match = rng.choice(found)
    return data[: match.start()] + rng.choice(VALUES) + data[match.end() :]


def _double(rng: random.Random, data: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    last = min(last, first + 600)
    return data[:last] + data[first:last] + data[last:]


def _join(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice((b"", b"\n", b",", b"garbage", b"{}", b"\x1e", b"\0")) + data


def _shuffle(rng: random.Random, data: bytes) -> bytes:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return data
    return orjson.dumps(_shuffled(rng, value), option=rng.choice((0, orjson.OPT_INDENT_2)))


def _shuffled(rng: random.Random, value: Any) -> Any:
    if isinstance(value, list):
        return [_shuffled(rng, member) for member in value]
    if isinstance(value, dict):
        members = list(value.items())
        rng.shuffle(members)
        return {key: _shuffled(rng, member) for key, member in members}
    return value


_WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip, _flip, _cut, _end, _insert, _insert_member, _replace_value, _replace_value, _double, _join, _shuffle,
)  # fmt: skip
VALUES = (
    b"0", b"-0", b"-0.0", b"007", b"1.", b".5", b"+1", b"1e5", b"1E-7", b"1e+2", b"1e400", b"1e-400", b"5e-324", b"0.1e1",
    b"123456789012345678", b"1234567890123456789012", b"9223372036854775807", b"9223372036854775808", b"-1", b"1.5",
    b"0.00029675933333333333", b"214.45204760000001", b"2.2250738585072011e-308", b"9007199254740993", b"0.30000000000000004",
    b"12345678.12345678", b"1234567.1234567", b"true", b"null", b"[]", b"{}", b"[1,2,3]", b'[1.5,"NaN"]', b'{"a":1.0}', b'""',
    b'"0"', b'"-0"', b'"1.5"', b'" 1.5"', b'"1e5"', b'"007"', b'"NaN"', b'"Infinity"', b'"1 2 3"', b'"UNAVAILABLE"', b'"unavailable"',
    b'"2020-01-01T00:00:00Z"', b'"2020-01-01T23:59:60.1234567Z"', b'"2020-01-01T24:00:00Z"', b'"2020-02-29T00:00:00"',
    b'"2021-02-29T00:00:00Z"', b'"0000-01-01T00:00:00Z"', b'"9999-12-31T23:59:60Z"', b'"1900-02-29T00:00:00Z"',
    b'"2000-02-29T00:00:00.000001Z"', b'"2020-01-01T00:00:00+01:00"', b'"2020-01-01T00:00:00."', b'"2020-01-01T00:00:00.Z"',
    b'"2020-01-01T00:00:00.123456789Z"', b'"2020-1-01T00:00:00Z"', b'"2020-01-01 00:00:00Z"', b'"\xc3\xa9"', b'"\\u00e9"', b'"a\\"b"', b'"\x01"',
)  # fmt: skip


def a_document(observations: bytes, category: str = "Samples", element: str = "Position", version: int = 2) -> bytes:
    """Return a document around a list of observations, given without its brackets."""
    header = b'{"MTConnectStreams":{"Header":{"instanceId":7,"sender":"here"},"Streams":'
    kind, name = category.encode(), element.encode()
    if version == 1:
        stream = b'[{"DeviceStream":{"uuid":"m1","ComponentStreams":[{"ComponentStream":{"%s":[%s]}}]}}]}}' % (
            kind,
            observations,
        )
    else:
        stream = b'{"DeviceStream":[{"uuid":"m1","ComponentStream":[{"%s":{"%s":[%s]}}]}]}}}' % (
            kind,
            name,
            observations,
        )
    return header + stream


def an_observation(value: bytes, item: bytes = b"x", sequence: int = 1, time: str = TIME_TEXT) -> bytes:
    """Return an observation as the agent 2.5 prints it."""
    return b'{"value":%s,"dataItemId":"%s","sequence":%d,"timestamp":"%s"}' % (value, item, sequence, time.encode())
