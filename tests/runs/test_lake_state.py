"""What stages plan from: which periods there are, what is carried into them, and gaps placed in time."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import (
    DEVICES,
    HOUR,
    INSTANCE,
    MINUTE,
    SENDER,
    START,
    Said,
    clock,
    document,
    hour_of_work,
    hourly,
    land,
    make_plant,
    name_of,
    packed,
)

from smelt.lake.reader import LakeReader
from smelt.runs.lake_state import INPUTS, LONGEST_SILENCE_DAYS, LakeState
from smelt.runs.run import Request, run
from smelt.terms.interval import DAY_US, MINUTE_US, PERIOD_US, Interval, to_us
from smelt.terms.tables import EXCLUSIONS, OBSERVATIONS

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
T0 = to_us(START)
LOST = 2  # the hour that never arrived


def ingest(root: Path) -> LakeState:
    run(Request(root, {}, parts=("ingest",)), clock)
    return LakeState.now(LakeReader(str(root / "lake")))


def said_at(root: Path, days: Sequence[int]) -> LakeState:
    """A lake in which the mill spoke once on each of these days since START."""
    make_plant(root, 0)
    for i, day in enumerate(days):
        said = [Said(MILL, "load", START + timedelta(days=day), 40.0)]
        land(root, [(name_of(max(day, 0) * 24, f"{i}"), packed(said, i + 1, START + timedelta(days=max(days))))])
    return ingest(root)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> LakeState:
    """Six hours but for one; before the last, the agent began anew."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "plant", 0)
    land(root, [f for hour, f in enumerate(hourly(5)) if hour != LOST])
    again = document(hour_of_work(5), 1, START + 6 * HOUR, INSTANCE + 1)
    land(root, [(name_of(5), gzip.compress(again))])
    return ingest(root)


def test_a_lake_without_anything_is_empty(tmp_path: Path) -> None:
    state = LakeState.now(LakeReader(str(tmp_path)))
    assert dict(state.versions) == {spec.name: -1 for spec in INPUTS}
    assert state.periods(MILL) == []
    assert (state.sums, state.contacts, state.losses, state.restarts, state.exclusions) == ({}, {}, {}, {}, {})
    assert state.carry(MILL, T0).height == state.tasks().height == 0
    assert state.carry_fingerprints(None) == {}
    assert state.agents_of(MILL) == ()


def test_periods_go_from_the_first_row_to_the_last_of_the_lake(state: LakeState) -> None:
    assert state.periods(MILL) == [T0 + h * PERIOD_US for h in range(6)]
    assert state.periods(MILL) == state.periods(DRILL)
    assert (MILL, T0 + LOST * PERIOD_US) not in state.sums
    assert state.until_us == T0 + 6 * PERIOD_US


@pytest.mark.parametrize(
    ("days", "carried"),
    [((0, 10), 10), ((0, LONGEST_SILENCE_DAYS), LONGEST_SILENCE_DAYS), ((0, 200), LONGEST_SILENCE_DAYS)],
)
def test_a_silence_is_carried_on_but_not_for_ever(tmp_path: Path, days: tuple[int, int], carried: int) -> None:
    periods = said_at(tmp_path, days).periods(MILL)
    assert list(periods) == [*range(T0, T0 + carried * DAY_US, PERIOD_US), T0 + days[1] * DAY_US]


def test_a_stray_early_stamp_does_not_make_years(tmp_path: Path) -> None:
    state = said_at(tmp_path, (-15 * 365, 0))
    assert len(state.periods(MILL)) == LONGEST_SILENCE_DAYS * 24 + 1
    assert len(state.carry_fingerprints(None)) == LONGEST_SILENCE_DAYS * 24 + 1


def test_the_carry_is_what_was_known_when_the_period_began(state: LakeState) -> None:
    at = START + 4 * HOUR
    carry = state.carry(MILL, to_us(at))
    assert carry["event_time"].max() < at
    said = [s for h in range(4) if h != LOST for s in hour_of_work(h) if s.device == MILL]
    for item in ("load", "speed"):
        last = max((s for s in said if s.item == item), key=when)
        row = carry.row(by_predicate=pl.col("data_item") == f"mill_{item}", named=True)
        assert (row["event_time"], row["value"]) == (last.time, last.value)
    assert state.carry(MILL, T0).height == 0


def when(said: Said) -> datetime:
    return said.time


def test_a_carrys_fingerprint_is_of_what_is_asked_for(state: LakeState) -> None:
    everything, load = state.carry_fingerprints(None), state.carry_fingerprints(frozenset({(MILL, "mill_load")}))
    assert set(everything) == {(d, p) for d in (MILL, DRILL) for p in state.periods(d)}
    assert {d for d, _ in load} <= {MILL, DRILL}
    assert load[MILL, T0 + PERIOD_US] != everything[MILL, T0 + PERIOD_US]
    # nothing was said in the lost hour: what is carried into the next is what was carried into it
    silent, after = T0 + LOST * PERIOD_US, T0 + (LOST + 1) * PERIOD_US
    assert load[MILL, silent] == load[MILL, after] != load[MILL, silent - PERIOD_US]


def test_a_loss_lies_between_the_observations_beside_it(state: LakeState) -> None:
    before, missing, after = (hour_of_work(h) for h in (LOST - 1, LOST, LOST + 1))
    (loss,) = state.losses[SENDER]
    assert loss.count == len(missing)
    assert loss.interval == Interval(to_us(before[-1].time), to_us(after[0].time))


def test_a_restart_lies_between_two_instances(state: LakeState) -> None:
    second = 1_000_000
    (restart,) = state.restarts[SENDER]
    assert restart.start_us == T0 + 5 * PERIOD_US - second
    assert restart.end_us == T0 + 6 * PERIOD_US


def test_contacts_are_the_documents_times(state: LakeState) -> None:
    ends = [T0 + h * PERIOD_US - 1_000_000 for h in (1, 2, 4, 5)]
    assert state.contacts[SENDER].tolist() == [*ends, T0 + 6 * PERIOD_US]
    assert state.agents_of(MILL) == state.agents_of("of no probe") == (SENDER,)


def test_a_recorded_version_shows_what_there_was(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    state = ingest(root)
    recorded = state.recorded()
    assert recorded[OBSERVATIONS.name] == LakeReader(str(root / "lake")).version(OBSERVATIONS.name)
    land(root, [item for item in hourly(2) if item[0] == name_of(1)])
    now = ingest(root)
    then = LakeState(now.reader, recorded)
    assert now.until_us == T0 + 2 * PERIOD_US
    assert then.until_us == state.until_us == T0 + PERIOD_US
    assert then.contacts[SENDER].size == 1
    assert then.carry(MILL, T0 + 2 * PERIOD_US).equals(now.carry(MILL, T0 + PERIOD_US))


def test_exclusions_are_in_order_by_device(state: LakeState, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(DRILL, 9, 10), (MILL, 5, 6), (MILL, 1, 2)]
    frame = pl.DataFrame(
        [{"device_uuid": d, "start": START + a * HOUR, "end": START + b * HOUR} for d, a, b in rows],
    )
    monkeypatch.setattr(LakeState, "frame", lambda self, spec: {EXCLUSIONS.name: frame}[spec.name])
    found = LakeState(state.reader, state.versions).exclusions
    hours = [(i.start_us - T0) // (60 * MINUTE_US) for i in found[MILL]]
    assert (hours, len(found[DRILL])) == ([1, 5], 1)


def test_a_device_that_moved_to_another_agent_has_both(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    said = [Said(MILL, "load", START + HOUR + MINUTE, 1.0)]
    for instance, mine, sender in ((9, said, b"cell-2"), (10, [replace(said[0], device="x-uuid")], b"cell-3")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(DEVICES, "x-uuid", "X")
            body = document(mine, 1, START + 2 * HOUR, instance).replace(SENDER.encode(), sender)
        land(root, [(name_of(1, f"of-{instance}"), gzip.compress(body))])
    state = ingest(root)
    assert state.agents_of(MILL) == (SENDER, "cell-2")
    assert state.agents_of("x-uuid") == ("cell-3",)
    assert state.agents_of(DRILL) == (SENDER,)
