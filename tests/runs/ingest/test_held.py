"""What is gathered tells of each document where it lies, whose it is and when it came."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.plants import HOUR, SENDER, START, name_of
from tests.runs.ingest.readable_files import documents_of_hours, readable, said, small_pieces

from smelt.copper.row_kernels import NONE
from smelt.ingest.landing import Landing
from smelt.runs.ingest import held as ingest_held
from smelt.runs.ingest.batch import Readable
from smelt.runs.ingest.read import read_batches
from smelt.terms.interval import to_us
from smelt.terms.observation import Reject
from smelt.terms.plant import Agent


def test_a_batch_is_handed_on_before_its_bytes_grow_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = readable(tmp_path, *documents_of_hours(4))
    monkeypatch.setattr(ingest_held, "MOST_BYTES", 1)
    assert [b.documents["path"].to_list() for b in read_batches(what)] == [[name_of(h)] for h in range(4)] + [[]]


def test_rejects_tell_their_place_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = documents_of_hours(3)
    small_pieces(monkeypatch)
    what = readable(tmp_path, one + two + b"garbage" + three)
    rejects = [r for b in read_batches(what) for r in b.rejects]
    assert rejects == [(name_of(0), Reject(len(one + two), 7, rejects[0][1].reason))]


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
    monkeypatch.setattr(ingest_held, "sniff", lambda data: "not to be joined")
    (alone,) = read_batches(what)
    assert said([together]).equals(said([alone]))
    assert together.documents.equals(alone.documents)
    assert together.documents["offset"].to_list()[-2:] == [0, len(bodies[2])]
    assert together.rejects == alone.rejects
    assert len(together.rows) < len(alone.rows) or spoil
