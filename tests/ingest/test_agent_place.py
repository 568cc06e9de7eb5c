"""Places: what a document moves, and when an agent has left the numbers that it had."""

from typing import Any

import pytest

from smelt.ingest.agent_place import Place
from smelt.terms.document_header import DocumentHeader


def header(**told: Any) -> DocumentHeader:
    return DocumentHeader("MTConnectStreams", **told)


def test_a_place_begins_with_the_oldest_that_the_agent_has() -> None:
    told = header(instance_id=7, first_sequence=51, last_sequence=150, buffer_size=100, model_changed_at="m")
    assert Place.oldest(told) == Place(7, 51, "m", 100)
    assert Place.oldest(header(instance_id=7)) is None and Place.oldest(header(first_sequence=1)) is None


@pytest.mark.parametrize("cursor", [None, {}, {"offsets": [1]}, {"heard_us": 3}])
def test_a_cursor_of_another_kind_of_source_is_no_place(cursor: Any) -> None:
    assert Place.of_cursor(cursor) is None


def test_a_cursor_that_knows_no_last_sequence_is_a_place() -> None:
    assert Place.of_cursor({"instance_id": 7, "next_sequence": 5}) == Place(7, 5)


@pytest.mark.parametrize(
    ("following", "last", "moved"),
    [(110, 150, 110), (151, 150, 151), (152, 150, 101), (90, 150, 101), (None, 150, 101), (110, None, 110)],
)
def test_what_a_document_says_oddly_moves_nothing(following: int | None, last: int | None, moved: int) -> None:
    place = Place(7, 101, "m", 100, 140).moved(header(next_sequence=following, last_sequence=last))
    assert place == Place(7, moved, "m", 100, last or 140)


@pytest.mark.parametrize(
    ("told", "is_left"),
    [
        ({"instance_id": 8, "last_sequence": 999}, True),
        ({"instance_id": 7, "last_sequence": 150}, False),
        ({"instance_id": 7, "last_sequence": 149}, True),
        ({"last_sequence": 3}, True),
        ({"instance_id": 7}, False),
        ({}, False),
    ],
)
def test_another_instance_or_a_lower_last_sequence_leave_a_place(told: dict[str, int], is_left: bool) -> None:
    assert Place(7, 101, last_sequence=150).is_left(header(**told)) == is_left


def test_without_a_known_last_sequence_none_is_lower() -> None:
    assert not Place(7, 101).is_left(header(last_sequence=3))
