"""The kernel of training: the first running minutes make the forest, the next ones its threshold, no other counts."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import START, bound, clock, make_plant, rows_of

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import scan_files
from smelt.runs.run import Request, run
from smelt.runs.train import Train
from smelt.runs.train_task import FEWEST_TRAINING_MINUTES, TrainTask, split_counts, train_device
from smelt.terms.class_tables import features_table
from smelt.terms.plant import Training

MILL = "mill-uuid"
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> TrainTask:
    """The mill's first model of fourteen hours, not yet made."""
    root = make_plant(tmp_path_factory.mktemp("plants") / "plant", 14)
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    stage = Train(*bound(root), {MILL})
    plan = stage.plan(1)
    assert plan is not None
    (found,) = stage.tasks(plan, 1)
    return found


def made(task: TrainTask, change: Change | None = None) -> dict[str, Any]:
    """The row that training writes where the features are changed."""
    location, spec = Location(task.lake), features_table(task.mapping, task.training.window_minutes)
    if change is not None:
        rows = scan_files(location, spec, task.feature_files).collect()
        files = write_files(location, spec, change(rows).to_arrow(), {"month": "2020-01"})
        task = replace(task, feature_files=tuple(f.path for f in files))
    row = train_device(task)
    assert row is not None
    return row


def huge_from(time: datetime, until: datetime | None = None) -> Change:
    where = pl.col("minute") >= time if until is None else pl.col("minute").is_between(time, until, "left")
    features = pl.col(pl.Float32)
    return lambda rows: rows.with_columns(pl.when(where).then(1e6).otherwise(features).cast(pl.Float32).name.keep())


@given(st.integers(0, 10**6), st.floats(0.01, 0.98), st.floats(0.01, 0.98))
def test_training_and_calibration_never_overlap_nor_overrun(minutes: int, train_share: float, rest: float) -> None:
    shares = Training(train_share=train_share, calibration_share=rest * (1 - train_share))
    train, calibration = split_counts(minutes, shares)
    assert train >= 0 and calibration >= 0 and train + calibration <= minutes
    assert abs(train - minutes * train_share) < 1


def test_a_row_says_which_minutes_it_is_of(task: TrainTask) -> None:
    row = made(task)
    minutes = rows_of(Path(task.lake).parent, "gold/machine_features").filter(device_uuid=MILL)["minute"].to_list()
    assert (row["trained_from"], row["trained_to"], row["calibrated_to"]) == (START, minutes[336], minutes[336 + 167])
    assert (row["training_minutes"], row["calibration_minutes"], row["running_minutes"]) == (336, 168, 840)
    assert row["features"] == list(task.features)
    assert row["days_wanted"] == pytest.approx((7_500 - 840) / 840)
    body = (Path(task.lake) / row["path"]).read_bytes()
    assert hashlib.sha256(body).hexdigest() == row["sha256"]


def test_the_same_task_makes_the_same_model(task: TrainTask) -> None:
    assert made(task) == made(task) == made(task, lambda rows: rows.sample(fraction=1.0, shuffle=True, seed=1))


def test_minutes_after_the_calibration_change_nothing(task: TrainTask) -> None:
    row = made(task)
    assert made(task, huge_from(row["calibrated_to"] + (START.replace(minute=1) - START))) == row


def test_calibration_minutes_change_the_threshold_and_not_the_forest(task: TrainTask) -> None:
    row = made(task)
    other = made(task, huge_from(row["trained_to"]))
    assert other["sha256"] == row["sha256"]
    assert other["calibration"] != row["calibration"]
    assert made(task, huge_from(START, START.replace(hour=2)))["sha256"] != row["sha256"]


@pytest.mark.parametrize("flag", ["is_running", "is_live"])
def test_minutes_that_do_not_run_are_left_out(task: TrainTask, flag: str) -> None:
    idle = pl.col("minute") < START.replace(minute=20)

    def stop(rows: pl.DataFrame) -> pl.DataFrame:
        return huge_from(START, START.replace(minute=20))(rows).with_columns(
            pl.when(idle).then(False).otherwise(flag).alias(flag)
        )

    row = made(task, stop)
    assert row["trained_from"] == START.replace(minute=20)
    assert row["running_minutes"] == 820
    assert row["sha256"] == made(task, lambda rows: rows.filter(~idle))["sha256"]


@pytest.mark.parametrize("shares", [Training(train_share=0.3), Training(calibration_share=0.1)])
def test_too_few_minutes_are_no_model(task: TrainTask, shares: Training) -> None:
    assert split_counts(840, Training(train_share=0.3))[0] < FEWEST_TRAINING_MINUTES
    assert train_device(replace(task, training=shares, model_version="none")) is None
    assert not (Path(task.lake) / "models/forests/none.npz").exists()


def test_bands_are_of_the_training_minutes(task: TrainTask) -> None:
    row = made(task)
    minutes = rows_of(Path(task.lake).parent, "gold/machine_minutes")
    mine = minutes.filter(pl.col("device_uuid") == MILL, pl.col("minute") < row["trained_to"])
    bands = json.loads(row["bands"])
    assert sorted(bands) == ["load", "speed"]
    for signal, (low, high) in bands.items():
        assert low == pytest.approx(mine[signal].quantile(0.01, "linear"), abs=1e-5)
        assert high == pytest.approx(mine[signal].quantile(0.99, "linear"), abs=1e-5)
