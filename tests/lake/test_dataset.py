"""A dataset answers filters as the rows do, whatever the statistics say or leave out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from pyarrow.fs import LocalFileSystem, PyFileSystem

from smelt.lake.dataset import open_dataset
from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.table import LakeTable
from smelt.terms.tables import TableSpec

T0 = datetime(2020, 1, 1, 0, 0, 0, 123_457, tzinfo=UTC)
SAID = TableSpec(
    "copper/said",
    "something said",
    pa.schema(
        [
            pa.field("month", pa.string(), nullable=False),
            pa.field("device_uuid", pa.string(), nullable=False),
            pa.field("time", pa.timestamp("us", tz="UTC")),
            pa.field("sequence", pa.int64()),
            pa.field("value", pa.float64()),
            pa.field("text", pa.string()),
        ]
    ),
    ("month",),
    ("device_uuid", "time", "sequence"),
)
ROWS = [
    # month, device, microseconds after T0, sequence, value, text
    ("2020-01", "m1", 0, 1, 1.5, None),
    ("2020-01", "m1", 1, None, None, "on"),
    ("2020-01", "m2", 999, 7, -2.0, None),
    ("2020-02", "m1", 5, None, None, None),
    ("2020-02", "m3", None, 3, 0.0, "off"),
]


@pytest.fixture
def address(location: Location) -> str:
    """A table of five files, one for each row."""
    files = []
    for month, device, after, sequence, value, text in ROWS:
        time = None if after is None else T0 + timedelta(microseconds=after)
        row = {"device_uuid": device, "time": time, "sequence": sequence, "value": value, "text": text}
        files += write_files(location, SAID, pa.Table.from_pylist([row], SAID.file_schema()), {"month": month})
    LakeTable(location, SAID).commit("stage", 1, files)
    return location.table(SAID.name)


FILTERS: list[tuple[str, Callable[[tuple], bool]]] = [
    ("value > 0", lambda r: r[4] is not None and r[4] > 0),
    ("value <= 0", lambda r: r[4] is not None and r[4] <= 0),
    ("value is null", lambda r: r[4] is None),
    ("text = 'on'", lambda r: r[5] == "on"),
    ("text is not null", lambda r: r[5] is not None),
    ("sequence is null", lambda r: r[3] is None),
    ("sequence >= 3", lambda r: r[3] is not None and r[3] >= 3),
    ("sequence = 7", lambda r: r[3] == 7),
    ("time is null", lambda r: r[2] is None),
    ("time >= '2020-01-01 00:00:00.123458+00'", lambda r: r[2] is not None and r[2] >= 1),
    ("time = '2020-01-01 00:00:00.124456+00'", lambda r: r[2] == 999),
    ("month = '2020-02'", lambda r: r[0] == "2020-02"),
    ("device_uuid = 'm1' and value is null", lambda r: r[1] == "m1" and r[4] is None),
    ("device_uuid > 'm1' or text = 'on'", lambda r: r[1] > "m1" or r[5] == "on"),
    ("device_uuid like 'm%'", lambda r: True),
]


@pytest.mark.parametrize(("where", "holds"), FILTERS, ids=[where for where, _ in FILTERS])
def test_a_filter_finds_what_it_says(address: str, where: str, holds: Callable[[tuple], bool]) -> None:
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "TimeZone": "UTC"})
    connection.register("said", open_dataset(address))
    found = connection.sql(f"select month, device_uuid, sequence, value, text from said where {where}").fetchall()
    expected = [(r[0], r[1], *r[3:]) for r in ROWS if holds(r)]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_files_that_cannot_match_are_not_opened(address: str, location: Location) -> None:
    dataset = open_dataset(address)
    assert len(list(dataset.get_fragments(filter=ds.field("month") == "2020-02"))) == 2
    assert len(list(dataset.get_fragments(filter=ds.field("device_uuid") == "m2"))) == 1
    assert len(list(dataset.get_fragments(filter=ds.field("value") > 0))) == 5


def test_all_rows_without_a_filter(address: str) -> None:
    assert open_dataset(address).to_table().num_rows == len(ROWS)


@pytest.mark.parametrize("column", [f.name for f in SAID.schema if f.nullable])
def test_a_column_without_a_single_value_is_null_and_not_absent(location: Location, column: str) -> None:
    rows = pa.Table.from_pylist([{"device_uuid": "m1"}, {"device_uuid": "m2"}], SAID.file_schema())
    LakeTable(location, SAID).commit("stage", 1, write_files(location, SAID, rows, {"month": "2020-01"}))
    dataset = open_dataset(location.table(SAID.name))
    assert dataset.to_table(filter=ds.field(column).is_null()).num_rows == 2
    assert dataset.to_table(filter=ds.field(column).is_valid()).num_rows == 0
    assert dataset.to_table(filter=ds.field("device_uuid") == "m2")[column].to_pylist() == [None]


def test_no_thread_reads_a_folder_through_python(address: str) -> None:
    """One that still read ahead as Python ended aborted `smelt sql … limit 1` after the right answer."""
    dataset = open_dataset(address)
    if "://" not in address:
        assert not isinstance(dataset.filesystem, PyFileSystem)
        assert isinstance(dataset.filesystem.base_fs, LocalFileSystem)
