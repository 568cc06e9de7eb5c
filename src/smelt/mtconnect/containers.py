"""What wraps a landing file besides gzip: zip is opened, other formats are rejected by their name."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from smelt.mtconnect.unpack import OpenAt, unpack, unpack_stream
from smelt.terms.observation import Reject

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FOREIGN = (
    (b"PAR1", "Parquet"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"\xff\x06\x00\x00sNaPpY", "Snappy"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x04\x22\x4d\x18", "LZ4"),
)
_WITHOUT_A_MARK = {".snappy": "Snappy"}  # by the name's end, if the file does not begin like a document
_TEXT = b"{[<-\xef \t\r\n0123456789"
_HEAD = 16
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, OSError, EOFError, OverflowError,
    RuntimeError,  # locked by a password, or packed in a way that is not implemented
)  # fmt: skip
_MOST_PACKED = 512 << 20
_MOST_PLAIN = 8 << 30
_CHUNK = 4 << 20


def open_container(open_at: OpenAt, size: int, path: str, rejects: list[Reject]) -> Iterator[bytes]:
    """Yield the plain bytes of a landing file: of gzip, of zip, or as they are.

    Parameters
    ----------
    open_at : returns the file's bytes from an offset on, in chunks.
    size : of the file, in bytes.
    path : of the file; some formats show only in its end.
    rejects : what could not be unpacked is appended (offsets in the file).
    """
    begun = _Begun(open_at)
    foreign = _foreign(begun.head, path)
    if foreign is not None:
        reason = f"is {foreign}; expected JSON, XML or SHDR, plain, gzip or zip: let the delivery write one of these"
        rejects.append(Reject(0, size, reason))
    elif begun.head.startswith(_ZIP):
        yield from _unzip(begun.open_at, size, rejects)
    else:
        yield from unpack_stream(begun.open_at, size, rejects)


class _Begun:
    """A file whose head has been looked at; who opens it at its beginning goes on from there, without a request."""

    def __init__(self, open_at: OpenAt) -> None:
        self._open_at = open_at
        self._rest = iter(open_at(0))
        self._seen: list[bytes] | None = []
        self.head = b""
        while len(self.head) < _HEAD and (chunk := next(self._rest, b"")):
            self._seen.append(chunk)
            self.head = (self.head + chunk)[:_HEAD]

    def open_at(self, at: int) -> Iterable[bytes]:
        """Return the file's bytes from an offset on, in chunks."""
        if at or self._seen is None:
            return self._open_at(at)
        seen, self._seen = self._seen, None
        return chain(seen, self._rest)


def _foreign(head: bytes, path: str) -> str | None:
    """Return the name of a format that is not read; None if it may be read."""
    named = next((name for end, name in _WITHOUT_A_MARK.items() if path.endswith(end)), None)
    if named is not None and head and head[0] not in _TEXT:
        return named
    return next((name for mark, name in _FOREIGN if head.startswith(mark)), None)


def _unzip(open_at: OpenAt, size: int, rejects: list[Reject]) -> Iterator[bytes]:
    """Yield what is in each member, in order; a member that is damaged or locked is rejected, the others are read."""
    if size > _MOST_PACKED:
        rejects.append(Reject(0, size, f"is a zip of more than {_MOST_PACKED} bytes; cut it into smaller ones"))
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(open_at(0))))
    except _DAMAGE as error:
        rejects.append(Reject(0, size, f"zip is damaged: {error}"))
        return
    room = _MOST_PLAIN
    with archive:
        for member in archive.infolist():
            ends_line = True
            try:
                for chunk in _member(archive, member):
                    room -= len(chunk)
                    if room < 0:
                        reason = f"unpacks to more than {_MOST_PLAIN} bytes; what is behind is not read"
                        rejects.append(Reject(member.header_offset, size - member.header_offset, reason))
                        return
                    ends_line = chunk.endswith(b"\n")
                    yield chunk
            except _DAMAGE as error:
                reason = f"zip member '{member.filename:.80}' cannot be read: {error}"
                rejects.append(Reject(member.header_offset, member.compress_size, reason))
            if not ends_line:
                yield b"\n"


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as packed:
        first = packed.read(_CHUNK)
        if first.startswith(b"\x1f\x8b"):
            yield unpack(first + packed.read(_MOST_PACKED)).data
            return
        while first:
            yield first
            first = packed.read(_CHUNK)
