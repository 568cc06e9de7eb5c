"""A document longer than a piece as several: each a small document of its own, which opens again what is around it.

Who decodes them one by one says what the document says: `Part` brings offsets back to the file's.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple, Protocol

from smelt.mtconnect.long.feed import Begin, Feed
from smelt.mtconnect.long.piece import Part, Piece


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
