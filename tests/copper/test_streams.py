"""Streams of documents: which are streams at all, and what a whole and a filtered one owe."""

from typing import Any

import polars as pl

from smelt.copper.streams import owed, stream_documents

SCHEMA = {
    "agent": pl.String, "instance_id": pl.Int64, "source": pl.String, "first_sequence": pl.Int64,
    "next_sequence": pl.Int64, "lowest_sequence": pl.Int64, "observations": pl.Int64, "contact_us": pl.Int64,
}  # fmt: skip


def documents(*told: tuple[str | None, int, int | None, int, int]) -> pl.DataFrame:
    """Documents of (source, firstSequence, lowest sequence, observations, nextSequence), one after the other."""
    rows: list[dict[str, Any]] = [
        {
            "agent": "a", "instance_id": 1, "source": source, "first_sequence": first, "lowest_sequence": lowest,
            "observations": count, "next_sequence": following, "contact_us": n,
        }
        for n, (source, first, lowest, count, following) in enumerate(told)
    ]  # fmt: skip
    return pl.DataFrame(rows, SCHEMA)


def ranges(told: pl.DataFrame) -> list[tuple[int, int]]:
    return owed(stream_documents(told)).select("start", "end").rows()


def test_a_state_and_an_answer_read_backwards_are_no_streams() -> None:
    told = documents(
        ("http://a:5000/current", 1, 1, 5, 100),
        ("http://a:5000/mill/current?path=//x", 1, 1, 5, 100),
        ("http://a:5000/sample?count=-20", 1, 80, 20, 79),
        (None, 50, 3, 5, 100),  # sparse and below the buffer: it can be nothing but a state
        ("http://a:5000/sample?from=90", 50, 90, 10, 100),
    )
    kept = stream_documents(told)
    assert kept["contact_us"].to_list() == [4]
    assert kept.select("stream", "asked_from").rows() == [("http://a:5000/sample", 90)]


def test_a_whole_stream_owes_every_number_from_where_it_began() -> None:
    told = documents(
        ("http://a:5000/sample?from=10", 1, 10, 10, 20),
        ("http://a:5000/sample?from=20", 30, 30, 10, 40),  # 20 to 29 were gone
    )
    assert ranges(told) == [(10, 40)]


def test_a_filtered_stream_owes_only_what_it_stepped_over() -> None:
    path = "http://a:5000/sample?path=//Axes&from="
    told = documents((f"{path}10", 1, 12, 2, 20), (f"{path}20", 1, 25, 3, 40), (f"{path}55", 55, 55, 2, 60))
    assert ranges(told) == [(40, 55)]


def test_nothing_told_is_nothing_owed() -> None:
    assert ranges(documents()) == []
