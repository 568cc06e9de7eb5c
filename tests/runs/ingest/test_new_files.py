"""Which landing files are new: the newest hours alone, or all; what copper has is not."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from smelt.ingest.landing import Landing, LandingFile
from smelt.lake.location import Location
from smelt.lake.parquet import write_files
from smelt.lake.reader import LakeReader
from smelt.lake.table import LakeTable
from smelt.runs.ingest.new_files import new_files
from smelt.terms.tables import FILES

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """Six hours with a file each."""
    for hour in range(6):
        put(tmp_path, f"2026/11/24/{hour:02}/x.gz")
    return Landing.at(f"{tmp_path}/raw")


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return Location.of(tmp_path / "lake")


def put(root: Path, path: str, body: bytes = b"x") -> None:
    (root / "raw" / path).parent.mkdir(parents=True, exist_ok=True)
    (root / "raw" / path).write_bytes(body)


def remember(location: Location, files: list[LandingFile], batch: int = 1) -> None:
    rows = [{"path": f.path, "size": f.size, "etag": f.etag, "folder": f.folder, "batch": batch} for f in files]
    table = LakeTable(location, FILES)
    made = write_files(location, FILES, pl.DataFrame(rows).to_arrow().cast(FILES.schema), {})
    assert table.commit("ingest", batch, made)


def paths(found: list[tuple[int, LandingFile]]) -> list[str]:
    return [file.path for _, file in found]


def test_everything_is_new_to_a_new_lake(landing: Landing, location: Location) -> None:
    reader = LakeReader(location.uri)
    assert new_files(reader, (landing, None)) == [(0, f) for f in landing.files()]
    assert paths(new_files(reader, (landing, None), NOW)) == [f"2026/11/24/{h:02}/x.gz" for h in (3, 4, 5)]


def test_what_copper_has_is_not(landing: Landing, location: Location) -> None:
    remember(location, landing.files())
    reader = LakeReader(location.uri)
    assert new_files(reader, (landing, None)) == new_files(reader, (landing, None), NOW) == []


def test_a_late_file_waits_for_a_look_everywhere(landing: Landing, location: Location, tmp_path: Path) -> None:
    remember(location, landing.files())
    put(tmp_path, "2026/11/24/01/late.gz")
    put(tmp_path, "2026/11/24/04/late.gz")
    reader = LakeReader(location.uri)
    assert paths(new_files(reader, (landing, None), NOW)) == ["2026/11/24/04/late.gz"]
    assert paths(new_files(reader, (landing, None))) == ["2026/11/24/01/late.gz", "2026/11/24/04/late.gz"]


def test_other_content_at_the_same_path_is_another_file(landing: Landing, location: Location, tmp_path: Path) -> None:
    remember(location, landing.files())
    put(tmp_path, "2026/11/24/05/x.gz", b"longer")
    assert paths(new_files(LakeReader(location.uri), (landing, None), NOW)) == ["2026/11/24/05/x.gz"]


def test_both_sources_are_looked_at(landing: Landing, location: Location, tmp_path: Path) -> None:
    put(tmp_path, "../logs/M1/a.txt")
    logs = Landing.at(f"{tmp_path}/logs/*")
    found = new_files(LakeReader(location.uri), (landing, logs), NOW)
    assert [number for number, _ in found] == [0, 0, 0, 1]
    assert new_files(LakeReader(location.uri), (None, logs)) == [(1, logs.files()[0])]


def test_of_files_that_copper_has_only_those_of_the_listed_folders_are_read(
    landing: Landing, location: Location
) -> None:
    old, new = landing.files()[:3], landing.files()[3:]
    remember(location, old, 1)
    remember(location, new, 2)
    reader = LakeReader(location.uri)
    files = {dict(f.low)["folder"]: f.path for f in LakeTable(location, FILES).files()}
    (Path(location.table(FILES.name)) / files[str(old[0].folder)]).unlink()  # whoever looks into it fails
    assert new_files(reader, (landing, None), NOW) == []
