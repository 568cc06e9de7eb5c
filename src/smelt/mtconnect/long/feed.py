"""The bytes of a file from a long document's beginning on: few at a time, and where the next document begins."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

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
