"""Repaired stamps: the time of what came before by sequence, within the device's own agent instance."""

from datetime import UTC, datetime, timedelta

import polars as pl

from smelt.silver.timestamps import repair_times

START = datetime(2017, 10, 5, 9, tzinfo=UTC)
Row = tuple[str, int | None, int | None, int | None]


def frame(*rows: Row) -> pl.DataFrame:
    """Rows of (device, instance, sequence, minute after START)."""
    records = [
        {
            "device_uuid": device,
            "agent": "a",
            "instance_id": instance,
            "sequence": sequence,
            "event_time": None if minute is None else START + timedelta(minutes=minute),
        }
        for device, instance, sequence, minute in rows
    ]
    schema = {"device_uuid": pl.String, "agent": pl.String, "instance_id": pl.Int64, "sequence": pl.Int64}
    return pl.DataFrame(records, schema={**schema, "event_time": pl.Datetime("us", "UTC")})


def repaired(odd: pl.DataFrame, anchors: pl.DataFrame) -> list[tuple[int, int]]:
    found = repair_times(odd, anchors)
    assert found.columns == odd.columns
    return [(s, (t - START) // timedelta(minutes=1)) for s, t in found.select("sequence", "event_time").rows()]


def test_a_row_takes_the_time_of_what_came_before() -> None:
    anchors = frame(("d", 1, 10, 1), ("d", 1, 20, 2), ("d", 1, 30, 3))
    odd = frame(("d", 1, 25, -10_000), ("d", 1, 11, 99_999))
    assert repaired(odd, anchors) == [(11, 1), (25, 2)]


def test_nothing_before_means_no_time() -> None:
    anchors = frame(("d", 1, 10, 1))
    assert repaired(frame(("d", 1, 3, 5)), anchors) == []


def test_another_instance_or_device_says_nothing() -> None:
    anchors = frame(("d", 1, 10, 1), ("e", 2, 10, 1))
    assert repaired(frame(("d", 2, 15, 5)), anchors) == []


def test_a_log_line_without_a_sequence_is_left_out() -> None:
    assert repaired(frame(("d", None, None, 5)), frame(("d", 1, 10, 1))) == []


def test_no_anchors_at_all() -> None:
    assert repaired(frame(("d", 1, 3, 5)), frame()) == []
