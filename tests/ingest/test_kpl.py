"""Packs of the producer library: taken apart where they keep to the format, kept whole where they do not."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.kpl import MAGIC, UserRecord, user_records


def number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(place: int, data: bytes) -> bytes:
    return number(place << 3 | 2) + number(len(data)) + data


def closed(packed: bytes) -> bytes:
    return MAGIC + packed + hashlib.md5(packed).digest()


def pack(records: list[tuple[str, bytes]]) -> bytes:
    """Pack as the library does: a table of keys, hash keys that nobody needs, records with tags."""
    keys = list(dict.fromkeys(key for key, _ in records))
    packed = b"".join(field(1, key.encode()) for key in keys) + field(2, b"340282366920938463463374607431768211455")
    for key, data in records:
        tag = field(4, field(1, b"a") + field(2, b"b"))
        one = number(1 << 3) + number(keys.index(key)) + number(2 << 3) + number(0) + field(3, data) + tag
        packed += field(3, one)
    return closed(packed)


@given(st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=300)), min_size=1, max_size=200))
def test_what_was_packed_comes_out(records: list[tuple[str, bytes]]) -> None:
    assert user_records("outer", pack(records)) == [UserRecord(k, d) for k, d in records]


@given(st.text(max_size=5), st.binary(max_size=100))
def test_what_is_no_pack_stays_whole(key: str, data: bytes) -> None:
    assert user_records(key, data) == [UserRecord(key, data)]
    assert user_records(key, MAGIC + data) == [UserRecord(key, MAGIC + data)]


@given(st.binary(max_size=60))
def test_a_buffer_that_is_odd_raises_nothing(packed: bytes) -> None:
    got = user_records("k", closed(packed))
    assert got == [UserRecord("k", closed(packed))] or all(isinstance(r.data, bytes) for r in got)


def test_a_key_that_is_not_in_the_table_leaves_the_pack_whole() -> None:
    odd = closed(field(3, number(1 << 3) + number(7) + field(3, b"x")))
    assert user_records("k", odd) == [UserRecord("k", odd)]
