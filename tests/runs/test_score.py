"""The scores stage: minutes that ran after the training cut, by the recorded forest, knowing nothing of later."""

import gzip
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.plants import (
    HOUR,
    MINUTE,
    PLANT,
    START,
    bound,
    clock,
    copy_plant,
    document,
    hour_of_work,
    land,
    make_plant,
    name_of,
    packed,
    planned,
    rows_of,
)

from smelt.models.contributions import MOST_SIGNALS
from smelt.runs import score as score_file
from smelt.runs.run import Request, run
from smelt.runs.score import Scores, load_detector
from smelt.terms.errors import InputError

pytestmark = pytest.mark.system  # whole runs of a plant, again and again

MILL, DRILL = "mill-uuid", "drill-uuid"
HOURS = 14
LATER = START + 12 * HOUR + 30 * MINUTE + timedelta(seconds=5)  # a minute's word that is huge in one of two plants
TEXT = PLANT.replace("[training]", "[training]\ntrain_share = 0.6\ncalibration_share = 0.25")
MAPPING = """\
running = "load > 38"
[SAMPLE]
"load" = {column = "load"}
"speed" = {column = "speed"}
"""


def make(root: Path, value: float) -> Path:
    """Fourteen hours of two machines that say nothing for three minutes, and then a value."""
    make_plant(root, 0, TEXT)
    (root / "mappings").mkdir()
    (root / "mappings/machine.toml").write_text(MAPPING)
    first = 1
    for hour in range(HOURS):
        said = [s for s in hour_of_work(hour) if not LATER - 3 * MINUTE <= s.time < LATER]
        said = [s if s.time != LATER else type(s)(s.device, s.item, s.time, value) for s in said]
        land(root, [(name_of(hour), gzip.compress(document(said, first, START + (hour + 1) * HOUR)))])
        first += len(said)
    run(Request(root, {}), clock)
    return root


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("plants") / "done", 50.0)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("plants") / "other", 1e9)


@pytest.fixture
def plant(done: Path, tmp_path: Path) -> Path:
    return copy_plant(done, tmp_path / "plant")


def test_every_running_minute_after_the_cut_has_a_score_and_no_other(done: Path) -> None:
    cuts = rows_of(done, "models/versions").select("device_uuid", "trained_to")
    features = rows_of(done, "gold/machine_features").join(cuts, on="device_uuid")
    ran = features.filter(pl.col("is_live"), pl.col("is_running"), pl.col("minute") >= pl.col("trained_to"))
    scores = rows_of(done, "results/scores")
    assert scores.select("device_uuid", "minute").equals(ran.select("device_uuid", "minute").sort(pl.all()))
    assert 0 < scores.height < features.filter(pl.col("minute") >= pl.col("trained_to")).height


def test_a_huge_value_changes_nothing_before_its_minute(done: Path, other: Path) -> None:
    """End to end, from the landing zone: minutes, features and scores before it are the same, those after are not."""
    minute = LATER.replace(second=0)
    for table in ("gold/machine_minutes", "gold/machine_features", "results/scores"):
        quiet, loud = (rows_of(root, table).drop("model_version", strict=False) for root in (done, other))
        before = pl.col("minute") < minute
        assert quiet.filter(before).height > 0
        assert quiet.filter(before).equals(loud.filter(before)), table
        assert not quiet.filter(~before).equals(loud.filter(~before)), table
    models = [rows_of(root, "models/versions").select("threshold", "sha256", "calibration") for root in (done, other)]
    assert models[0].equals(models[1])


def test_the_huge_value_scores_high_and_is_to_blame(other: Path) -> None:
    after = rows_of(other, "results/scores").filter(pl.col("minute") == LATER.replace(second=0))
    assert after.height == 2
    assert (after["severity"] >= 75).all() and (after["score"] >= after["threshold"]).all()


def test_contributions_are_ordered_shares(done: Path, other: Path) -> None:
    for root in (done, other):
        for parts in rows_of(root, "results/scores")["contributions"].to_list():
            shares = [p["share"] for p in parts]
            assert 1 <= len(parts) <= MOST_SIGNALS
            assert {p["signal"] for p in parts} <= {"load", "speed"}
            assert shares == sorted(shares, reverse=True) and min(shares) > 0
            assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_severity_and_threshold_are_of_the_model(done: Path) -> None:
    models = rows_of(done, "models/versions").select("device_uuid", "model_version", limit="threshold")
    scores = rows_of(done, "results/scores").join(models, on=["device_uuid", "model_version"])
    assert scores.height == rows_of(done, "results/scores").height
    assert scores["limit"].equals(scores["threshold"].rename("limit"))
    assert scores["severity"].is_between(0, 100).all()
    assert ((scores["severity"] >= 75) == (scores["score"] >= scores["threshold"])).all()


def test_a_changed_model_file_is_refused(plant: Path) -> None:
    (row,) = rows_of(plant, "models/versions").filter(device_uuid=MILL).to_dicts()
    lake, path = str(plant / "lake"), plant / "lake" / row["path"]
    assert load_detector(lake, row["path"], row["sha256"]).names == tuple(row["features"])
    load_detector.cache_clear()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"sha256 .*models/versions says .*train the device again"):
        load_detector(lake, row["path"], row["sha256"])
    before = rows_of(plant, "results/scores")
    land(plant, [(name_of(HOURS), packed(hour_of_work(HOURS), 50_000, START + (HOURS + 1) * HOUR))])
    with pytest.raises(InputError, match="train the device again"):
        run(Request(plant, {}), clock)
    assert rows_of(plant, "results/scores").equals(before)


def test_nothing_is_stale_after_a_run(done: Path) -> None:
    stage = Scores(*bound(done))
    assert (stage.left(), stage.plan(2)) == (0, None)


def test_a_raised_step_makes_the_periods_after_the_cut_stale(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_file, "STEP", score_file.STEP + 1)
    cuts = dict(rows_of(done, "models/versions").select("device_uuid", "trained_to").rows())
    first = {device: int((cut - START) / HOUR) for device, cut in cuts.items()}
    assert planned(Scores(*bound(done)).plan(2)) == {(d, h) for d in cuts for h in range(first[d], HOURS)}


def test_a_new_model_scores_its_device_anew(plant: Path) -> None:
    path = plant / "plant.toml"
    path.write_text(path.read_text().replace("trees = 5", "trees = 6"))
    run(Request(plant, {}, parts=("train",), devices=("MILL",)), clock)
    stage = Scores(*bound(plant))
    plan = stage.plan(2)
    assert {device for device, _ in planned(plan)} == {MILL}
    run(Request(plant, {}, parts=("score",)), clock)
    versions = rows_of(plant, "results/scores").group_by("device_uuid").agg(pl.col("model_version").unique())
    assert all(len(v) == 1 for v in versions["model_version"])
    assert Scores(*bound(plant)).left() == 0
