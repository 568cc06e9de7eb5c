"""A feed holds few bytes of a file, and knows where the next document begins, wherever chunks end."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.long import feed as long_feed
from smelt.mtconnect.long.feed import Begin, Feed

NEXT = b"<next>"


@pytest.fixture(autouse=True)
def small_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_feed, "GUARD", 10)


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def find(data: bytes, start: int) -> int:
    return data.find(NEXT, start)


@given(before=st.integers(0, 60), is_followed=st.booleans(), size=st.integers(1, 30), more=st.integers(1, 30),
       share=st.floats(0, 1))  # fmt: skip
def test_the_limit_is_where_the_next_document_begins_or_the_file_ends(
    before: int, is_followed: bool, size: int, more: int, share: float
) -> None:
    data = NEXT + b"." * before + (NEXT + b"......" if is_followed else b"")
    feed = Feed(b"", 0, chunks(data, size))
    feed.watch(1, find)
    seen = b""
    while feed.limit is None:
        behind = int(share * feed.end)  # what is walked may be forgotten
        seen += feed.data[:behind]
        feed.more(behind, more)
        assert feed.offset == len(seen)
        assert data.startswith(seen + feed.data)
    assert feed.offset + feed.limit == len(NEXT) + before
    feed.more(feed.limit, 0)
    assert (feed.offset, feed.limit) == (len(NEXT) + before, 0)


@given(size=st.integers(1, 30), read=st.integers(0, 40))
def test_a_feed_of_the_same_document_begins_anew(size: int, read: int) -> None:
    data = b"  " + NEXT + b"." * 50 + NEXT
    feed = Feed(b"", 0, chunks(data, size))
    feed.watch(3, find)
    feed.more(0, read)
    again = feed.again(chunks(data[2:], 7), Begin(2, 3))
    assert again.offset == 2 and again.skip(5) + again.offset == len(data) - len(NEXT)
    assert len(again.data) < 40  # it holds little
    assert feed.skip(5) + feed.offset == len(data) - len(NEXT)


def test_what_may_belong_to_the_next_document_is_not_walked() -> None:
    feed = Feed(b"." * 30, 5, iter([]))
    feed.watch(0, find)
    assert (feed.limit, feed.end) == (None, 20)
    feed.more(12, 1)
    assert (feed.limit, feed.end, feed.offset, feed.data) == (18, 18, 17, b"." * 18)
