"""Files are read as a stream of batches; where they are cut changes nothing that they say."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.runs.ingest.readable_files import documents_of_hours, readable, said, small_pieces

from smelt.runs.ingest import held as ingest_held
from smelt.runs.ingest.read import read_batches
from smelt.terms.observation import Reject


def test_pieces_and_batches_say_what_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = readable(tmp_path, b"".join(documents_of_hours(5)), b"".join(documents_of_hours(3)))
    whole = list(read_batches(what))
    small_pieces(monkeypatch)
    monkeypatch.setattr(ingest_held, "MOST_ROWS", 300)
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


def test_garbage_of_many_pieces_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(monkeypatch)
    garbage = b"no word of this\n" * 20_000
    (batch,) = read_batches(readable(tmp_path, garbage))
    assert [(r.offset, r.length) for _, r in batch.rejects] == [(0, len(garbage))]
