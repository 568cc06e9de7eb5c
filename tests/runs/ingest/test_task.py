"""The kernel of ingest: files to sorted rows with what goes along, and rows given up to another task."""

import gzip
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.plants import HOUR, INSTANCE, SENDER, START, Said, document, hour_of_work, land, name_of, packed

from smelt.copper.rows import Run
from smelt.ingest.landing import Landing
from smelt.lake.location import Location
from smelt.lake.reader import scan_files
from smelt.runs.ingest.batch import Readable
from smelt.runs.ingest.task import IngestTask, IngestWritten, ingest_files
from smelt.terms.interval import PERIOD_US, to_us
from smelt.terms.plant import Agent
from smelt.terms.tables import NO_MONTH, OBSERVATIONS

MILL, DRILL = "mill-uuid", "drill-uuid"


@pytest.fixture
def task(tmp_path: Path) -> IngestTask:
    """Two hours in two documents."""
    first = 1
    for hour in range(2):
        said = hour_of_work(hour)
        land(tmp_path, [(name_of(hour), packed(said, first, START + (hour + 1) * HOUR))])
        first += len(said)
    return of(tmp_path)


def of(root: Path) -> IngestTask:
    landing = Landing.at(str(root / "raw"))
    return IngestTask(str(root / "lake"), 3, Readable(landing, tuple(landing.files()), ()), buckets=1)


def rows_of(task: IngestTask, written: IngestWritten) -> pl.DataFrame:
    return scan_files(Location(task.lake), OBSERVATIONS, [f.path for f in written.observations]).collect()


def test_rows_are_sorted_and_summed(task: IngestTask) -> None:
    written = ingest_files(task)
    rows = rows_of(task, written)
    said = [s for h in range(2) for s in hour_of_work(h)]
    assert written.rows_written == rows.height == len(said)
    assert rows.equals(rows.sort(OBSERVATIONS.sort_by))
    assert written.runs == (Run(SENDER, INSTANCE, 1, len(said)),)
    counts = {(s.device_uuid, (s.period_us - to_us(START)) // PERIOD_US): s.rows for s in written.sums}
    assert counts == {(d, h): sum(s.device == d for s in hour_of_work(h)) for d in (MILL, DRILL) for h in range(2)}
    assert written.documents["path"].to_pylist() == [name_of(0), name_of(1)]
    assert set(written.documents["plan"].to_pylist()) == set(written.last_values["batch"].to_pylist()) == {3}
    assert written.quarantine.num_rows == 0
    counts_of = [len(hour_of_work(h)) for h in range(2)]
    assert written.documents["observations"].to_pylist() == counts_of
    assert written.documents["lowest_sequence"].to_pylist() == [1, 1 + counts_of[0]]


def test_last_values_are_the_last_of_each_hour(task: IngestTask) -> None:
    last = pl.DataFrame(ingest_files(task).last_values).filter(device_uuid=MILL, data_item="mill_load").sort("period")
    assert last["period"].to_list() == [START, START + HOUR]
    words = [max((s.time, s.value) for s in hour_of_work(h) if (s.device, s.item) == (MILL, "load")) for h in range(2)]
    assert last.select("event_time", "value").rows() == words


def test_known_sequences_are_left_out(task: IngestTask) -> None:
    first = len(hour_of_work(0))
    written = ingest_files(replace(task, known=(Run(SENDER, INSTANCE, 1, first),)))
    assert written.runs == (Run(SENDER, INSTANCE, first + 1, first + len(hour_of_work(1))),)
    assert {s.period_us for s in written.sums} == {to_us(START + HOUR)}


def test_what_another_task_claims_is_left_out_wherever_it_lies(task: IngestTask) -> None:
    claimed = (Run(SENDER, INSTANCE, 100, 120), Run(SENDER, INSTANCE + 1, 1, 10_000))
    whole, left = ingest_files(task), ingest_files(replace(task, known=claimed))
    assert left.rows_written == whole.rows_written - 21
    assert left.runs == (Run(SENDER, INSTANCE, 1, 99), Run(SENDER, INSTANCE, 121, whole.rows_written))
    assert left.documents.equals(whole.documents)
    assert {f.path for f in left.observations}.isdisjoint(f.path for f in whole.observations)


def test_all_of_it_may_be_claimed(task: IngestTask) -> None:
    left = ingest_files(replace(task, known=ingest_files(task).runs))
    assert (left.rows_written, left.observations, left.runs, left.sums) == (0, (), (), ())
    assert left.last_values.num_rows == 0
    assert left.documents.num_rows == 2


def test_an_implausible_stamp_is_kept_apart_and_is_nobodys_last_value(tmp_path: Path) -> None:
    said = [Said(MILL, "load", START.replace(year=1970), 1.0), Said(MILL, "load", START, 2.0)]
    land(tmp_path, [(name_of(0), packed(said, 1, START + HOUR))])
    task = of(tmp_path)
    written = ingest_files(task)
    assert sorted(f.value("month") for f in written.observations) == [NO_MONTH, "2020-01"]
    assert written.last_values["value"].to_pylist() == [2.0]


def test_an_agent_is_named_by_its_prefix_else_by_its_sender(task: IngestTask) -> None:
    named = replace(task, what=replace(task.what, agents=(Agent("north", name_of(0)),)))
    written = ingest_files(named)
    assert written.documents["agent"].to_pylist() == ["north", SENDER]
    assert {r.agent for r in written.runs} == {"north", SENDER}


def test_torn_bytes_go_to_quarantine_and_the_rest_is_read(tmp_path: Path) -> None:
    good = document(hour_of_work(0), 1, START + HOUR)
    land(tmp_path, [(name_of(0), packed(hour_of_work(0), 1, START + HOUR)), (name_of(1), gzip.compress(good[:-40]))])
    written = ingest_files(of(tmp_path))
    (torn,) = written.quarantine.to_pylist()
    assert (torn["path"], torn["batch"]) == (name_of(1), 3)
    assert torn["reason"]
    assert written.rows_written == len(hour_of_work(0))
