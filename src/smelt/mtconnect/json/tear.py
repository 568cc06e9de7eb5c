"""Cuts a torn document of JSON just before it tears: what stands before is a whole one, and little is left behind."""

from typing import NamedTuple

from smelt.mtconnect.long.document import Event
from smelt.mtconnect.long.feed import Feed
from smelt.mtconnect.long.json import JsonWay

STEP = 1 << 13  # about so many bytes are left
LEAST = 1 << 15  # a shorter document is read before compiled code has cut it


class Tear(NamedTuple):
    """A torn document that was cut.

    Attributes
    ----------
    head : what stands before the cut, closed: a whole document. Empty if no Header tells the instance.
    at, opened : where the rest begins, and what opens all that is open there.
    kept : where the last thing before the cut ends that is read.
    header : the Header, whatever it tells.
    """

    head: bytes
    at: int
    opened: bytes
    kept: int
    header: bytes | None

    def in_data(self, at: int) -> int:
        """Return where a byte stands of the rest with what opens it."""
        return self.at + at - len(self.opened)


def find_tear(data: bytes, start: int, limit: int) -> Tear | None:
    """Cut the document at `start`, which ends before `limit`; None if it is not torn, is short or cannot be cut."""
    if limit - start < LEAST:
        return None
    feed, way = Feed(data, 0, iter(())), JsonWay(start)
    feed.limit = limit
    found, at, end, closed = None, start, start, b""
    while (event := way.go(feed, at + STEP)) is Event.CUT:
        at = way.at
        if not way.has_header or not way.lacks:
            found = Tear(b"", at, way.opened(), way.kept, way.header)
            end, closed = way.body_end, way.closed() if way.has_header else b""
    if event is Event.ENDED or found is None or way.header is not found.header:
        return None
    return found._replace(head=data[start:end] + closed) if closed else found
