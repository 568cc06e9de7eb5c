"""What crosses a period's border: the latest observation, whichever batch brought it, and a condition's state."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.copper.carry import fold_carry, last_values_of
from smelt.terms.interval import PERIOD_US
from smelt.terms.tables import LAST_VALUES, NO_MONTH, OBSERVATIONS

COLUMNS = [name for name in LAST_VALUES.schema.names if name != "batch"]
EMPTY = pl.DataFrame(OBSERVATIONS.file_schema().empty_table())
PLAIN = {"agent": "a", "instance_id": 1, "part": 0, "device_uuid": "d", "category": "SAMPLE", "native_units": False}
FEWER = settings(max_examples=settings.default.max_examples // 4)


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    raw = pl.DataFrame([PLAIN | row for row in rows], schema={**EMPTY.schema, "event_time": pl.Int64()})
    return raw.with_columns(pl.col("event_time").cast(EMPTY.schema["event_time"]))


def sample(item: str, time_us: int | None, sequence: int, value: float) -> dict[str, object]:
    return {"data_item": item, "event_time": time_us, "sequence": sequence, "value": value}


def condition(time_us: int, sequence: int, level: str, code: str | None) -> dict[str, object]:
    row = {"data_item": "servo", "category": "CONDITION", "event_time": time_us, "sequence": sequence}
    return row | {"level": level, "native_code": code}


def values(last: pl.DataFrame) -> list[tuple[object, ...]]:
    return last.select("data_item", pl.col("event_time").dt.epoch("us"), "value").rows()


def test_the_last_of_each_period_counts() -> None:
    rows = frame(sample("x", 5, 1, 1.0), sample("x", 9, 2, 2.0), sample("x", PERIOD_US, 3, 3.0), sample("y", 7, 4, 4.0))
    last = last_values_of(rows)
    assert last.columns == COLUMNS
    assert values(last) == [("x", 9, 2.0), ("y", 7, 4.0), ("x", PERIOD_US, 3.0)]
    assert last["period"].dt.epoch("us").to_list() == [0, 0, PERIOD_US]


def test_in_a_period_the_sequence_counts_before_the_stamp_and_then_the_part() -> None:
    rows = frame(
        sample("x", 9, 1, 1.0), sample("x", 5, 2, 2.0), sample("x", 9, 0, 0.0), sample("x", 9, 2, 5.0) | {"part": 3}
    )
    assert values(last_values_of(rows)) == [("x", 9, 5.0)]
    later = frame(sample("x", 9, 1, 1.0), sample("x", 5, 2, 2.0), sample("x", PERIOD_US, 0, 7.0))
    assert values(last_values_of(later)) == [("x", 5, 2.0), ("x", PERIOD_US, 7.0)]


def test_logs_have_no_sequence_and_are_ordered_by_their_stamps() -> None:
    logged = {"instance_id": None, "sequence": None}
    rows = frame(sample("x", 9, 0, 1.0) | logged, sample("x", 5, 0, 2.0) | logged)
    assert values(last_values_of(rows)) == [("x", 9, 1.0)]


def test_a_stamp_that_says_nothing_is_no_last_value() -> None:
    rows = frame(sample("x", None, 1, 1.0), sample("x", 9, 2, 2.0), sample("x", 99, 3, 3.0))
    months = rows.with_columns(month=pl.Series(["2017-10", "2017-10", NO_MONTH]))
    assert values(last_values_of(months)) == [("x", 9, 2.0)]


def test_each_code_of_a_condition_has_its_own_last_value_and_so_has_the_last_reset() -> None:
    rows = frame(
        condition(1, 1, "FAULT", "404"), condition(2, 2, "UNAVAILABLE", None),
        condition(3, 3, "WARNING", None), condition(4, 4, "WARNING", "7"), condition(5, 5, "NORMAL", "7"),
    )  # fmt: skip
    found = last_values_of(rows).sort("event_time").select("level", "native_code").rows()
    assert found == [("FAULT", "404"), ("UNAVAILABLE", None), ("WARNING", None), ("NORMAL", "7")]


def test_the_code_of_a_message_does_not_split_an_event() -> None:
    first, second = (sample("m", t, t, 0.0) | {"category": "EVENT", "native_code": str(t)} for t in (1, 2))
    assert values(last_values_of(frame(first, second))) == [("m", 2, 0.0)]


def test_only_periods_before_the_border_are_carried() -> None:
    last = last_values_of(
        frame(sample("x", 5, 1, 1.0), sample("x", PERIOD_US, 2, 2.0), sample("x", 2 * PERIOD_US, 3, 3.0))
    )
    assert values(fold_carry(last, 0)) == []
    assert values(fold_carry(last, PERIOD_US)) == [("x", 5, 1.0)]
    assert values(fold_carry(last, 2 * PERIOD_US)) == [("x", PERIOD_US, 2.0)]
    assert fold_carry(last, PERIOD_US).columns == COLUMNS


picks = st.lists(
    st.tuples(st.sampled_from("xyz"), st.integers(0, 11), st.integers(0, 3), st.sampled_from([0.0, 1.0])), max_size=30
)


@given(picks, st.lists(st.integers(0, 2), min_size=30, max_size=30))
@settings(FEWER)
def test_batches_in_any_cut_and_order_fold_to_what_all_rows_say(
    said: list[tuple[str, int, int, float]], batch_of: list[int]
) -> None:
    rows = [sample(item, step * PERIOD_US // 3, n, value) for n, (item, step, _, value) in enumerate(said)]
    batches = [last_values_of(frame(*(r for r, b in zip(rows, batch_of, strict=False) if b == k))) for k in (2, 0, 1)]
    for before in range(0, 5 * PERIOD_US, PERIOD_US):
        folded = fold_carry(pl.concat(batches), before)
        assert folded.equals(fold_carry(last_values_of(frame(*rows)), before))
        expected = {}
        for row in sorted(rows, key=lambda r: (r["event_time"] // PERIOD_US, r["sequence"])):
            if row["event_time"] < before:  # type: ignore[operator]
                expected[row["data_item"]] = row["value"]
        assert dict(folded.select("data_item", "value").rows()) == expected
