"""Gzip or plain bytes to plain bytes, as a stream: several members, a double gzip, damage, garbage behind, bombs."""

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from isal import isal_zlib

from smelt.terms.observation import Reject

MAGIC = b"\x1f\x8b"
OpenAt = Callable[[int], Iterable[bytes]]
_MEMBER = MAGIC + b"\x08"
_GZIP = 31  # wbits: a gzip header, the largest window
_MOST_WHOLE = 2 << 30
_MOST_STREAMED = 64 << 30
_AT_ONCE = 8 << 20
_TAKEN = 1 << 18
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Unpacked:
    """The plain bytes, and the parts of the file that could not be unpacked (offsets in the file)."""

    data: bytes
    rejects: tuple[Reject, ...] = ()


def unpack(data: bytes, max_bytes: int = _MOST_WHOLE) -> Unpacked:
    """Return the plain bytes of a landing file that is in memory; what is no gzip passes through.

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
    rejects: list[Reject] = []
    pieces, size = [], 0
    for plain in unpack_stream(lambda at: (data[at:],), len(data), rejects):
        pieces.append(plain)
        size += len(plain)
        if size > max_bytes:
            reason = f"unpacks to more than {max_bytes} bytes; cut the file into smaller ones"
            return Unpacked(b"", (Reject(0, len(data), reason),))
    return Unpacked(b"".join(pieces), tuple(rejects))


def unpack_stream(open_at: OpenAt, size: int, rejects: list[Reject]) -> Iterator[bytes]:
    """Yield the plain bytes of a landing file, whatever its size, some megabytes at a time.

    Parameters
    ----------
    open_at : returns the file's bytes from an offset on, in chunks; called again only behind damage.
    size : of the file, in bytes.
    rejects : the parts that could not be unpacked are appended (offsets in the file).

    Notes
    -----
    Behind a damaged member the next one is looked for and read on. More than 64 GiB are not unpacked.
    """
    outer, is_packed = _peeked(_members(open_at, rejects))
    if not is_packed:
        yield from _up_to(outer, size, rejects)
        return
    inside: list[Reject] = []
    yield from _up_to(_members(lambda at: _skipped(_members(open_at, []), at), inside), size, rejects)
    rejects += [Reject(0, size, f"inner gzip, byte {r.offset}: {r.reason}") for r in inside]


def _peeked(chunks: Iterator[bytes]) -> tuple[Iterator[bytes], bool]:
    """Return the chunks, and whether they begin like gzip."""
    head: list[bytes] = []
    for chunk in chunks:
        head.append(chunk)
        if sum(map(len, head)) >= len(MAGIC):
            break
    return chain(head, chunks), b"".join(head).startswith(MAGIC)


def _up_to(chunks: Iterable[bytes], size: int, rejects: list[Reject]) -> Iterator[bytes]:
    room = _MOST_STREAMED
    for chunk in chunks:
        room -= len(chunk)
        if room < 0:
            rejects.append(Reject(0, size, f"unpacks to more than {_MOST_STREAMED} bytes; what is behind is not read"))
            return
        yield chunk


def _skipped(chunks: Iterable[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        if count < len(chunk):
            yield chunk[count:] if count else chunk
        count = max(count - len(chunk), 0)


class _Input:
    """The file's bytes from an offset on; `at` is the offset of the next one."""

    def __init__(self, open_at: OpenAt, at: int) -> None:
        self.at = at
        self._chunks = (large[i : i + _TAKEN] for large in open_at(at) for i in range(0, len(large), _TAKEN))
        self._next = b""

    def take(self) -> bytes:
        """Return the next bytes; none at the end."""
        taken = self._next or next(self._chunks, b"")
        self._next = b""
        self.at += len(taken)
        return taken

    def give_back(self, rest: bytes) -> None:
        """Put bytes back that nobody wanted."""
        self._next = rest + self._next
        self.at -= len(rest)

    def begins_with(self, mark: bytes) -> bool:
        """Say whether these bytes come next."""
        head = self.take()
        while len(head) < len(mark):
            more = self.take()
            if not more:
                break
            head += more
        self.give_back(head)
        return head.startswith(mark)


@dataclass(frozen=True)
class _Fault:
    at: int
    reason: str


@dataclass(frozen=True)
class _Found:
    """Where the next member begins, or the file ends; `is_padding` if there are only zeros before it."""

    at: int
    is_end: bool
    is_padding: bool


def _members(open_at: OpenAt, rejects: list[Reject]) -> Iterator[bytes]:
    """Yield what is in each gzip member, or the bytes as they are if the file does not begin with one."""
    source = _Input(open_at, 0)
    if not source.begins_with(MAGIC):
        while chunk := source.take():
            yield chunk
        return
    while True:
        member = source.at
        fault = yield from _member(source, open_at)
        if fault is None and source.begins_with(MAGIC):
            continue
        begin = source.at if fault is None else fault.at
        found = _find_member(open_at, begin if fault is None else max(begin - _CHUNK, member + 1))
        if fault is not None:
            rejects.append(Reject(begin, max(found.at - begin, 0), fault.reason))
        elif not found.is_padding:
            where = "behind the last gzip member" if found.is_end else "between gzip members"
            rejects.append(Reject(begin, found.at - begin, f"bytes {where}"))
        if found.is_end:
            return
        source = _Input(open_at, found.at)


def _member(source: _Input, open_at: OpenAt) -> Generator[bytes, None, _Fault | None]:
    """Yield what is in the member that comes next; a fault's place is told by zlib, which is exact but slow."""
    begin, done = source.at, 0
    stream = isal_zlib.decompressobj(_GZIP)
    while chunk := source.take():
        while True:
            try:
                plain = stream.decompress(chunk, _AT_ONCE)
            except isal_zlib.error:  # type: ignore[misc]  # its stub does not say that it is an error
                return (yield from _member_exactly(open_at, begin, done))
            done += len(plain)
            if plain:
                yield plain
            if stream.eof:
                source.give_back(stream.unused_data)
                return None
            chunk = stream.unconsumed_tail
            if not chunk and len(plain) < _AT_ONCE:
                break
    return _Fault(source.at, "gzip ends in the middle of a member")


def _member_exactly(open_at: OpenAt, begin: int, done: int) -> Generator[bytes, None, _Fault | None]:
    """Yield what is in a damaged member behind its first `done` plain bytes; return what does not fit."""
    stream, at, reason = zlib.decompressobj(_GZIP), begin, "gzip is damaged"
    for large in open_at(begin):
        for start in range(0, len(large), _CHUNK):
            chunk = large[start : start + _CHUNK]
            before = stream.copy()
            try:
                plain = [stream.decompress(chunk)]
            except zlib.error as error:
                reason = f"gzip is damaged: {error}"
                plain = list(_until_fault(before, chunk))
            yield from _skipped(plain, done)
            done = max(done - sum(map(len, plain)), 0)
            if len(plain) != 1 or stream.eof:
                return _Fault(at + len(plain) - 1, reason)
            at += len(chunk)
    return _Fault(at, reason)


def _until_fault(stream: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """Yield what comes out for each byte of a damaged chunk that still fits, then nothing once more."""
    for position in range(len(chunk)):
        try:
            yield stream.decompress(chunk[position : position + 1])
        except zlib.error:
            break
    yield b""


def _find_member(open_at: OpenAt, start: int) -> _Found:
    """Look for the next gzip member at or behind an offset: its first bytes must be what zlib can read."""
    window, at, is_padding = b"", start, True
    chunks = iter(open_at(start))
    while True:
        chunk = next(chunks, None)
        window += chunk or b""
        place = window.find(_MEMBER)
        while place >= 0 and (chunk is None or len(window) - place >= _CHUNK):
            if _is_member(window[place : place + _CHUNK]):
                return _Found(at + place, False, is_padding and not window[:place].strip(b"\0"))
            place = window.find(_MEMBER, place + 1)
        passed = len(window) if chunk is None else place if place >= 0 else max(len(window) - len(_MEMBER) + 1, 0)
        is_padding = is_padding and not window[:passed].strip(b"\0")
        window, at = window[passed:], at + passed
        if chunk is None:
            return _Found(at, True, is_padding)


def _is_member(head: bytes) -> bool:
    try:
        zlib.decompressobj(_GZIP).decompress(head, _AT_ONCE)
    except zlib.error:
        return False
    return True
