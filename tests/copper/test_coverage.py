"""Coverage: the six kinds by their definitions, complete, without overlap, the same however it is split."""

from dataclasses import replace
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.coverage import Evidence, Loss, cover
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval
from smelt.terms.tables import COVERAGE, COVERAGE_KINDS

TIMEOUT = 10
HOURS = 3
ALL = Interval(0, HOURS * PERIOD_US)
Row = tuple[int, str, bool]


def frame(rows: list[Row]) -> pl.DataFrame:
    schema = {"event_time": pl.Int64, "data_item": pl.String, "is_unavailable": pl.Boolean}
    return pl.DataFrame(rows, schema, orient="row").with_columns(pl.col("event_time").cast(pl.Datetime("us", "UTC")))


def evidence(*said: Row, **more: object) -> Evidence:
    """Evidence of rows (minute, item, is_unavailable): x and y are mapped, avail is the availability."""
    rows = [(minute * MINUTE_US, item, gone) for minute, item, gone in said]
    known = {"mapped": frozenset({"x", "y"}), "availability": "avail", "carry": frame([])}
    return Evidence("d", observations=frame(rows), **(known | more))  # type: ignore[arg-type]


def minutes(found: pl.DataFrame) -> list[tuple[float, float, str]]:
    us = found.select(pl.col("start", "end").dt.epoch("us") / MINUTE_US, "kind")
    return [(a, b, kind) for a, b, kind in us.rows()]


def test_contact_lasts_for_the_timeout() -> None:
    found = cover(evidence((0, "x", False), (20, "x", False), (29, "z", False)), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 10, "live"), (10, 20, "silent"), (20, 39, "live"), (39, 60, "silent")]
    assert found.columns == COVERAGE.file_schema().names
    assert found["count"].null_count() == found.height


def test_a_document_keeps_a_still_machine_live() -> None:
    found = cover(evidence((0, "x", False), document_times=(5 * MINUTE_US, 15 * MINUTE_US)), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 25, "live"), (25, 60, "silent")]


def test_known_from_before_and_in_contact_from_before() -> None:
    carry = frame([(-90 * MINUTE_US, "x", False)])
    found = cover(evidence(carry=carry, last_contact_us=-4 * MINUTE_US), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 6, "live"), (6, 60, "silent")]


def test_one_known_item_is_enough_and_none_is_unavailable() -> None:
    said = [(0, "x", False), (0, "y", False), (2, "x", True), (4, "y", True), (6, "y", False)]
    found = cover(evidence(*said), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 4, "live"), (4, 6, "unavailable"), (6, 16, "live"), (16, 60, "silent")]


def test_an_unmapped_item_is_contact_but_not_knowledge() -> None:
    found = cover(evidence((0, "z", False)), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 10, "unavailable"), (10, 60, "silent")]


def test_disconnected_is_unavailable_after_available() -> None:
    said = [(0, "x", False), (0, "avail", False), (5, "x", True), (5, "avail", True), (30, "avail", False)]
    found = cover(evidence(*said), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 5, "live"), (5, 30, "disconnected"), (30, 40, "unavailable"), (40, 60, "silent")]


def test_availability_that_never_was_is_not_disconnected() -> None:
    said = [(0, "avail", True)]
    assert minutes(cover(evidence(*said), Interval(0, PERIOD_US)))[0] == (0, 10, "unavailable")
    found = cover(evidence(*said, was_available=True), Interval(0, PERIOD_US))
    assert minutes(found) == [(0, 60, "disconnected")]


def test_lost_beats_restarted_beats_the_rest() -> None:
    lost = (Loss(Interval(10 * MINUTE_US, 20 * MINUTE_US), 7),)
    restarts = (Interval(15 * MINUTE_US, 25 * MINUTE_US),)
    documents = tuple(range(0, PERIOD_US, 5 * MINUTE_US))
    found = cover(
        evidence((0, "x", False), losses=lost, restarts=restarts, document_times=documents), Interval(0, PERIOD_US)
    )
    assert minutes(found) == [(0, 10, "live"), (10, 20, "lost"), (20, 25, "restarted"), (25, 60, "live")]
    assert found["count"].to_list() == [None, 7, None, None]


def test_a_loss_is_counted_once_over_the_hours_that_it_spans() -> None:
    lost = (Loss(Interval(30 * MINUTE_US, 150 * MINUTE_US), 7),)
    found = cover(evidence(losses=lost), ALL)
    assert minutes(found)[1:4] == [(30, 60, "lost"), (60, 120, "lost"), (120, 150, "lost")]
    assert found["count"].to_list()[1:4] == [7, 0, 0]


def test_a_loss_between_two_observations_of_one_instant_is_still_told() -> None:
    lost = (Loss(Interval(5, 5), 3), Loss(Interval(5, 6), 4))
    found = cover(evidence(losses=lost), Interval(0, PERIOD_US))
    assert found.filter(pl.col("kind") == "lost")["count"].to_list() == [7]


def test_of_one_instant_the_later_row_counts() -> None:
    found = cover(evidence((0, "x", True), (0, "x", False)), Interval(0, MINUTE_US))
    assert found["kind"].to_list() == ["live"]


def test_an_empty_interval_has_no_coverage() -> None:
    assert cover(evidence((0, "x", False)), Interval(PERIOD_US, PERIOD_US)).height == 0


steps = st.integers(0, HOURS * 12 - 1).map(lambda step: step * 5 * MINUTE_US + step % 3)
spans = st.tuples(steps, st.integers(0, 80)).map(lambda s: Interval(s[0], s[0] + s[1] * MINUTE_US))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    said = draw(st.lists(st.tuples(steps, st.sampled_from(["x", "y", "z", "avail"]), st.booleans()), max_size=15))
    rows = list({(time, item): (time, item, gone) for time, item, gone in said}.values())
    return Evidence(
        "d",
        frame(rows),
        frame([]),
        frozenset({"x", "y"}),
        "avail",
        document_times=tuple(draw(st.lists(steps, max_size=4))),
        losses=tuple(Loss(span, n + 1) for n, span in enumerate(draw(st.lists(spans, max_size=2)))),
        restarts=tuple(draw(st.lists(spans, max_size=2))),
    )


def kind_at(time: int, given: Evidence) -> str:
    """The definitions, word for word."""
    rows = [r for r in given.observations.with_columns(pl.col("event_time").dt.epoch("us")).rows() if r[0] <= time]
    last = {item: gone for _, item, gone in sorted(rows)}
    known = any(not last[item] for item in given.mapped if item in last)
    heard = [r[0] for r in rows] + [t for t in given.document_times if t <= time]
    contact = any(time < t + TIMEOUT * MINUTE_US for t in heard)
    had_been = any(item == "avail" and not gone for _, item, gone in rows)
    if any(i.interval.start_us <= time < max(i.interval.end_us, i.interval.start_us + 1) for i in given.losses):
        return "lost"
    if any(i.start_us <= time < max(i.end_us, i.start_us + 1) for i in given.restarts):
        return "restarted"
    if not known and last.get("avail") and had_been:
        return "disconnected"
    if not contact:
        return "silent"
    return "live" if known else "unavailable"


@given(evidences(), st.lists(st.integers(0, ALL.end_us - 1), max_size=10))
def test_every_moment_has_the_kind_of_the_definitions(given: Evidence, times: list[int]) -> None:
    found = cover(given, ALL, TIMEOUT)
    pieces = found.select(pl.col("start", "end").dt.epoch("us"), "kind").rows()
    for start, end, kind in pieces:
        assert kind == kind_at(start, given) == kind_at(end - 1, given)
    for time in times:
        assert kind_at(time, given) == next(kind for start, end, kind in pieces if start <= time < end)


@given(evidences())
def test_it_is_complete_without_overlap_within_hours_and_merged(given: Evidence) -> None:
    found = cover(given, ALL, TIMEOUT)
    pieces = found.select(pl.col("start", "end").dt.epoch("us"), "kind").rows()
    assert pieces[0][0] == ALL.start_us
    assert pieces[-1][1] == ALL.end_us
    for (_, end, kind), (start, _, next_kind) in pairwise(pieces):
        assert end == start
        assert kind != next_kind or start % PERIOD_US == 0
    assert all(start // PERIOD_US == (end - 1) // PERIOD_US for start, end, _ in pieces)
    assert set(found["kind"]) <= set(COVERAGE_KINDS)
    assert found["count"].sum() == sum(loss.count for loss in given.losses)


@given(evidences(), st.integers(1, HOURS - 1))
def test_split_at_a_period_it_is_the_same(given: Evidence, border: int) -> None:
    edge = border * PERIOD_US
    us = pl.col("event_time").dt.epoch("us")
    before = given.observations.filter(us < edge).sort("event_time")
    heard = [*before.select(us)["event_time"], *(t for t in given.document_times if t < edge)]
    later = replace(
        given,
        carry=before.unique("data_item", keep="last", maintain_order=True),
        last_contact_us=max(heard, default=None),
        was_available=before.filter(pl.col("data_item") == "avail", ~pl.col("is_unavailable")).height > 0,
    )
    parts = [cover(given, Interval(0, edge), TIMEOUT), cover(later, Interval(edge, ALL.end_us), TIMEOUT)]
    assert pl.concat(parts).equals(cover(given, ALL, TIMEOUT))
