"""Files are read as a stream of batches; where they are cut changes nothing that they say."""

import gzip
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from tests.plants import HOUR, SENDER, START, document, hour_of_work, land, name_of

from smelt.copper.row_kernels import NONE
from smelt.ingest.landing import Landing
from smelt.mtconnect import pieces
from smelt.runs.ingest import read as ingest_read
from smelt.runs.ingest.read import Readable, ReadBatch, read_batches
from smelt.terms.interval import to_us
from smelt.terms.observation import Reject
from smelt.terms.plant import Agent


def readable(root: Path, *bodies: bytes) -> Readable:
    land(root, [(name_of(k), gzip.compress(body)) for k, body in enumerate(bodies)])
    landing = Landing.at(str(root / "raw"))
    return Readable(landing, tuple(landing.files()), ())


def documents_of_hours(hours: int) -> list[bytes]:
    return [document(hour_of_work(h), 1 + 1000 * h, START + (h + 1) * HOUR) for h in range(hours)]


def said(batches: list[ReadBatch]) -> pa.Table:
    """All rows with their documents' places."""
    tables = []
    for batch in batches:
        rows = pa.concat_tables(batch.rows)
        places = batch.documents.select("path", "offset", "received_at")[rows["document"].to_numpy()]
        tables.append(rows.drop(["document"]).append_column("offset", places["offset"].to_arrow()))
    plain = [t.cast(pa.schema([f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in t.schema]))
             for t in tables]  # fmt: skip
    return pa.concat_tables(plain)


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_read, "cut", lambda chunks, again: pieces.cut(chunks, pieces.Sizes(40_000), again))


def test_pieces_and_batches_say_what_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = readable(tmp_path, b"".join(documents_of_hours(5)), b"".join(documents_of_hours(3)))
    whole = list(read_batches(what))
    small_pieces(monkeypatch)
    monkeypatch.setattr(ingest_read, "MOST_ROWS", 300)
    batches = list(read_batches(what))
    assert (len(whole), len(whole[0].rows)) == (1, 1)
    assert len(batches) == 3
    assert said(batches).equals(said(whole))
    assert sum(b.documents.height for b in batches) == whole[0].documents.height == 8


def test_a_file_that_is_gone_since_it_was_listed_is_a_reject(tmp_path: Path) -> None:
    what = readable(tmp_path, *documents_of_hours(3))
    gone = what.files[1]
    (Path(what.landing.root) / gone.path).unlink()
    (batch,) = read_batches(what)
    rest = replace(what, files=(what.files[0], what.files[2]))
    assert said([batch]).equals(said(list(read_batches(rest))))
    assert batch.rejects == [
        (gone.path, Reject(0, gone.size, f"the file is gone: it was listed with {gone.size:,} bytes"))
    ]


def test_a_batch_is_handed_on_before_its_bytes_grow_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = readable(tmp_path, *documents_of_hours(4))
    monkeypatch.setattr(ingest_read, "MOST_BYTES", 1)
    assert [b.documents["path"].to_list() for b in read_batches(what)] == [[name_of(h)] for h in range(4)] + [[]]


def test_rejects_tell_their_place_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = documents_of_hours(3)
    small_pieces(monkeypatch)
    what = readable(tmp_path, one + two + b"garbage" + three)
    rejects = [r for b in read_batches(what) for r in b.rejects]
    assert rejects == [(name_of(0), Reject(len(one + two), 7, rejects[0][1].reason))]


def test_garbage_of_many_pieces_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(monkeypatch)
    garbage = b"no word of this\n" * 20_000
    (batch,) = read_batches(readable(tmp_path, garbage))
    assert [(r.offset, r.length) for _, r in batch.rejects] == [(0, len(garbage))]


def test_documents_tell_whose_they_are_and_when_they_came(tmp_path: Path) -> None:
    what = readable(tmp_path, *documents_of_hours(2))
    named = Readable(what.landing, what.files, (Agent("north", name_of(0)),))
    (batch,) = read_batches(named)
    assert batch.documents["agent"].to_list() == ["north", SENDER]
    assert batch.received_us.tolist() == [to_us(START), to_us(START + HOUR)]
    (plain,) = read_batches(Readable(Landing(str(tmp_path)), (), ()))
    assert plain.rows == [] and plain.documents.height == 0


def test_without_any_time_a_document_was_received_at_none(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    body = documents_of_hours(1)[0].replace(b"creationTime", b"madeAtNoTime")
    (tmp_path / "raw" / "x.json").write_bytes(body)
    landing = Landing.at(str(tmp_path / "raw"))
    (batch,) = read_batches(Readable(landing, tuple(landing.files()), ()))
    assert batch.received_us.tolist() == [NONE]


@pytest.mark.parametrize(
    ("source", "agent"),
    [
        ("http://cell:5000/sample?from=1", "north"),
        ("http://cell:5000", "north"),
        ("http://cell:5000/mill/current", "mill"),
        ("http://cell:50001/sample", "cell-1"),  # another port, and nobody gave it a name: its sender is
    ],
)
def test_an_agent_has_the_name_that_its_url_was_given(tmp_path: Path, source: str, agent: str) -> None:
    body = documents_of_hours(1)[0]
    head = f"--smelt\r\nContent-Type: application/json\r\nContent-Location: {source}\r\nContent-Length: {len(body)}"
    agents = (Agent("north", url="http://user:secret@cell:5000/"), Agent("mill", url="http://cell:5000/mill"))
    what = readable(tmp_path, head.encode() + b"\r\n\r\n" + body + b"\r\n")
    (batch,) = read_batches(replace(what, agents=agents))
    assert batch.documents["agent"].to_list() == [agent]


@pytest.mark.parametrize("spoil", [b"", b"garbage", b'{"MTConnectStreams":{"Header":', b'{"MTConnectDevices":{}}'])
def test_files_that_are_decoded_together_say_what_each_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: bytes
) -> None:
    bodies = documents_of_hours(4)
    what = readable(tmp_path, bodies[0], bodies[1] + spoil, bodies[2] + bodies[3])
    (together,) = read_batches(what)
    monkeypatch.setattr(ingest_read, "sniff", lambda data: "not to be joined")
    (alone,) = read_batches(what)
    assert said([together]).equals(said([alone]))
    assert together.documents.equals(alone.documents)
    assert together.documents["offset"].to_list()[-2:] == [0, len(bodies[2])]
    assert together.rejects == alone.rejects
    assert len(together.rows) < len(alone.rows) or spoil
