"""Ingest: damaged files cost what is damaged and no more, overlaps are kept once, a file is read once."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plants import HOUR, START, clock, document, hour_of_work, hourly, land, make_plant, name_of, packed, rows_of

from smelt.copper.rows import Run, merge_runs
from smelt.runs.ingest.stage import Ingest, _share
from smelt.runs.ingest.task import IngestTask, IngestWritten, ingest_files
from smelt.runs.request import Request
from smelt.runs.run import run


def ingested(root: Path) -> pl.DataFrame:
    report = run(Request(root, {}, parts=("ingest",)), clock)
    assert [s.stage for s in report.stages] == ["ingest"]
    return rows_of(root, "copper/observations")


def test_garbage_behind_a_gzip_stream_is_quarantined_and_the_rest_is_read(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 2)
    path = root / "raw" / name_of(1)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\x00garbage behind it")
    rows = ingested(root)
    assert rows.height == sum(len(hour_of_work(h)) for h in range(2))
    quarantine = rows_of(root, "copper/quarantine")
    assert quarantine.select("path", "offset", "length").rows() == [(name_of(1), size, 18)]
    assert quarantine["reason"][0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_torn_document_keeps_what_is_whole(tmp_path: Path, share: float) -> None:
    root = make_plant(tmp_path / "plant", 1)
    body = document(hour_of_work(1), 1_000, START + 2 * HOUR)
    land(root, [(name_of(1, "torn").removesuffix(".gz"), body[: int(len(body) * share)])])
    rows = ingested(root)
    whole = len(hour_of_work(0))
    assert whole <= rows.height < whole + len(hour_of_work(1))
    quarantine = rows_of(root, "copper/quarantine")
    assert quarantine.height >= 1
    assert set(quarantine["path"]) == {name_of(1, "torn").removesuffix(".gz")}


def test_what_a_torn_document_kept_is_not_doubled_by_the_whole_one(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    body = document(hour_of_work(0), 1, START + HOUR)
    land(root, [(name_of(0, "torn").removesuffix(".gz"), body[: len(body) // 2])])
    ingested(root)
    land(root, hourly(1))
    rows = ingested(root)
    assert sorted(rows["sequence"]) == list(range(1, len(hour_of_work(0)) + 1))


@pytest.mark.parametrize(("knows", "redone"), [(lambda _: True, 0), (lambda _: False, 3), (lambda k: k % 2 == 1, 2)])
def test_overlapping_documents_are_kept_once_over_tasks_and_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows: Callable[[int], bool], redone: int
) -> None:
    """Four files to four tasks of one plan, each half of the one before; then all of it in one more."""
    monkeypatch.setattr("smelt.runs.ingest.stage.LEAST_BYTES", 1)
    informed, again = Ingest.informed, []

    def told(self: Ingest, task: IngestTask, before: Sequence[IngestWritten]) -> IngestTask:
        """Tell a task of those results that have come: in a pool tasks run side by side."""
        return informed(self, task, [result for k, result in enumerate(before) if knows(k)])

    def ingest_again(task: IngestTask) -> IngestWritten:
        again.append(task)
        return ingest_files(task)

    monkeypatch.setattr(Ingest, "informed", told)
    monkeypatch.setattr("smelt.runs.ingest.stage.ingest_files", ingest_again)
    root = make_plant(tmp_path / "plant", 0)
    said = hour_of_work(0)
    land(
        root, [(name_of(0, f"part{k}"), packed(said[k * 40 : k * 40 + 80], k * 40 + 1, START + HOUR)) for k in range(4)]
    )
    ingested(root)
    assert rows_of(root, "ops/runs")["tasks"].to_list() == [4]
    assert len(again) == redone
    assert sorted(rows_of(root, "copper/observations")["sequence"]) == list(range(1, 201))
    land(root, [(name_of(0, "whole"), packed(said, 1, START + HOUR))])
    assert sorted(ingested(root)["sequence"]) == list(range(1, len(said) + 1))


def test_rows_are_stamped_with_their_arrival_and_their_sender(tmp_path: Path) -> None:
    rows = ingested(make_plant(tmp_path / "plant", 2))
    assert set(rows["agent"]) == {"cell-1"}
    assert set(rows["received_at"]) == {START, START + HOUR}
    documents = rows_of(tmp_path / "plant", "copper/documents").sort("path")
    assert documents["path"].to_list() == [name_of(0), name_of(1)]
    assert documents["first_sequence"].to_list() == [1, 1]
    assert documents["last_sequence"].to_list()[1] == rows.height


def test_an_agent_is_named_by_its_prefix(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    text = (root / "plant.toml").read_text()
    (root / "plant.toml").write_text(text + '[[agents]]\nname = "north"\nprefix = "2020/"\n')
    assert set(ingested(root)["agent"]) == {"north"}


def test_a_document_without_an_instance_is_quarantined_or_kept_but_ends_nothing(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    body = document(hour_of_work(1), 1_000, START + 2 * HOUR).replace(b'"instanceId":7,', b"")
    land(root, [(name_of(1, "odd").removesuffix(".gz"), body)])
    assert ingested(root).height >= len(hour_of_work(0))
    again = run(Request(root, {}, parts=("ingest",)), clock)
    assert again.stages[0].plans == 0


def test_recorded_logs_are_their_devices_whether_a_probe_knows_it_or_not(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 1)
    line = b"2020-01-01T00:30:00Z|load|42.5\n"
    again = line + b"2020-01-01T00:31:00Z|load|43.5\n"
    land(
        root,
        [(f"shdr/MILL/{name_of(0, 'log')}", gzip.compress(line)), (f"shdr/lathe/{name_of(0)}", gzip.compress(line))],
    )
    ingested(root)
    land(root, [(f"shdr/MILL/{name_of(1, 'log')}", gzip.compress(again))])
    rows = ingested(root).filter(pl.col("instance_id").is_null())
    assert rows.select("device_uuid", "data_item", "value", "text").rows() == [
        ("lathe", "load", None, "42.5"),
        ("mill-uuid", "mill_load", 42.5, None),
        ("mill-uuid", "mill_load", 43.5, None),
    ]
    assert set(rows["agent"]) == {"MILL", "lathe"}


def test_log_lines_of_any_year_are_kept_once_however_often_they_come(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 0)
    stamps = ["0001-01-01T00:00:00Z", "0999-06-01T00:00:00Z", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
    for number, stamp in enumerate([*stamps, *stamps]):
        land(root, [(f"shdr/MILL/{name_of(number, 'log')}", gzip.compress(f"{stamp}|load|1\n".encode()))])
        rows = ingested(root)
    assert [t.year for t in rows["event_time"]] == [1, 999, 2020, 9999]


def record(minute: int, value: float) -> bytes:
    """A flat record that tells no instance and no sequence."""
    stamp = f"2020-01-01T00:{minute:02}:00Z"
    attributes = {"name": "Zact", "subType": "ACTUAL", "timestamp": stamp}
    said = {"id": "Zact", "tag": "Position", "attributes": attributes, "value": str(value), "type": "Samples"}
    return json.dumps(said).encode() + b"\n"


def test_records_without_a_number_are_kept_once_over_tasks_plans_and_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smelt.runs.ingest.stage.LEAST_BYTES", 1)
    root = make_plant(tmp_path / "plant", 0)
    records = [record(minute, minute / 2) for minute in range(20)]
    land(root, [(name_of(0, f"part{k}"), gzip.compress(b"".join(records[k * 4 : k * 4 + 8]))) for k in range(4)])
    assert ingested(root)["value"].sort().to_list() == [minute / 2 for minute in range(20)]
    assert rows_of(root, "ops/runs")["tasks"].to_list() == [4]
    monkeypatch.setattr("smelt.runs.ingest.held.MOST_BYTES", 1)
    files = [b"".join(records), b"".join(records[10:]), record(30, 15.0) + record(30, 16.0)]
    land(root, [(name_of(1), gzip.compress(b"".join(files)))])
    land(root, [(name_of(2, f"again{k}"), gzip.compress(body)) for k, body in enumerate(files)])
    assert ingested(root)["value"].sort().to_list() == [*(minute / 2 for minute in range(20)), 15.0, 16.0]


RUNS = st.lists(
    st.builds(lambda a, f, n: Run(a, 1, f, f + n), st.sampled_from("ab"), st.integers(0, 40), st.integers(0, 3)),
    max_size=6,
).map(merge_runs)


@given(one=RUNS, other=RUNS)
def test_runs_share_what_both_hold(one: list[Run], other: list[Run]) -> None:
    first, second = ({(r.agent, n) for r in runs for n in range(r.first, r.last + 1)} for runs in (one, other))
    assert _share(one, other) == bool(first & second)
