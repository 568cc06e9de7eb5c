"""The episodes stage: facts of the peak, shares that sum to one, and other devices' episodes left as they are."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import MINUTE, START, clock

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import LakeReader, scan_files
from smelt.lake.table import LakeTable
from smelt.runs import episodes as episodes_file
from smelt.runs.driver import Driver
from smelt.runs.episodes import REST, Episodes, EpisodesTask, episodes_of, fold_devices, shares
from smelt.runs.lake_state import LakeState
from smelt.runs.plant.config import PlantFolder
from smelt.terms.interval import from_us
from smelt.terms.plant import Plant
from smelt.terms.tables import EPISODES, SCORES, TASKS

Part = tuple[str, float]
CALM, LOUD = [20.0] * 60, [90.0] * 20


def scores(device: str, severities: Sequence[float], version: str = "v1", parts: Sequence[Part] = ()) -> pl.DataFrame:
    """Scores of a device's minutes from START; the score is a hundredth of the severity."""
    rows = [
        {
            "device_uuid": device,
            "minute": START + k * MINUTE,
            "model_version": version,
            "score": s / 100,
            "severity": s,
            "threshold": 0.75,
            "contributions": [{"signal": n, "share": share} for n, share in parts or [("load", 0.7), ("speed", 0.2)]],
        }
        for k, s in enumerate(severities)
    ]
    return pl.DataFrame(rows, schema=pl.DataFrame(SCORES.file_schema().empty_table()).schema)


def put(location: Location, frame: pl.DataFrame) -> tuple[str, ...]:
    files = write_files(location, SCORES, frame.to_arrow(), {"month": "2020-01"})
    table = LakeTable(location, SCORES)
    table.commit("test", table.done("test") + 1, files)
    return tuple(f.path for f in files)


def task(location: Location, devices: Sequence[str], read: Sequence[str], replaces: Sequence[str] = ()) -> EpisodesTask:
    return EpisodesTask(location.uri, tuple(devices), frozenset({"v1"}), tuple(read), tuple(replaces))


def test_an_episode_has_the_facts_of_its_minutes() -> None:
    severities = [*CALM, *LOUD, *CALM]
    severities[70] = 97.0
    (row,) = episodes_of(scores("mill", severities), "mill", "v1", provisional=True)
    assert (row["start"], row["end"]) == (START + 60 * MINUTE, START + 80 * MINUTE)
    assert (row["peak_time"], row["peak_severity"]) == (START + 70 * MINUTE, 97.0)
    assert row["peak_score"] == pytest.approx(0.97)
    assert (row["scored_minutes"], row["alarm_minutes"]) == (20, 20)
    assert (row["is_open"], row["is_provisional"], row["model_version"]) == (False, True, "v1")


def test_the_peak_is_the_highest_score_and_only_alarms_are_blamed() -> None:
    """Minutes of severity 60 to 75 belong to an episode and do not alarm."""
    severities = [*LOUD, *[65.0] * 5, *LOUD, *CALM]
    frame = scores("mill", severities)
    quiet = pl.Series([[{"signal": "mode", "share": 1.0}]], dtype=frame["contributions"].dtype)
    frame = frame.with_columns(
        contributions=pl.when(pl.col("severity") == 65).then(pl.lit(quiet).first()).otherwise("contributions"),
        score=pl.when(pl.col("minute") == START + 22 * MINUTE).then(5.0).otherwise("score").cast(pl.Float32),
    )
    (row,) = episodes_of(frame, "mill", "v1", provisional=False)
    assert (row["scored_minutes"], row["alarm_minutes"]) == (45, 40)
    assert (row["peak_time"], row["peak_severity"]) == (START + 22 * MINUTE, 90.0)
    assert [c["signal"] for c in row["contributions"]] == ["load", "speed", REST]


some_parts = st.lists(
    st.dictionaries(st.sampled_from(["load", "speed", "temp", "x"]), st.floats(0.01, 1), max_size=4).map(
        lambda d: {name: share / max(sum(d.values()), 1.0) for name, share in d.items()}
    ),
    min_size=1,
    max_size=30,
)


@given(some_parts)
def test_shares_sum_to_one_and_are_ordered(minutes: list[dict[str, float]]) -> None:
    parts = [[{"signal": name, "share": share} for name, share in minute.items()] for minute in minutes]
    found = shares(pl.Series(parts, dtype=pl.DataFrame(SCORES.schema.empty_table())["contributions"].dtype))
    assert sum(c["share"] for c in found) == pytest.approx(1, abs=1e-5)
    named = [c for c in found if c["signal"] != REST]
    assert named == sorted(named, key=lambda c: (-c["share"], c["signal"]))
    for part in named:
        assert part["share"] == pytest.approx(np.mean([m.get(part["signal"], 0) for m in minutes]), abs=1e-5)
    assert found[len(named) :] == [c for c in found if c["signal"] == REST]


def test_other_devices_episodes_stay_when_one_is_folded_anew(tmp_path: Path) -> None:
    location = Location.of(tmp_path)
    read = put(location, pl.concat([scores(d, [*LOUD, *CALM]) for d in ("drill", "mill")]))
    first = fold_devices(task(location, ["drill", "mill"], read))
    assert (first.rows_written, first.counts) == (2, (("drill", 1), ("mill", 1)))
    before = rows(location, first.files[0].path)
    again = put(location, scores("mill", [*CALM, *LOUD, *CALM, *LOUD, *CALM]))
    second = fold_devices(task(location, ["mill"], again, [f.path for f in first.files]))
    assert (second.rows_written, second.counts) == (2, (("mill", 2),))
    after = rows(location, second.files[0].path)
    assert after.filter(device_uuid="drill").equals(before.filter(device_uuid="drill"))
    assert after.filter(device_uuid="mill")["start"].to_list() == [START + 60 * MINUTE, START + 140 * MINUTE]


def rows(location: Location, path: str) -> pl.DataFrame:
    return scan_files(location, EPISODES, [path]).collect()


def test_each_model_version_is_folded_for_itself(tmp_path: Path) -> None:
    location = Location.of(tmp_path)
    one, two = (scores("mill", [*LOUD, *CALM], version) for version in ("v1", "v2"))
    later = two.with_columns(pl.col("minute") + 80 * MINUTE)
    written = fold_devices(task(location, ["mill"], put(location, pl.concat([one, later]))))
    found = rows(location, written.files[0].path)
    assert found.select("model_version", "is_provisional").rows() == [("v1", True), ("v2", False)]
    assert found["episode_id"].n_unique() == 2


def test_a_device_without_episodes_any_more_has_none(tmp_path: Path) -> None:
    location = Location.of(tmp_path)
    first = fold_devices(task(location, ["mill"], put(location, scores("mill", [*LOUD, *CALM]))))
    calm = put(location, scores("mill", CALM))
    second = fold_devices(task(location, ["mill"], calm, [f.path for f in first.files]))
    assert (second.files, second.rows_written, second.counts) == ((), 0, (("mill", 0),))


def bound(root: Path, made: dict[str, int]) -> Episodes:
    """The stage over a lake in which these devices' scores were made from these fingerprints."""
    driver = Driver(PlantFolder(root, Plant()), Location.of(root), clock)
    numbered = {
        "stage": "scores", "period": from_us(0), "plan": driver.table(TASKS).done("test") + 1, "rows": 1
    }  # fmt: skip
    change = driver.small_change(TASKS, [numbered | {"device_uuid": d, "fingerprint": f} for d, f in made.items()])
    driver.commit(change, "test", numbered["plan"])
    return Episodes(driver, LakeState.now(LakeReader(str(root))))


def test_only_devices_whose_scores_changed_are_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(Location.of(tmp_path), pl.concat([scores(d, [*LOUD, *CALM]) for d in ("drill", "mill")]))
    stage = bound(tmp_path, {"drill": 1, "mill": 2})
    assert stage.left() == 1
    done = take(stage, 1)
    assert {p.device_uuid: p.rows for p in done} == {"drill": 1, "mill": 1}
    assert (stage.left(), stage.plan(2)) == (0, None)
    stage = bound(tmp_path, {"mill": 3})
    assert {p.device_uuid for p in take(stage, 2)} == {"mill"}
    assert sorted(LakeReader(str(tmp_path)).scan(EPISODES.name).collect()["device_uuid"]) == ["drill", "mill"]
    assert bound(tmp_path, {}).left() == 0
    monkeypatch.setattr(episodes_file, "STEP", episodes_file.STEP + 1)
    plan = bound(tmp_path, {}).plan(3)
    assert plan is not None and [d for d, _ in plan["devices"]] == ["drill", "mill"]


def take(stage: Episodes, number: int) -> tuple[episodes_file.PeriodDone, ...]:
    plan = stage.plan(number)
    assert plan is not None
    outcome = stage.outcome(plan, number, [fold_devices(t) for t in stage.tasks(plan, number)])
    for change in outcome.changes:
        stage._driver.commit(change, stage.name, number)
    stage._driver._remember(stage.name, number, outcome.periods)
    return outcome.periods
