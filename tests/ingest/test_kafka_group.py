"""A group's member: where a partition is begun, whatever group, cursor and broker say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.kafka_group import GroupMember, _content_type

OFFSET = st.integers(0, 1000)


def member() -> GroupMember:
    return GroupMember({"bootstrap.servers": "127.0.0.1:9", "group.id": "g"}, ["t"])


@given(st.integers(-2000, 1000), OFFSET, OFFSET)
def test_a_partition_is_begun_where_there_are_records(known: int, oldest: int, held: int) -> None:
    one, end = member(), oldest + held
    place = one._place(("t", 0), known, oldest, end)
    assert oldest <= place <= end
    assert place == known or known < oldest or known > end
    lost = [h.count for h in one.holes]
    assert lost == ([None] if known > end else [oldest - known] if 0 <= known < oldest else [])


def test_a_partition_that_nobody_read_has_lost_nothing() -> None:
    one = member()
    assert one._place(("t", 0), -1001, 50, 80) == 50 and one.holes == []


def test_before_it_is_a_member_nothing_is_drained_or_committed() -> None:
    one = member()
    assert not one.is_member and not one.is_drained
    one.commit({("t", 0): 5})
    one.close()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (None, None),
        ([("Content-Type", b"text/xml")], "text/xml"),
        ([("a", None), ("content-type", b"a\xff")], "a�"),
        ([("content-type", None)], None),
    ],
)
def test_content_type_of_headers(headers: object, expected: str | None) -> None:
    assert _content_type(headers) == expected
