"""A document longer than a piece as several: each a small document of its own, which opens again what is around it.

Who decodes them one by one says what the document says: `Part` brings offsets back to the file's.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import NamedTuple, Protocol

import pyarrow as pa

from smelt.terms.observation import Decoded, Reject

_AT_BYTE = re.compile(r"(?<=, at byte )\d+$")


class Part(NamedTuple):
    """Where a piece of a long document stands in its file.

    Attributes
    ----------
    document : where the document begins in the file; `root` is where it begins in the piece.
    before : where in the file the last thing ends that the pieces before tell of.
    end : where in the file this piece ends, with what cannot be read behind it.
    opened, body : bytes that open what is around, and bytes of the file behind them; others may follow that close it.
    """

    document: int
    root: int
    before: int
    end: int
    opened: int
    body: int


class Piece(NamedTuple):
    """Some bytes of a file and where they stand in it; with `part`, they are one of a long document's."""

    offset: int
    data: bytes
    part: Part | None = None

    def in_file(self, at: int) -> int:
        """Return the offset in the file of a byte of the piece; what was put around it stands at its borders."""
        if self.part is None:
            return self.offset + at
        if at < self.part.opened:
            return self.part.before
        inside = at - self.part.opened
        return self.offset + inside if inside < self.part.body else self.part.end

    def reject_in_file(self, reject: Reject) -> Reject:
        """Return a reject with the file's offsets."""
        start = self.in_file(reject.offset)
        length = reject.length if self.part is None else self.in_file(reject.offset + reject.length) - start
        reason = reject.reason
        if self.part is not None:
            reason = _AT_BYTE.sub(lambda found: str(self.in_file(int(found[0]))), reason)
        return Reject(start, length, reason)

    def is_of_part(self, offset: int) -> bool:
        """Say whether the document that begins at this offset of the piece is the long one."""
        return self.part is not None and offset <= self.part.root

    def span_in_file(self, offset: int, length: int) -> tuple[int, int]:
        """Return offset and length in the file of a document; of the long one as far as it is read."""
        if self.part is None:
            return self.offset + offset, length
        start = self.part.document if self.is_of_part(offset) else self.in_file(offset)
        return start, self.in_file(offset + length) - start


def placed(decoded: Decoded, piece: Piece) -> Decoded:
    """Return what a piece says with the offsets of its file."""
    documents = decoded.documents
    told = zip(documents["offset"].to_pylist(), documents["length"].to_pylist(), strict=True)
    spans = [piece.span_in_file(offset, length) for offset, length in told]
    for column, name in enumerate(("offset", "length")):
        place = documents.schema.get_field_index(name)
        values = pa.array([span[column] for span in spans], pa.int64())
        documents = documents.set_column(place, documents.schema.field(place), values)
    return replace(decoded, documents=documents, rejects=tuple(map(piece.reject_in_file, decoded.rejects)))


GUARD = 1 << 14  # no document's beginning is longer: its declaration, style sheets and comments


NextDocument = Callable[[bytes, int], int]  # where a document begins in bytes, from an offset on, or -1


class Begin(NamedTuple):
    """Where a document begins, and an offset behind which only another one can."""

    start: int
    behind: int


class Feed:
    """The bytes of a file from some place on, as many as are looked at.

    Attributes
    ----------
    data, offset : bytes, and where they stand in the file.
    limit : where in them the next document begins, or where the file ends; None as long as neither is known.
    """

    def __init__(self, data: bytes, offset: int, chunks: Iterator[bytes]) -> None:
        self.data = data
        self.offset = offset
        self.limit: int | None = None
        self._chunks = chunks
        self._first = 0  # before it no next document is looked for
        self._next: NextDocument = lambda _data, _start: -1

    @property
    def end(self) -> int:
        """Up to where a document can be walked: what follows may belong to the next one's beginning."""
        return max(len(self.data) - GUARD, 0) if self.limit is None else self.limit

    def watch(self, behind: int, next_document: NextDocument) -> None:
        """Look for the next document from an offset on, in all bytes to come."""
        self._first, self._next = behind, next_document
        self._look(behind)

    def again(self, chunks: Iterator[bytes], begin: Begin) -> "Feed":
        """Return a feed of the same document from its beginning on."""
        feed = Feed(b"", self.offset + begin.start, chunks)
        feed.watch(begin.behind - begin.start, self._next)
        return feed

    def _look(self, start: int) -> None:
        found = self._next(self.data, max(start, self._first))
        self.limit = found if found >= 0 else None

    def more(self, behind: int, size: int) -> None:
        """Forget the bytes before `behind`; read at least `size` more, unless the limit is known."""
        kept, self.offset = self.data[behind:], self.offset + behind
        self.data, self._first = kept, max(self._first - behind, 0)
        if self.limit is not None or size == 0:
            self.limit = None if self.limit is None else self.limit - behind
            return
        looked = max(len(kept) - GUARD, 0)
        self.data, found, missing = b"", [kept], size
        while missing > 0 and (chunk := next(self._chunks, b"")):
            found.append(chunk)
            missing -= len(chunk)
        self.data = b"".join(found)
        self._look(looked)
        if self.limit is None and missing > 0:
            self.limit = len(self.data)

    def skip(self, size: int) -> int:
        """Read on, holding little, to where the limit is known; returns it."""
        while self.limit is None:
            self.more(max(len(self.data) - GUARD, 0), size)
        return self.limit


class Event(Enum):
    """Why a walk stops: more bytes are needed, the document can be cut, has ended, or does not go on as it must."""

    MORE = auto()
    CUT = auto()
    ENDED = auto()
    TORN = auto()


class Way(Protocol):
    """Walks along a document of one syntax; `at` and `body_end` are offsets in the feed's bytes.

    Attributes
    ----------
    at : where it stands; after a cut where the next piece begins.
    body_end : where the piece before a cut ends, else the bytes that show why a document is torn here.
    kept : at a cut, where the last thing ends that is read or rejected: what is torn behind is rejected from there on.
    """

    at: int
    body_end: int
    kept: int

    def go(self, feed: Feed, wanted: int) -> Event:
        """Walk on to the first place from `wanted` on where something is to be done."""

    def move(self, by: int) -> None:
        """Let the bytes be others: what stood at an offset stands `by` further on now."""

    def opened(self) -> bytes:
        """Return what opens all that is open here."""

    def closed(self) -> bytes:
        """Return what closes all that is open here, with what has been learned of the bytes behind."""

    @property
    def lacks(self) -> bool:
        """Say whether something that a piece must hold was not met yet: it stands behind, or nowhere."""

    def learn(self, feed: Feed) -> bool:
        """Look for it in the document, which begins anew; False if the document cannot be cut without it."""

    def resume(self, feed: Feed) -> bytes | None:
        """Go on to where a torn document is read on, at `at`; returns what tells that to a decoder. None if nowhere."""


class Cutting(NamedTuple):
    """How large pieces shall be, more than how many bytes are not held, and how the file is opened once more."""

    target: int
    most: int
    again: Callable[[], Iterable[bytes]] | None


def pieces_of(feed: Feed, way: Way, begin: Begin, cutting: Cutting) -> Iterator[Piece]:
    """Yield a long document, piece by piece; then the feed holds what is behind it, or all of it if it cannot be cut.

    Parameters
    ----------
    begin : where in the feed's bytes the document begins.
    """
    run = _Run(feed, way, begin)
    while True:
        event = way.go(feed, run.begin + cutting.target)
        if event is Event.MORE and len(feed.data) - run.begin < cutting.most:
            run.read_on(cutting.target)
        elif event is Event.CUT:
            if way.lacks and not run.learns(cutting):
                return
            yield run.cut()
        elif event is Event.ENDED:
            end = way.at if feed.limit is None else feed.limit
            yield run.piece(end, b"", feed.offset + end)
            feed.more(end, 0)
            return
        elif run.is_whole and (event is Event.MORE or way.lacks):
            return
        else:
            yield run.torn()
            if not run.goes_on:
                return


class _Run:
    """A document being cut: where its next piece begins, and what opens it."""

    def __init__(self, feed: Feed, way: Way, begin: Begin) -> None:
        self._feed = feed
        self._way = way
        self._document = feed.offset + begin.start
        self._root = begin.start
        self._first = begin
        self._opened = b""
        self._before = feed.offset
        self._has_learned = False
        self.begin = 0
        self.is_whole = True  # nothing has been cut off
        self.goes_on = True

    def read_on(self, size: int) -> None:
        """Read more bytes."""
        self._way.move(-self.begin)
        self._feed.more(self.begin, size)
        self.begin = 0

    def learns(self, cutting: Cutting) -> bool:
        """Look once through the document for what stands behind; False if it cannot be cut."""
        if self._has_learned:
            return True
        if cutting.again is None:
            return False
        self._has_learned = True
        chunks = _behind(cutting.again(), self._document)
        return self._way.learn(self._feed.again(chunks, self._first)) or not self.is_whole

    def cut(self) -> Piece:
        """Return the piece up to where the way stands; the next one begins there."""
        end = self._way.body_end
        piece = self.piece(end, self._way.closed(), self._feed.offset + end)
        self._before = self._feed.offset + self._way.kept
        self._begin_at(self._way.at)
        return piece

    def _begin_at(self, at: int) -> None:
        self.begin = at
        self._opened = self._way.opened()
        self._root = 0

    def piece(self, end: int, closed: bytes, end_in_file: int) -> Piece:
        """Return the bytes from the beginning to `end` as a piece."""
        body = self._feed.data[self.begin : end]
        part = Part(self._document, self._root, self._before, end_in_file, len(self._opened), len(body))
        offset = self._feed.offset + self.begin
        self.is_whole = False
        return Piece(offset, b"".join((self._opened, body, closed)), part)

    def torn(self) -> Piece:
        """Return the piece in which the document tears; what cannot be read behind counts to it, but is not held."""
        feed, way = self._feed, self._way
        end = way.body_end
        body, offset = feed.data[self.begin : end], feed.offset + self.begin
        way.move(-end)
        feed.more(end, 0)
        closed = way.resume(feed)
        self.goes_on = closed is not None
        end_in_file = feed.offset + way.at
        part = Part(self._document, self._root, self._before, end_in_file, len(self._opened), len(body))
        piece = Piece(offset, b"".join((self._opened, body, closed or b"")), part)
        self._before = end_in_file
        if self.goes_on:
            self._begin_at(way.at)
        else:
            feed.more(way.at, 0)
        return piece


def _behind(chunks: Iterable[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        if count < len(chunk):
            yield chunk[count:] if count else chunk
        count = max(count - len(chunk), 0)
