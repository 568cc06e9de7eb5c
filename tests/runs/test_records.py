"""Maintenance and static data: CSV files become tables, replaced with the file, refused where a cell does not fit."""

from pathlib import Path

import pytest
from tests.plants import START, clock, snapshot

from smelt.lake.location import Location
from smelt.runs.driver import Driver
from smelt.runs.plant.config import PlantFolder
from smelt.runs.records import check_records, read_records, store_records
from smelt.terms.errors import InputError
from smelt.terms.plant import Plant
from smelt.terms.tables import MAINTENANCE, STATIC_DEVICES

LOG = 'device_uuid,time,kind,component,note\nm1,2020-01-01T00:00:00Z,repair,spindle,"new, at last"\n'


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    return Driver(PlantFolder(tmp_path, Plant()), Location.of(tmp_path / "lake"), clock)


def test_a_file_becomes_a_table_once(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "maintenance.csv").write_text(LOG)
    assert store_records(driver) == 1
    assert store_records(driver) == 0
    rows = driver.reader.scan(MAINTENANCE.name).collect()
    assert rows.rows() == [("m1", START, "repair", "spindle", "new, at last")]


def test_a_changed_file_replaces_the_table(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "maintenance.csv").write_text(LOG)
    store_records(driver)
    (tmp_path / "maintenance.csv").write_text(LOG.replace("repair", "inspection"))
    assert store_records(driver) == 1
    assert driver.reader.scan(MAINTENANCE.name).collect()["kind"].to_list() == ["inspection"]


def test_without_files_nothing_is_written(driver: Driver, tmp_path: Path) -> None:
    assert store_records(driver) == 0
    assert snapshot(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "device_uuid,time\nm1,2020-01-01T00:00:00Z\n",
            r"maintenance\.csv: no column 'kind'; expected device_uuid, time",
        ),
        (LOG.replace("2020-01-01T00:00:00Z", "yesterday"), r"maintenance\.csv: .*Mend the cell"),
    ],
)
def test_what_does_not_fit_is_refused(driver: Driver, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "maintenance.csv").write_text(text)
    for look in (lambda: check_records(tmp_path), lambda: store_records(driver)):
        with pytest.raises(InputError, match=message):
            look()
    assert not (tmp_path / "lake").exists()


def test_cells_are_of_the_tables_types(tmp_path: Path) -> None:
    path = tmp_path / "static.csv"
    head = ",".join(STATIC_DEVICES.schema.names)
    path.write_text(f"{head}\nm1,MILL,mills,Maker,X1,2019-05-06,north,5\nm2,DRILL,drills,,,,,\n")
    rows = read_records(path, STATIC_DEVICES).to_pylist()
    assert rows[0]["criticality"] == 5 and str(rows[0]["commissioned"]) == "2019-05-06"
    assert rows[1]["criticality"] is None and rows[1]["commissioned"] is None
