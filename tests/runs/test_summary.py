"""A lake in a few numbers: each is what the tables hold, and old model versions do not count."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests import plants
from tests.plants import HOUR, START

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import LakeReader
from smelt.lake.table import LakeTable
from smelt.runs.plant.config import PlantFolder, read_plant
from smelt.runs.run import Request, run
from smelt.runs.summary import EpisodeLine, latest_episodes, latest_models, summarize
from smelt.terms.plant import Device, Plant
from smelt.terms.tables import (
    EPISODES,
    MODELS,
    QUARANTINE,
    SCORES,
    TableSpec,
)

PLANT = Plant(devices=(Device("m", "MILL", "mills"), Device("d", "DRILL", "drills")))


def put(lake: Path, spec: TableSpec, rows: list[dict[str, Any]]) -> None:
    table = LakeTable(Location.of(lake), spec)
    partition = dict.fromkeys(spec.partition_by, "2020-01")
    files = write_files(table.location, spec, pa.Table.from_pylist(rows, spec.file_schema()), partition)
    table.commit("test", table.done("test") + 1, files)


def model(device: str, version: str, trained_to: datetime, is_provisional: bool) -> dict[str, Any]:
    filled: dict[str, Any] = {f.name: "" if f.type == pa.string() else 0 for f in MODELS.schema}
    times = {"trained_from": START, "trained_to": trained_to, "calibrated_to": trained_to}
    return filled | times | {
        "device_uuid": device, "model_version": version, "is_provisional": is_provisional, "features": [],
        "plan": 1 if is_provisional else 2,
    }  # fmt: skip


def episode(device: str, version: str, hour: int, peak: float, signals: str = "abcd") -> dict[str, Any]:
    return {
        "episode_id": f"{device}{version}{hour}",
        "device_uuid": device,
        "start": START + hour * HOUR,
        "end": START + (hour + 1) * HOUR,
        "is_open": False,
        "model_version": version,
        "peak_time": START + hour * HOUR,
        "peak_score": peak / 100,
        "peak_severity": peak,
        "scored_minutes": 60,
        "alarm_minutes": 30,
        "is_provisional": False,
        "contributions": [{"signal": s, "share": 0.2} for s in signals],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """Two devices, of which the mill has had two models."""
    root = tmp_path_factory.mktemp("plant")
    lake = root / "lake"
    put(
        lake,
        MODELS,
        [
            model("m", "m-new", START + 2 * HOUR, is_provisional=False),
            model("m", "m-old", START + HOUR, is_provisional=True),
            model("d", "d-only", START + HOUR, is_provisional=True),
        ],
    )
    put(
        lake,
        EPISODES,
        [
            episode("m", "m-old", 1, 99.0),
            episode("m", "m-new", 3, 80.04),
            episode("m", "m-new", 5, 91.26),
            episode("d", "d-only", 2, 91.26),
        ],
    )
    score = {"minute": START, "score": 1.0, "severity": 1.0, "threshold": 1.0, "contributions": []}
    put(lake, SCORES, [score | {"device_uuid": "m", "model_version": v} for v in ("m-old", "m-new")])
    return PlantFolder(root, PLANT)


def reader(folder: PlantFolder) -> LakeReader:
    return LakeReader(folder.lake_uri)


def test_the_numbers_are_those_of_the_tables(folder: PlantFolder) -> None:
    found = summarize(folder, reader(folder))
    assert (found.devices, found.classes) == (2, ("mills", "drills"))
    assert (found.observations, found.quarantined, found.scored_minutes) == (0, 0, 2)
    assert (found.models, found.provisional_models) == (2, 1)
    assert found.episodes == len(found.top_episodes) == 3
    assert found.lake == str(folder.root / "lake")
    files = [p for p in (folder.root / "lake").rglob("*") if p.is_file()]
    assert found.lake_bytes == sum(p.stat().st_size for p in files) > 0


def test_the_newest_model_of_each_device_counts(folder: PlantFolder) -> None:
    assert sorted(latest_models(reader(folder))["model_version"]) == ["d-only", "m-new"]
    assert set(latest_episodes(reader(folder))["model_version"]) == {"d-only", "m-new"}


def test_episodes_are_ordered_by_peak_then_start(folder: PlantFolder) -> None:
    lines = summarize(folder, reader(folder)).top_episodes
    assert lines[0] == EpisodeLine("DRILL", START + 2 * HOUR, START + 3 * HOUR, 91.3, ("a", "b", "c"))
    assert [(e.device, e.peak_severity) for e in lines] == [("DRILL", 91.3), ("MILL", 91.3), ("MILL", 80.0)]
    found = summarize(folder, reader(folder), most=1)
    assert (found.episodes, len(found.top_episodes)) == (3, 1)


def test_a_device_that_left_the_plant_is_called_by_its_uuid(folder: PlantFolder) -> None:
    without = PlantFolder(folder.root, Plant(devices=PLANT.devices[:1]))
    assert [e.device for e in summarize(without, reader(folder)).top_episodes] == ["d", "MILL", "MILL"]


def test_an_empty_lake_is_all_zeros(tmp_path: Path) -> None:
    found = summarize(PlantFolder(tmp_path, Plant()), LakeReader(str(tmp_path / "lake")))
    assert (found.devices, found.observations, found.models, found.episodes, found.lake_bytes) == (0, 0, 0, 0, 0)
    assert found.top_episodes == ()


def test_quarantined_ranges_are_counted(tmp_path: Path) -> None:
    row = {"path": "a", "offset": 0, "length": 1, "reason": "torn", "batch": 1}
    put(tmp_path / "lake", QUARANTINE, [row, row | {"offset": 9}])
    assert summarize(PlantFolder(tmp_path, Plant()), LakeReader(str(tmp_path / "lake"))).quarantined == 2


def test_it_notes_who_is_silent_and_what_no_probe_declares(tmp_path: Path) -> None:
    root = plants.make_plant(tmp_path / "plant", 1)
    probe = plants.probe_xml({"mill-uuid": "MILL"})
    (root / "probe.xml").write_text(probe)
    (root / "plant.toml").write_text(plants.PLANT + '[[devices]]\nname = "SPARE"\nuuid = "spare-uuid"\n')
    run(Request(root, {}), plants.clock)
    silent, undeclared = summarize(read_plant(root, {}), LakeReader(str(root / "lake"))).notes
    assert silent == "1 devices have said nothing yet: SPARE"
    assert undeclared.startswith("5 data items of drill-uuid are in no probe")
