import polars as pl
import pytest

from smelt.runs.pages.fleet import fleet
from smelt.runs.pages.rows import cell_rows, coverage_rows, episode_rows, minute_rows, score_rows
from smelt.runs.pages.tables import latest
from smelt.terms.errors import InputError


@pytest.fixture(scope="module")
def whole(page_reader, page_plant):
    return latest(page_reader, page_plant)


def test_every_scored_minute_is_told(page_reader, page_plant, whole):
    rows = score_rows(page_reader, page_plant.devices[0], whole)
    mine = page_reader.scan("results/scores").filter(pl.col("device_uuid") == "u-fog1").collect()
    assert rows.height == mine.height and rows["minute"].is_sorted()
    assert rows["contributions"][0].startswith("spindle_load=0.357; ")


def test_a_cell_stands_beside_its_origin(page_reader, page_plant, whole):
    rows = minute_rows(page_reader, page_plant.devices[0], whole, ["x_load", "execution"])
    live = rows.filter("is_live")
    assert set(live["x_load_origin"]) == {"m"} and set(live["execution_origin"]) == {"h"}
    assert set(rows.filter(~pl.col("is_live"))["x_load_origin"]) == {"x"}
    with pytest.raises(InputError, match="no signal 'y'"):
        minute_rows(page_reader, page_plant.devices[0], whole, ["y"])


def test_coverage_rows_are_as_stored(page_reader, page_plant, whole):
    rows = coverage_rows(page_reader, page_plant.devices[3], whole)
    assert set(rows["kind"]) == {"live", "restarted", "lost", "silent"} and rows["count"].sum() == 250


def test_cells_and_episodes_of_the_fleet(page_reader, page_plant, whole):
    page = fleet(page_reader, page_plant, whole, 100)
    cells = cell_rows(page)
    assert cells.height == 4 * len(page.lanes[0].cells.state)
    assert cells["severity"].max() == pytest.approx(max(e.peak_severity for e in page.episodes))
    assert (cells["severity"].is_null() == (cells["state"] != "scored")).all()
    rows = episode_rows(page.episodes, {d.uuid: d.name for d in page_plant.devices})
    assert rows.height == len(page.episodes) and set(rows["device"]) <= {"FOG1", "FOG2", "FAD1", "FAD2"}
    assert episode_rows([], {}).height == 0
