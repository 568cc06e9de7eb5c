"""Silver as a whole: against a slow oracle, split anywhere, shuffled, told twice, with exclusions; golden cases."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, groupby, pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.copper.carry import fold_carry, last_values_of
from smelt.silver.definitions import ALWAYS
from smelt.silver.resolve import Feed, Resolved
from smelt.silver.steps import make_silver
from smelt.silver.units import Conversion
from smelt.terms.class_tables import silver_table
from smelt.terms.interval import PERIOD_US, Interval
from smelt.terms.plant import ClassMapping, Column
from smelt.terms.tables import OBSERVATIONS

COLUMNS = (
    Column("x", "x", "SAMPLE", "float64", "MILLIMETER"),
    Column("spark", "spark", "SAMPLE", "float64", fill="none"),
    Column("mode", "mode", "EVENT", "string"),
    Column("servo", "servo", "CONDITION", "string"),
)
FEEDS = tuple(
    Feed(i, c, c.item, native=Conversion(25.4) if c.item == "x" else Conversion()) for i, c in enumerate(COLUMNS)
)
ITEMS = Resolved(ClassMapping("mills", COLUMNS), FEEDS)
CASES = sorted((Path(__file__).parents[1] / "golden" / "silver").glob("*.txt"))
HOURS = 4
ALL = Interval(0, HOURS * PERIOD_US)
RANK = {"NORMAL": 0, "WARNING": 1, "FAULT": 2}
FEWER = settings(max_examples=settings.default.max_examples // 4)


def observation(item: str, time_us: int, sequence: int | None, said: str, native: bool = False) -> dict[str, object]:
    """One row; `said` is a number, a state, or a level with a code after a colon."""
    row: dict[str, object] = {"data_item": item, "event_time": time_us, "sequence": sequence, "native_units": native}
    row |= {"category": {"mode": "EVENT", "servo": "CONDITION"}.get(item, "SAMPLE"), "device_uuid": "d", "agent": "a"}
    row |= {"instance_id": None if sequence is None else 1, "part": 0}
    level, _, code = said.partition(":")
    if level == "UNAVAILABLE" or item == "servo":
        return row | {"level": level, "native_code": code or None}
    return row | ({"text": said} if item == "mode" else {"value": float(said)})


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    empty = pl.DataFrame(OBSERVATIONS.file_schema().empty_table())
    times = {**empty.schema, "event_time": pl.Int64()}
    return pl.DataFrame(rows, schema=times).with_columns(pl.col("event_time").cast(empty.schema["event_time"]))


def no_carry() -> pl.DataFrame:
    return last_values_of(frame([]))


@st.composite
def histories(draw: st.DrawFn, in_order: bool = False) -> list[dict[str, object]]:
    """Observations of an agent: unique sequences, times that repeat and run backwards; an unmapped item among them."""
    said = {
        "x": st.sampled_from(["1", "2.5", "-0.0", "UNAVAILABLE"]),
        "spark": st.sampled_from(["7", "8", "UNAVAILABLE"]),
        "mode": st.sampled_from(["AUTO", "MANUAL", "UNAVAILABLE"]),
        "servo": st.sampled_from(["NORMAL", "NORMAL:1", "WARNING:1", "FAULT:1", "FAULT:2", "FAULT", "UNAVAILABLE"]),
        "other": st.just("3"),
    }
    steps = st.integers(0, HOURS * 12 - 1)
    picks = draw(st.lists(st.tuples(st.sampled_from(sorted(said)), steps, st.booleans()), max_size=40))
    if in_order:
        picks.sort(key=lambda pick: pick[1])
    return [
        observation(item, step * PERIOD_US // 12, sequence, draw(said[item]), native and item == "x")
        for sequence, (item, step, native) in enumerate(picks)
    ]


spans = st.tuples(st.integers(0, 24), st.integers(1, 8)).map(
    lambda s: Interval(s[0] * PERIOD_US // 6, (s[0] + s[1]) * PERIOD_US // 6)
)
exclusions = st.lists(spans, max_size=2).map(tuple)


def oracle(rows: list[dict[str, object]], bad: tuple[Interval, ...]) -> list[tuple[object, ...]]:
    """Replay every observation up to each instant: the definition, slowly."""
    kept = settled([r for r in rows if r["data_item"] != "other"])
    kept = [r for r in kept if not any(b.start_us <= r["event_time"] < b.end_us for b in bad)]
    kept.sort(key=lambda r: (r["event_time"], r["sequence"]))
    repaired = {r["event_time"] for r in kept if r["is_repaired"]}
    found = []
    for now in sorted({r["event_time"] for r in kept}):
        cells, bits = [], 0
        for i, column in enumerate(COLUMNS):
            forgotten = max((b.end_us for b in bad if b.end_us <= now), default=-1)
            mine = [r for r in kept if r["data_item"] == column.item and forgotten <= r["event_time"] <= now]
            measured = any(r["event_time"] == now for r in mine)
            bits |= measured << i
            cells.append(cell(column, mine) if column.fill == "hold" or measured else None)
        found.append((now, *cells, bytes([bits]), now in repaired))
    return found


def settled(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Each item's stamps in a period must rise with its sequence: by brute force, the others move to a neighbour."""
    found = []
    for _, group in groupby(sorted(rows, key=in_period), key=lambda r: in_period(r)[:2]):
        mine = list(group)
        count = max(size for size in range(len(mine) + 1) for _ in rising(mine, size))
        latest = max(rising(mine, count), key=lambda run: [mine[i]["event_time"] for i in run])
        for i, row in enumerate(mine):
            anchor = max((k for k in latest if k <= i), default=latest[0])
            found.append(
                row
                | {
                    "event_time": mine[anchor]["event_time"],
                    "is_repaired": mine[anchor]["event_time"] != row["event_time"],
                }
            )
    return found


def in_period(row: dict[str, object]) -> tuple[object, ...]:
    return row["data_item"], row["event_time"] // PERIOD_US, row["sequence"]


def rising(mine: list[dict[str, object]], size: int) -> Iterator[tuple[int, ...]]:
    for run in combinations(range(len(mine)), size):
        times = [mine[i]["event_time"] for i in run]
        if times == sorted(times):
            yield run


def cell(column: Column, mine: list[dict[str, object]]) -> object:
    if column.category == "CONDITION":
        return worst(mine)
    last = mine[-1] if mine else {}
    if column.category == "EVENT":
        return last.get("text")
    value = last.get("value")
    return value * 25.4 if last.get("native_units") and isinstance(value, float) else value


def worst(mine: list[dict[str, object]]) -> str | None:
    active: dict[object, str] = {}
    known = False
    for row in mine:
        level, code = str(row["level"]), row["native_code"]
        known = level != "UNAVAILABLE"
        if not known or (level == "NORMAL" and code is None):
            active = {}
        elif level == "NORMAL":
            active.pop(code, None)
        else:
            active[code] = level
    return max(active.values(), key=RANK.__getitem__, default="NORMAL") if known else None


def records(silver: pl.DataFrame) -> list[tuple[object, ...]]:
    return silver.drop("device_uuid").with_columns(pl.col("time").dt.epoch("us")).rows()


told = st.one_of(st.tuples(histories(), st.just(())), st.tuples(histories(in_order=True), exclusions))


@given(told)
def test_it_says_what_the_definition_says(history: tuple[list[dict[str, object]], tuple[Interval, ...]]) -> None:
    rows, bad = history
    made = make_silver(frame(rows), no_carry(), ITEMS, ALL, bad)
    assert records(made) == oracle(rows, bad)
    assert made.columns == silver_table(ITEMS.mapping).file_schema().names


@given(told, st.sets(st.integers(1, HOURS - 1)))
@settings(FEWER)
def test_split_at_any_period_it_gives_the_same_rows(
    history: tuple[list[dict[str, object]], tuple[Interval, ...]], borders: set[int]
) -> None:
    rows, bad = history
    everything = frame(rows)
    last = last_values_of(everything)
    edges = [0, *sorted(borders), HOURS]
    parts = []
    for first, end in pairwise(edges):
        periods = Interval(first * PERIOD_US, end * PERIOD_US)
        parts.append(make_silver(everything, fold_carry(last, periods.start_us), ITEMS, periods, bad))
    whole = make_silver(everything, no_carry(), ITEMS, ALL, bad)
    assert records(pl.concat(parts)) == records(whole)


@given(histories(), st.integers(0, HOURS * 12), st.sets(st.integers(1, HOURS - 1)))
@settings(FEWER)
def test_an_item_that_another_follows_keeps_its_past(
    rows: list[dict[str, object]], step: int, borders: set[int]
) -> None:
    at = step * PERIOD_US // 12
    before, after = Interval(ALWAYS.start_us, at), Interval(at, ALWAYS.end_us)
    feeds = [replace(FEEDS[0], valid=before), Feed(0, COLUMNS[0], "other", Conversion(10.0), valid=after), *FEEDS[1:]]
    changed = Resolved(ITEMS.mapping, tuple(feeds))
    everything = frame(rows)
    last = last_values_of(everything)
    periods = [Interval(a * PERIOD_US, b * PERIOD_US) for a, b in pairwise([0, *sorted(borders), HOURS])]
    parts = [make_silver(everything, fold_carry(last, p.start_us), changed, p) for p in periods]
    whole = make_silver(everything, no_carry(), changed, ALL)
    assert records(pl.concat(parts)) == records(whole)
    time = pl.col("time").dt.epoch("us")
    alone = make_silver(everything, no_carry(), ITEMS, ALL)
    assert whole.filter(time < at)["x"].drop_nulls().equals(alone.filter(time < at)["x"].drop_nulls())
    assert set(whole.filter(time >= at)["x"].drop_nulls()) <= {30.0}


@given(histories(), st.randoms(use_true_random=False))
@settings(FEWER)
def test_order_and_duplicates_change_nothing(rows: list[dict[str, object]], random: object) -> None:
    again = rows + rows[::2]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert make_silver(frame(again), no_carry(), ITEMS, ALL).equals(make_silver(frame(rows), no_carry(), ITEMS, ALL))


@given(histories(), st.randoms(use_true_random=False))
@settings(FEWER)
def test_a_logs_order_changes_nothing_either(rows: list[dict[str, object]], random: object) -> None:
    logged = [row | {"sequence": None, "instance_id": None} for row in rows]
    shuffled = logged.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    made = make_silver(frame(logged), no_carry(), ITEMS, ALL)
    assert made.equals(make_silver(frame(shuffled), no_carry(), ITEMS, ALL))
    last = last_values_of(frame(shuffled))
    parts = [
        make_silver(
            frame(shuffled), fold_carry(last, h * PERIOD_US), ITEMS, Interval(h * PERIOD_US, (h + 1) * PERIOD_US)
        )
        for h in range(HOURS)
    ]
    assert records(pl.concat(parts)) == records(made)


def test_no_observation_gives_no_row() -> None:
    assert make_silver(frame([]), no_carry(), ITEMS, ALL).height == 0


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """Lines 'minute item said' before '=>', then 'minute x spark mode servo measured'; 'excluded from to' cuts."""
    told, expected = path.read_text().split("=>\n")
    lines = [line.split() for line in told.splitlines() if line and not line.startswith("#")]
    bad = tuple(
        Interval(int(a) * PERIOD_US // 60, int(b) * PERIOD_US // 60) for word, a, b in lines if word == "excluded"
    )
    rows = [
        observation(item, int(minute) * PERIOD_US // 60, sequence, said.rstrip("n"), said.endswith("n"))
        for sequence, (minute, item, said) in enumerate(line for line in lines if line[0] != "excluded")
    ]
    made = make_silver(frame(rows), no_carry(), ITEMS, ALL, bad)
    found = []
    for time, *cells, measured, _ in records(made):
        marks = "".join("m" if measured[0] >> i & 1 else "." for i in range(len(COLUMNS)))
        found.append([str(time * 60 // PERIOD_US), *("-" if c is None else str(c) for c in cells), marks])
    assert found == [line.split() for line in expected.splitlines() if line]
