"""A small table for the tests of the lake."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest

from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile

COUNTS = TableSpec(
    "ops/counts",
    "a count of a machine",
    pa.schema(
        [
            pa.field("month", pa.string(), nullable=False),
            pa.field("device_uuid", pa.string(), nullable=False),
            pa.field("number", pa.int64(), nullable=False),
        ]
    ),
    ("month",),
    ("device_uuid", "number"),
)


@pytest.fixture
def spec() -> TableSpec:
    return COUNTS


@pytest.fixture
def location(tmp_path: object) -> Location:
    return Location.of(f"{tmp_path}/lake")


@pytest.fixture
def write(location: Location) -> Callable[..., list[DataFile]]:
    """Write a file of one device's numbers, in order."""

    def write(numbers: Sequence[int], device: str = "m1", month: str = "2020-01") -> list[DataFile]:
        rows = pa.table({"device_uuid": [device] * len(numbers), "number": sorted(numbers)})
        return write_files(location, COUNTS, rows, {"month": month})

    return write
