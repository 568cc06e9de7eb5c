"""Gold as a whole: split anywhere, no future, every minute, and the seven features by hand."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.gold.resample import MinuteSettings
from smelt.gold.steps import make_features, make_minutes
from smelt.terms.class_tables import (
    FEATURES,
    feature_name,
    features_table,
    minutes_table,
    silver_table,
)
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, Interval
from smelt.terms.plant import ClassMapping, Column

COLUMNS = (
    Column("x", "x", "SAMPLE", "float64", high=100.0),
    Column("spark", "spark", "SAMPLE", "float64", fill="none"),
    Column("mode", "mode", "EVENT", "string"),
    Column("servo", "servo", "CONDITION", "string"),
)
MAPPING = ClassMapping("mills", COLUMNS)
TIME = pl.Datetime("us", "UTC")
HOURS = 3
ALL = Interval(0, HOURS * PERIOD_US)
FEWER = settings(max_examples=settings.default.max_examples // 3)


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    schema = pl.DataFrame(silver_table(MAPPING).file_schema().empty_table()).schema
    raw = pl.DataFrame([("d", *row, False) for row in rows], {**schema, "time": pl.Int64()}, orient="row")
    return raw.with_columns(pl.col("time").cast(TIME))


def cover(spans: list[tuple[int, int, str]]) -> pl.DataFrame:
    raw = pl.DataFrame(spans, {"start": pl.Int64, "end": pl.Int64, "kind": pl.String}, orient="row")
    times = raw.with_columns(pl.col("start", "end").cast(TIME), count=pl.lit(None, pl.Int64))
    return times.select(pl.lit("d").alias("device_uuid"), "start", "end", "kind", "count")


LIVE = cover([(0, HOURS * PERIOD_US, "live")])
numbers = st.none() | st.sampled_from([0.1, 0.2, 7.0, 101.0, 1e-9])
cells = st.tuples(
    numbers, numbers, st.sampled_from([None, "AUTO", "MANUAL"]), st.sampled_from([None, "NORMAL", "WARNING", "FAULT"]),
    st.integers(0, 15).map(lambda mask: bytes([mask])),
)  # fmt: skip
histories = st.dictionaries(st.integers(0, HOURS * 240 - 1), cells, max_size=40).map(
    lambda said: frame([(step * MINUTE_US // 4, *said[step]) for step in sorted(said)])
)
coverages = st.sets(st.integers(0, HOURS * 20), max_size=6).map(
    lambda cuts: cover(
        [
            (a * 3 * MINUTE_US, b * 3 * MINUTE_US, ("live", "silent", "live", "lost")[i % 4])
            for i, (a, b) in enumerate(pairwise(sorted(cuts | {0, HOURS * 20})))
        ]
    )
)
bad = st.lists(st.tuples(st.integers(0, 700), st.integers(1, 120)), max_size=1).map(
    lambda spans: tuple(Interval(a * MINUTE_US // 4, (a + n) * MINUTE_US // 4) for a, n in spans)
)


def near(silver: pl.DataFrame, start_us: int, minutes: int) -> pl.DataFrame:
    """The rows that make_minutes asks for: the look-back, and the last one before it."""
    is_near = pl.col("time").dt.epoch("us") >= start_us - minutes * MINUTE_US
    return pl.concat([silver.filter(~is_near).tail(1), silver.filter(is_near)])


@FEWER
@given(histories, coverages, bad, st.sets(st.integers(1, HOURS - 1)))
def test_split_at_any_period_it_gives_the_same_bits(
    silver: pl.DataFrame, coverage: pl.DataFrame, exclusions: tuple[Interval, ...], borders: set[int]
) -> None:
    chosen = MinuteSettings(exclusions=exclusions)
    minutes = make_minutes(silver, coverage, MAPPING, ALL, chosen)
    features = make_features(minutes, MAPPING, ALL, 7)
    minute_parts, feature_parts = [], []
    for first, end in pairwise([0, *sorted(borders), HOURS]):
        interval = Interval(first * PERIOD_US, end * PERIOD_US)
        rows = near(silver, interval.start_us, chosen.look_back_minutes)
        minute_parts.append(make_minutes(rows, coverage, MAPPING, interval, chosen))
        start = pl.lit(interval.start_us - 14 * MINUTE_US, pl.Int64).cast(TIME)
        feature_parts.append(make_features(minutes.filter(pl.col("minute") >= start), MAPPING, interval, 7))
    assert pl.concat(minute_parts).equals(minutes)
    assert pl.concat(feature_parts).equals(features)


@FEWER
@given(histories, st.integers(1, HOURS * 60 - 1))
def test_nothing_planted_after_the_cutoff_is_found_before_it(silver: pl.DataFrame, cut: int) -> None:
    cutoff = pl.lit(cut * MINUTE_US, pl.Int64).cast(TIME)
    later = pl.col("time") >= cutoff
    planted = pl.concat(
        [
            silver.filter(~later),
            frame([(cut * MINUTE_US, 99.0, 1e30, "PLANTED", "FAULT", b"\x0f")]),
            silver.filter(later).with_columns(x=pl.lit(98.0), spark=pl.lit(1e30), mode=pl.lit("PLANTED")),
        ]
    )
    known = []
    for rows in (silver, planted):
        minutes = make_minutes(rows, LIVE, MAPPING, ALL)
        features = make_features(minutes, MAPPING, ALL, 15)
        known.append([part.filter(pl.col("minute") < cutoff) for part in (minutes, features)])
        assert known[-1][0].height == cut
    assert known[0][0].equals(known[1][0])
    assert known[0][1].equals(known[1][1])


@FEWER
@given(histories, coverages)
def test_every_minute_is_there_and_its_origin_tells_its_cells(silver: pl.DataFrame, coverage: pl.DataFrame) -> None:
    made = make_minutes(silver, coverage, MAPPING, ALL)
    assert made.columns == minutes_table(MAPPING).file_schema().names
    assert (made["minute"].dt.epoch("us") // MINUTE_US).to_list() == list(range(HOURS * 60))
    for row in made.iter_rows(named=True):
        nulls = "".join("x" if row[c.name] is None else "." for c in COLUMNS)
        assert nulls == "".join("x" if letter == "x" else "." for letter in row["origin"])
        assert row["is_live"] or row["origin"] == "xxxx"
        assert row["is_live"] or not row["is_running"]


def test_a_silent_device_has_its_minutes_too() -> None:
    made = make_minutes(frame([]), cover([(0, PERIOD_US, "silent")]), MAPPING, Interval(0, PERIOD_US))
    assert made.height == 60
    assert made["device_uuid"].unique().to_list() == ["d"]
    assert not made["is_live"].any()
    assert make_features(made, MAPPING, Interval(0, PERIOD_US), 15).height == 60


def test_no_device_no_rows() -> None:
    assert make_minutes(frame([]), LIVE.clear(), MAPPING, ALL).height == 0
    assert make_features(make_minutes(frame([]), LIVE.clear(), MAPPING, ALL), MAPPING, Interval(0, 0), 15).height == 0


def test_running_is_a_fresh_sample_or_the_expression() -> None:
    silver = frame([(0, 1.0, None, "AUTO", None, b"\x05"), (20 * MINUTE_US, 1.0, None, "MANUAL", None, b"\x04")])
    by_default = make_minutes(silver, LIVE, MAPPING, Interval(0, PERIOD_US))
    assert by_default["is_running"].to_list() == [True] * 10 + [False] * 50
    said = ClassMapping("mills", COLUMNS, "mode = 'AUTO'")
    by_expression = make_minutes(silver, LIVE, said, Interval(0, PERIOD_US))
    assert by_expression["is_running"].to_list() == [True] * 20 + [False] * 40


def minutes_of(values: list[float | None], start_us: int = 0, live: bool = True) -> pl.DataFrame:
    """Live minutes of x from an instant on."""
    minute = pl.Series([start_us + i * MINUTE_US for i in range(len(values))], dtype=pl.Int64).cast(TIME)
    return pl.DataFrame({"minute": minute, "x": pl.Series(values, dtype=pl.Float64)}).select(
        pl.lit("d").alias("device_uuid"), "minute", pl.lit(live).alias("is_live"), pl.lit(live).alias("is_running"),
        "x", *(pl.lit(None, pl.Float64 if c.dtype == "float64" else pl.String).alias(c.name) for c in COLUMNS[1:]),
    )  # fmt: skip


def test_the_seven_features_by_hand() -> None:
    made = make_features(minutes_of([1.0, 2.0, 6.0, None, 4.0]), MAPPING, Interval(0, 5 * MINUTE_US), 3)
    assert made.columns == features_table(MAPPING, 3).file_schema().names
    expected = {
        "rolling_avg": [1.0, 1.5, 3.0, 4.0, 5.0],
        "tumbling_avg": [None, None, 3.0, 3.0, 3.0],
        "rolling_median": [1.0, 1.5, 2.0, 4.0, 5.0],
        "rolling_std": [None, 0.5**0.5, 7**0.5, 8**0.5, 2**0.5],
        "rolling_min": [1.0, 1.0, 1.0, 2.0, 4.0],
        "rolling_max": [1.0, 2.0, 6.0, 6.0, 6.0],
        "rolling_sum": [1.0, 3.0, 9.0, 8.0, 10.0],
    }
    assert set(expected) == set(FEATURES)
    for feature, values in expected.items():
        column = made[feature_name("x", feature, 3)]
        assert column.dtype == pl.Float32
        assert column.to_list() == pytest.approx(values)


def test_minutes_that_are_not_live_or_not_there_do_not_count() -> None:
    minutes = pl.concat([minutes_of([100.0], 0, live=False), minutes_of([1.0, 3.0], 2 * MINUTE_US)])
    made = make_features(minutes, MAPPING, Interval(0, 5 * MINUTE_US), 3)
    assert made["x__rolling_sum_3m"].to_list() == [None, None, 1.0, 4.0, 4.0]
    assert made["is_live"].to_list() == [False, False, True, True, False]
    assert made["device_uuid"].to_list() == ["d"] * 5


@pytest.mark.parametrize("window", [7, 13, 15, 60, 100])
def test_tumbling_is_the_mean_of_the_last_completed_window_of_the_day(window: int) -> None:
    values = np.random.default_rng(window).normal(size=2 * 1440)
    made = make_features(minutes_of(values.tolist()), MAPPING, Interval(0, 2 * DAY_US), window)
    edges = [day * 1440 + k for day in (0, 1) for k in range(0, 1440, window)] + [2 * 1440]
    expected: list[float] = []
    for minute in range(2 * 1440):
        ends = [i for i, edge in enumerate(edges) if 0 < edge <= minute + 1]
        expected.append(float(values[edges[ends[-1] - 1] : edges[ends[-1]]].mean()) if ends else np.nan)
    found = made[f"x__tumbling_avg_{window}m"].fill_null(np.nan).to_list()
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6, nan_ok=True)
