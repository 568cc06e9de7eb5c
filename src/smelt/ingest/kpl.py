"""Records that Amazon's producer library packed into one, taken apart; whatever is no such pack stays as it is."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xf3\x89\x9a\xc2"
DIGEST_BYTES = 16


@dataclass(frozen=True)
class UserRecord:
    """A record as its producer made it."""

    key: str
    data: bytes


def user_records(key: str, data: bytes) -> list[UserRecord]:
    """Return the records that a Kinesis record holds: itself, or those packed into it.

    Notes
    -----
    A pack is the magic number, a protocol buffer (partition keys: field 1; records: field 3, of which field 1 is the
    index of the key and field 3 the data) and the buffer's MD5. One that does not keep to this is handed on whole:
    ingest rejects it with its reason.

    Examples
    --------
    >>> user_records("mill", b'{"a":1}')
    [UserRecord(key='mill', data=b'{"a":1}')]
    """
    if not data.startswith(MAGIC):
        return [UserRecord(key, data)]
    packed, digest = data[len(MAGIC) : -DIGEST_BYTES], data[-DIGEST_BYTES:]
    if hashlib.md5(packed, usedforsecurity=False).digest() != digest:
        return [UserRecord(key, data)]
    try:
        return _unpacked(packed)
    except (ValueError, IndexError):
        return [UserRecord(key, data)]


def _unpacked(packed: bytes) -> list[UserRecord]:
    keys: list[str] = []
    records: list[bytes] = []
    for field, value in _fields(packed):
        if field == 1 and isinstance(value, bytes):
            keys.append(value.decode("utf-8", "backslashreplace"))
        elif field == 3 and isinstance(value, bytes):
            records.append(value)
    return [_record(keys, record) for record in records]


def _record(keys: list[str], record: bytes) -> UserRecord:
    fields = dict(_fields(record))
    key, data = fields.get(1, 0), fields.get(3, b"")
    if not isinstance(key, int) or not isinstance(data, bytes):
        raise ValueError("a packed record's key index or data is of another type")
    return UserRecord(keys[key], data)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Give the number and value of each field of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 2:
                size, at = _varint(message, at)
                if at + size > len(message):
                    raise ValueError("a field is longer than its message")
                yield tag >> 3, message[at : at + size]
                at += size
            case 1:
                at += 8
            case 5:
                at += 4
            case other:
                raise ValueError(f"wire type {other}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number of more than 64 bits")
