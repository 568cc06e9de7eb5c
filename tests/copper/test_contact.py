"""Restarts and contact, from documents."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from smelt.copper.contact import restarts, times_by_agent, with_contact
from smelt.terms.interval import Interval, to_us

T0 = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def documents(*rows: tuple[str, int | None, datetime | None, datetime | None]) -> pl.DataFrame:
    time = pl.Datetime("us", "UTC")
    schema = {"agent": pl.String, "instance_id": pl.Int64, "created_at": time, "received_at": time}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_contact_is_the_creation_near_the_arrival() -> None:
    found = with_contact(documents(("a", 1, T0, T0 + 10 * MINUTE)))
    assert found["contact_us"].to_list() == [to_us(T0)]


def test_contact_of_a_replayed_document_is_its_arrival() -> None:
    found = with_contact(documents(("a", 1, T0 + timedelta(days=9), T0)))
    assert found["contact_us"].to_list() == [to_us(T0)]


def test_contact_without_an_arrival_is_the_creation_and_with_neither_there_is_none() -> None:
    found = with_contact(documents(("a", 1, T0, None), ("a", 1, None, None), ("a", None, None, T0 + MINUTE)))
    assert found["contact_us"].to_list() == [to_us(T0), to_us(T0 + MINUTE)]


def test_a_restart_lies_between_two_instances_of_one_agent() -> None:
    rows = with_contact(
        documents(
            ("a", 1, T0, T0),
            ("a", 1, T0 + 5 * MINUTE, T0),
            ("a", 2, T0 + 7 * MINUTE, T0),
            ("b", 3, T0 + 6 * MINUTE, T0),
            ("a", None, T0 + 6 * MINUTE, T0),
        )
    )
    assert restarts(rows) == {"a": (Interval(to_us(T0 + 5 * MINUTE), to_us(T0 + 7 * MINUTE)),)}


def test_a_restart_at_one_moment_is_not_empty() -> None:
    rows = with_contact(documents(("a", 1, T0, T0), ("a", 2, T0, T0)))
    assert restarts(rows) == {"a": (Interval(to_us(T0), to_us(T0) + 1),)}


def test_a_retained_word_of_an_older_instance_is_no_restart() -> None:
    moments = [("a", 5, 0), ("a", 5, 1), ("a", 3, 2), ("a", 5, 3), ("a", 4, 9), ("a", 4, 10)]
    rows = with_contact(documents(*((agent, i, T0 + k * MINUTE, T0 + k * MINUTE) for agent, i, k in moments)))
    # 3 stands in the midst of 5; 4 has a lower id too, but 5 never spoke again
    assert restarts(rows) == {"a": (Interval(to_us(T0 + 3 * MINUTE), to_us(T0 + 9 * MINUTE)),)}


def test_contact_times_are_sorted_and_a_document_delivered_twice_counts_once() -> None:
    twice = [("a", 1, T0 + k * MINUTE, T0) for k in (3, 1, 3, 2, 1)]
    found = times_by_agent(with_contact(documents(*twice, ("b", 1, T0, T0))))
    assert set(found) == {"a", "b"}
    assert np.array_equal(found["a"], [to_us(T0 + k * MINUTE) for k in (1, 2, 3)])
