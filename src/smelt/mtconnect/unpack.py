"""Gzip or plain bytes to plain bytes: several members, a double gzip, garbage behind, torn streams, bombs."""

import zlib
from dataclasses import dataclass

from smelt.terms.observation import Reject

MAGIC = b"\x1f\x8b"
_MAX_BYTES = 2 << 30
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Unpacked:
    """The plain bytes, and the parts of the file that could not be unpacked (offsets in the file)."""

    data: bytes
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True)
class _Member:
    end: int
    fault: str | None = None


class _TooLarge(Exception):
    pass


def unpack(data: bytes, max_bytes: int = _MAX_BYTES) -> Unpacked:
    """Return the plain bytes of a landing file; what is no gzip passes through.

    Parameters
    ----------
    max_bytes : more unpacked bytes than that, and the whole file is rejected.

    Examples
    --------
    >>> import gzip
    >>> unpack(gzip.compress(b"one") + gzip.compress(b"two") + b"garbage").data
    b'onetwo'
    """
    if not data.startswith(MAGIC):
        return Unpacked(data)
    try:
        once = _unpack_members(data, max_bytes)
        if not once.data.startswith(MAGIC):
            return once
        twice = _unpack_members(once.data, max_bytes)
    except _TooLarge:
        reason = f"unpacks to more than {max_bytes} bytes; cut the file into smaller ones"
        return Unpacked(b"", (Reject(0, len(data), reason),))
    inside = tuple(_seen_from_outside(r, once, len(data)) for r in twice.rejects)
    return Unpacked(twice.data, inside + once.rejects)


def _seen_from_outside(inner: Reject, outer: Unpacked, size: int) -> Reject:
    end = outer.rejects[0].offset if outer.rejects else size
    return Reject(0, end, f"inner gzip, byte {inner.offset} of {len(outer.data)}: {inner.reason}")


def _unpack_members(data: bytes, max_bytes: int) -> Unpacked:
    inflated = _Inflated(max_bytes)
    at = 0
    while at < len(data):
        if not data.startswith(MAGIC, at):
            behind = Reject(at, len(data) - at, "bytes behind the last gzip member")
            is_padding = not data[at:].strip(b"\0")
            return Unpacked(inflated.join(), () if is_padding else (behind,))
        member = _unpack_member(data, at, inflated)
        if member.fault is not None:
            return Unpacked(inflated.join(), (Reject(member.end, len(data) - member.end, member.fault),))
        at = member.end
    return Unpacked(inflated.join())


class _Inflated:
    """Plain bytes so far; raises _TooLarge instead of holding more than allowed."""

    def __init__(self, max_bytes: int) -> None:
        self.room = max_bytes
        self._pieces: list[bytes] = []

    def add(self, plain: bytes) -> None:
        self.room -= len(plain)
        if self.room < 0:
            raise _TooLarge
        self._pieces.append(plain)

    def join(self) -> bytes:
        return b"".join(self._pieces)


def _unpack_member(data: bytes, at: int, inflated: _Inflated) -> _Member:
    stream = zlib.decompressobj(wbits=31)
    while at < len(data):
        chunk = data[at : at + _CHUNK]
        before = stream.copy()
        try:
            plain = stream.decompress(chunk, inflated.room + 1)
        except zlib.error as error:
            good = _read_until_fault(before, chunk, inflated)
            return _Member(at + good, f"gzip is damaged: {error}")
        inflated.add(plain)
        at += len(chunk) - len(stream.unused_data)
        if stream.eof:
            return _Member(at)
    return _Member(len(data), "gzip ends in the middle of a member")


def _read_until_fault(stream: "zlib._Decompress", chunk: bytes, inflated: _Inflated) -> int:
    """Feed a damaged chunk byte by byte, keep what comes out, return the first byte that does not fit."""
    for position in range(len(chunk)):
        try:
            inflated.add(stream.decompress(chunk[position : position + 1]))
        except zlib.error:
            return position
    return len(chunk)
