"""A document that is read in pieces and batches is taken once, and is what it is whole, however it is delivered."""

import json
import multiprocessing
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests import plants
from tests.broken import Broken, broken_after
from tests.plants import HOUR, MINUTE, START, clock, document, hour_of_work, land, make_plant, rows_of, stamp

from smelt.ingest.landing import Landing
from smelt.mtconnect import pieces
from smelt.mtconnect.long import feed as long_feed
from smelt.mtconnect.long import xml as long_xml
from smelt.runs.ingest import held as ingest_held
from smelt.runs.ingest import read as ingest_read
from smelt.runs.ingest import stage as ingest
from smelt.runs.ingest import task as ingest_task
from smelt.runs.ingest.batch import Readable
from smelt.runs.ingest.read import read_batches
from smelt.runs.request import Request
from smelt.runs.run import run

SAID = [said for hour in range(2) for said in hour_of_work(hour)]
HEADER = {"instanceId": 7, "sender": "cell-1", "creationTime": stamp(START + 3 * HOUR), "firstSequence": 1}
ROWS = 45  # of a batch: a document becomes many


def of_series(count: int = 12, samples: int = 50) -> bytes:
    """Observations of many rows each: those of one are a batch by themselves."""
    series = [
        {
            "dataItemId": "mill_load",
            "sequence": number,
            "timestamp": stamp(START + number * MINUTE),
            "sampleCount": samples,
            "sampleRate": 10,
            "value": [number + sample / 100 for sample in range(samples)],
        }
        for number in range(1, count + 1)
    ]
    component = {"component": "Device", "name": "d", "Samples": {"LoadTimeSeries": series}}
    streams = {"DeviceStream": [{"name": "MILL", "uuid": "mill-uuid", "ComponentStream": [component]}]}
    return json.dumps({"MTConnectStreams": {"Header": HEADER, "Streams": streams}}).encode()


def of_xml(first: int = 1, last: int = len(SAID)) -> bytes:
    """Samples of both machines, one after the other, so that the numbers of each have holes."""
    tag = '<Load dataItemId="{}_load" sequence="{}" timestamp="{}">{}</Load>'
    devices = []
    for uuid, name in plants.DEVICES.items():
        samples = "".join(
            tag.format(name.lower(), number, stamp(said.time), said.value)
            for number, said in enumerate(SAID[first - 1 : last], first)
            if (said.device, said.item) == (uuid, "load")
        )
        component = f'<ComponentStream component="Device" name="d"><Samples>{samples}</Samples></ComponentStream>'
        devices.append(f'<DeviceStream name="{name}" uuid="{uuid}">{component}</DeviceStream>')
    header = " ".join(f'{name}="{value}"' for name, value in HEADER.items())
    streams = f"<Streams>{''.join(devices)}</Streams>"
    return f'<?xml version="1.0"?><MTConnectStreams><Header {header}/>{streams}</MTConnectStreams>'.encode()


DOCUMENTS = {
    "json": document(SAID, 1, START + 3 * HOUR),
    "series": of_series(),
    "series again and again": document(SAID[:40], 100, START + 3 * HOUR) + of_series() + of_series(),
    "xml": of_xml(),
}


def in_pieces(patch: pytest.MonkeyPatch) -> None:
    """Let a file be cut into pieces of a few observations, read from small chunks, and written in small batches."""

    def small(chunks: Iterable[bytes]) -> Iterator[bytes]:
        return (chunk[i : i + 700] for chunk in chunks for i in range(0, len(chunk), 700))

    def cut(chunks: Iterable[bytes], again: Callable[[], Iterable[bytes]]) -> Iterator[pieces.Piece]:
        return pieces.cut(small(chunks), pieces.Sizes(1500, 1500), lambda: small(again()))

    patch.setattr(ingest_read, "cut", cut)
    patch.setattr(ingest_held, "MOST_ROWS", ROWS)
    patch.setattr(ingest_task, "_MANY_RUNS", 5)
    patch.setattr(long_feed, "GUARD", 200)
    patch.setattr(long_xml, "GUARD", 200)


def copper_of(root: Path) -> dict[str, list[Any]]:
    """What ingest keeps, without what depends on when a file came."""
    tables = ("observations", "documents", "sequences", "quarantine", "last_values", "files")
    without = ("received_at", "batch", "plan", "etag")
    rows = {name: rows_of(root, f"copper/{name}").drop(without, strict=False).rows() for name in tables}
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def taken(root: Path, *deliveries: Iterable[tuple[str, bytes]]) -> dict[str, list[Any]]:
    """What is kept of several deliveries, each in a plan of its own."""
    make_plant(root, 0)
    for files in deliveries:
        land(root, files)
        run(Request(root, {}, parts=("ingest",)), clock)
    return copper_of(root)


def named(name: str, body: bytes, hour: int = 0) -> tuple[str, bytes]:
    return f"{START + hour * HOUR:%Y/%m/%d/%H}/{name}.dat", body


@pytest.mark.parametrize("body", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_in_pieces_is_taken_as_the_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    whole = taken(tmp_path / "whole", [named("cell", body)])
    in_pieces(monkeypatch)
    assert taken(tmp_path / "pieces", [named("cell", body)]) == whole
    landing = Landing.at(str(tmp_path / "pieces/raw"))
    batches = list(read_batches(Readable(landing, tuple(landing.files()), ())))
    assert sum(batch.goes_on for batch in batches) >= 3
    assert whole["observations"] and len(whole["documents"]) == body.count(b"creationTime")


def test_a_long_document_is_one_row_that_tells_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_pieces(monkeypatch)
    first, long, last = (
        document(SAID[:9], 1, START), document(SAID, 1, START + HOUR), document(SAID[3:9], 4, START + 2 * HOUR)
    )  # fmt: skip
    taken(tmp_path, [named("cell", b"\n".join((first, long, last)))])
    rows = rows_of(tmp_path, "copper/documents").sort("offset")
    told = ("offset", "length", "observations", "lowest_sequence", "first_sequence", "last_sequence")
    assert rows.select(told).rows() == [
        (0, len(first), 9, 1, 1, 9),
        (len(first) + 1, len(long), len(SAID), 1, 1, len(SAID)),
        (len(first) + len(long) + 2, len(last), 6, 4, 1, 9),
    ]
    assert sorted(rows_of(tmp_path, "copper/observations")["sequence"]) == list(range(1, len(SAID) + 1))


@pytest.mark.parametrize("body", [of_series(9, 50), of_series(40, 3), of_series(40, 44)])
def test_the_parts_of_a_series_stay_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Batches end behind, within and just before what a series tells, were they cut by rows."""
    in_pieces(monkeypatch)
    land(tmp_path, [named("cell", body)])
    landing = Landing.at(str(tmp_path / "raw"))
    seen: list[set[int]] = []
    for batch in read_batches(Readable(landing, tuple(landing.files()), ())):
        seen.append({number for rows in batch.rows for number in rows["sequence"].to_pylist()})
    assert sum(map(len, seen)) == len(set().union(*seen)) and sum(map(bool, seen)) >= 2


@pytest.mark.system
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["json", "series", "xml"])
def test_twice_and_in_small_in_any_order_it_is_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, seed: int
) -> None:
    once = taken(tmp_path / "once", [named("cell", DOCUMENTS[name])])
    in_pieces(monkeypatch)
    monkeypatch.setattr(ingest, "LEAST_BYTES", 1)
    rng = random.Random(f"{name} {seed}")
    bodies = [DOCUMENTS[name], DOCUMENTS[name], *in_small(name)]
    rng.shuffle(bodies)
    files = [named(f"file{number}", body, rng.randint(0, 3)) for number, body in enumerate(bodies)]
    first = rng.choice([0, rng.randint(1, len(files) - 1)])
    deliveries = (files[:first], files[first:]) if first else (files,)
    found = taken(tmp_path / "twice", *deliveries)
    assert found["observations"] == once["observations"]
    assert runs_of(found) == runs_of(once)
    assert len(found["documents"]) == len(bodies) and found["quarantine"] == []
    assert {name for name, *_ in found["files"]} == {name for name, _ in files}


def in_small(name: str) -> list[bytes]:
    """Some of what a document says, in small documents that overlap."""
    if name == "json":
        return [document(SAID[k : k + 30], k + 1, START + HOUR) for k in range(0, 200, 20)]
    if name == "series":
        return [of_series(2), of_series(5)]
    return [of_xml(k, k + 30) for k in range(1, 200, 20)]


def runs_of(found: dict[str, list[Any]]) -> set[tuple[str, int, int]]:
    return {(a, i, n) for a, i, first, last in found["sequences"] for n in range(first, last + 1)}


@pytest.mark.system
@pytest.mark.parametrize("name", DOCUMENTS)
def test_broken_off_after_every_single_commit_equals_never_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files = [named("cell", DOCUMENTS[name]), named("again", DOCUMENTS[name], 1)]
    whole = taken(tmp_path / "whole", files)
    in_pieces(monkeypatch)
    root = make_plant(tmp_path / "broken", 0)
    land(root, files)
    ingest_all = partial(run, Request(root, {}, parts=("ingest",)), clock)
    breaks = 0
    while True:
        with broken_after(monkeypatch, 1) as seen:
            try:
                ingest_all()
            except Broken:
                breaks += 1
                continue
        break
    assert breaks >= 6 and len(seen) <= 1
    assert copper_of(root) == whole


def ingest_in_pieces(root: Path, ready: Connection) -> None:
    """What a process of its own does until it is killed; it says when it begins."""
    with pytest.MonkeyPatch.context() as patch:
        in_pieces(patch)
        ready.send(None)
        run(Request(root, {}, parts=("ingest",)), clock)


def killed_after(root: Path, seconds: float | None) -> float | None:
    """Ingest in pieces, SIGKILL it after so long; return how long it took if it ended before."""
    spawn = multiprocessing.get_context("spawn")
    ready, says = spawn.Pipe(duplex=False)
    process = spawn.Process(target=ingest_in_pieces, args=(root, says))
    process.start()
    ready.recv()
    began = time.monotonic()
    process.join(seconds)
    took = time.monotonic() - began
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return took if process.exitcode == 0 else None


def killed_again_and_again(tmp_path: Path, body: bytes, kills: int, rng: random.Random) -> int:
    """SIGKILL plants at random points of a long document, one or several times each; return the kills that hit."""
    files = [named("cell", body), named("again", body, 1)]
    whole = taken(tmp_path / "whole", files)
    land(make_plant(tmp_path / "timed", 0), files)
    seconds, hits = killed_after(tmp_path / "timed", None), 0
    assert seconds and copper_of(tmp_path / "timed") == whole
    for number in range(kills):
        root = make_plant(tmp_path / str(number), 0)
        land(root, files)
        for _ in range(rng.randint(1, 3)):
            hits += killed_after(root, rng.uniform(0.02, 0.9) * seconds) is None
        killed_after(root, None)
        assert copper_of(root) == whole
    return hits


@pytest.mark.system
def test_killed_at_random_points_equals_never_killed(tmp_path: Path) -> None:
    assert killed_again_and_again(tmp_path, DOCUMENTS["json"], 2, random.Random(2)) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_killed_twenty_five_times_equals_never_killed(tmp_path: Path, name: str) -> None:
    hits = killed_again_and_again(tmp_path, DOCUMENTS[name], 25, random.Random(name))
    print(f"long document '{name}': 25 of 25 identical, {hits} kills before the end")
    assert hits >= 10


@pytest.mark.system
def test_what_is_made_of_a_document_in_pieces_is_what_is_made_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name in ("whole", "pieces"):
        root = make_plant(tmp_path / name, 0)
        said = [said for hour in range(6) for said in hour_of_work(hour)]
        land(root, [named("cell", document(said, 1, START + 6 * HOUR - timedelta(seconds=1)), 6)])
        run(Request(root, {}, parts=("ingest", "stages")), clock)
        found.append(plants.results_of(root))
        in_pieces(monkeypatch)
    plants.assert_same_results(*found)


def test_the_file_may_be_read_once_more_for_a_header_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = json.loads(DOCUMENTS["json"])["MTConnectStreams"]
    header = said.pop("Header")
    body = json.dumps({"MTConnectStreams": said | {"Header": header}}).encode()
    whole = taken(tmp_path / "whole", [named("cell", body)])
    in_pieces(monkeypatch)
    found = taken(tmp_path / "pieces", [named("cell", body)])
    assert found == whole and len(pl.DataFrame(found["documents"], orient="row")) == 1
