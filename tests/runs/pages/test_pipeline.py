"""The Pipeline page's parts together, for a plant with a folder and for one without; its CSV rows."""

import json
from pathlib import Path

import pytest
from tests.pipeline_lake import DRILL, MILL, PLANT, WHOLE, build

from smelt.ingest.recorder_state import RecorderState, SourceState
from smelt.lake.reader import LakeReader
from smelt.runs.pages import pipeline_rows
from smelt.runs.pages.pipeline import Pipeline, commands, pipeline
from smelt.runs.plant.config import PlantFolder
from smelt.terms.plant import Plant, Source


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    root = tmp_path_factory.mktemp("a plant")
    state = RecorderState("shop-1", "12@pi", 1, 2, "raw", sources=(SourceState("mill", "http://mill:5000"),))
    (root / "raw/.recorders").mkdir(parents=True)
    (root / "raw/.recorders/shop-1.state.json").write_text(json.dumps(state.as_json()))
    folder = PlantFolder(root, Plant(PLANT.devices, source=Source(landing="raw")))
    return pipeline(build(tmp_path_factory.mktemp("lake")), PLANT, WHOLE, PLANT.devices, folder)


def test_all_parts_are_there(page: Pipeline) -> None:
    assert (page.devices, page.interval) == (PLANT.devices, WHOLE)
    assert page.span is not None and page.span.start_us == WHOLE.start_us
    assert page.gaps and page.agents and page.runs and page.tables and page.rejects and page.drift
    assert page.arrivals.overall.observations == 2000


def test_recorders_say_how_they_are(page: Pipeline) -> None:
    (recorder,) = page.recorders
    assert (recorder.name, recorder.sources[0].url) == ("shop-1", "http://mill:5000")


def test_commands_name_the_plant_as_a_shell_reads_it(page: Pipeline) -> None:
    assert all("--plant '/" in command.line and "a plant" in command.line for command in page.commands)
    assert [c.line for c in commands(None)][:1] == ["smelt run"]
    assert "smelt coverage 'FOG 1'" in [c.line for c in commands(None, "FOG 1")]


def test_some_devices_alone(page: Pipeline, tmp_path: Path) -> None:
    found = pipeline(build(tmp_path), PLANT, WHOLE, [MILL])
    assert {g.device_uuid for g in found.gaps} == {MILL.uuid} and found.recorders == ()


def test_an_empty_lake_is_an_empty_page(tmp_path: Path) -> None:
    found = pipeline(LakeReader(str(tmp_path)), PLANT, WHOLE, PLANT.devices)
    assert (found.span, found.gaps, found.agents, found.rejects, found.drift) == (None, (), (), (), ())
    assert all(rows(found).height == 0 for rows in (pipeline_rows.hour_rows, pipeline_rows.gap_rows))


def test_rows_of_each_part(page: Pipeline) -> None:
    hours = pipeline_rows.hour_rows(page)
    assert set(hours["device"]) == {MILL.name, DRILL.name}
    assert {"start", "received", "expected", "contact", "lost_s", "live_s"} <= set(hours.columns)
    gaps = pipeline_rows.gap_rows(page)
    assert gaps.columns == ["device", "kind", "start", "end", "count"] and gaps.height == len(page.gaps)
    assert pipeline_rows.reject_group_rows(page)["count"].to_list() == [2, 1]
    assert pipeline_rows.run_rows(page)["started"].dtype == gaps["start"].dtype
    assert set(pipeline_rows.drift_rows(page)["kind"]) == {"vanished", "units", "undeclared"}
