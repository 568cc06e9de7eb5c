"""A bucket as Firehose and years of use leave it: everything once, and nothing that is no data."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from tests.plants import HOUR, START, clock, document, hour_of_work, make_plant, rows_of

from smelt.runs.run import Request, run

FOLDER = "2020/01/01"
EXCLUDE = '[source]\nexclude = ["source-backup/*"]'


def hour(number: int) -> bytes:
    """The document of an hour, each with sequences of its own."""
    return document(hour_of_work(number), 1 + 1000 * number, START + (number + 1) * HOUR)


def zipped(body: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("record.json", body)
    return sink.getvalue()


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_plant(tmp_path_factory.mktemp("firehose") / "plant", 0)
    text = (root / "plant.toml").read_text()
    (root / "plant.toml").write_text(text.replace("[source]", EXCLUDE))
    files = {
        f"{FOLDER}/00/shop-1-2020-01-01-00-59-59-1f": hour(0) + hour(1) + b"\n" + hour(2),  # joined, no delimiter
        f"{FOLDER}/03/shop-1-2020-01-01-03-59-59-2f": gzip.compress(hour(3)) + gzip.compress(hour(4)),  # no suffix
        f"{FOLDER}/05/shop-1-2020-01-01-05-59-59-3f.gz": gzip.compress(gzip.compress(hour(5))),
        f"{FOLDER}/06/shop-1-2020-01-01-06-59-59-4f.zip": zipped(hour(6)),
        f"{FOLDER}/06/shop-1-2020-01-01-06-59-59-5f.zip": zipped(hour(6)),  # delivered again, another key
        "dt=2020-01-01/shop-1-2020-01-01-07-59-59-6f": hour(7) + hour(0),  # custom prefix; a record again
        f"{FOLDER}/08/shop-1-2020-01-01-08-59-59-7f.parquet": b"PAR1" + b"\0" * 40 + b"PAR1",
        f"{FOLDER}/08/shop-1-2020-01-01-08-59-59-8f.snappy": b"\x88\x27\xf0\x3f" + b"\xff" * 40,
        f"{FOLDER}/08/empty": b"",
        f"{FOLDER}/08/_SUCCESS": b"ok",
        f"{FOLDER}/08/part.manifest": b"{}",
        f"processing-failed/{FOLDER}/09/shop-1": hour(9),
        f"my-errors/format-conversion-failed/{FOLDER}/09/shop-1": hour(9),
        f"source-backup/{FOLDER}/09/shop-1": hour(9),
        f".recorders/{FOLDER}/09/shop-1": hour(9),
    }
    for name, body in files.items():
        path = root / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    run(Request(root, {}, parts=("ingest",)), clock)
    return root


def test_everything_once(plant: Path) -> None:
    rows = rows_of(plant, "copper/observations")
    assert sorted(rows["sequence"]) == [1 + 1000 * h + i for h in range(8) for i in range(len(hour_of_work(h)))]


def test_nothing_that_is_no_data(plant: Path) -> None:
    read = set(rows_of(plant, "copper/files")["path"])
    assert len(read) == 8
    assert not [p for p in read if not p.startswith((FOLDER, "dt="))]


def test_what_is_not_read_says_why(plant: Path) -> None:
    rejects = rows_of(plant, "copper/quarantine").sort("path")
    assert [(p[-2:], r.split(";")[0]) for p, r in rejects.select("path", "reason").rows()] == [
        ("et", "is Parquet"), ("py", "is Snappy")
    ]  # fmt: skip


def test_the_arrival_is_the_time_in_the_key(plant: Path) -> None:
    rows = rows_of(plant, "copper/documents").sort("path")
    hours = {t.strftime("%H:%M:%S") for t in rows["received_at"]}
    assert hours == {f"{h:02}:59:59" for h in (0, 3, 5, 6, 7)}
