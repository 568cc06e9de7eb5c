"""The spool: bounded, in order, whole after a kill; cursors only while they are ahead."""

from pathlib import Path

import pytest

from smelt.ingest.spool import CURSORS, LandingBytes, Spool
from smelt.terms.errors import InputError, TransientError


def test_files_wait_in_their_order_under_their_keys(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s", 1000)
    assert spool.waiting() == [] and spool.cursors() is None and spool.size_bytes() == 0
    keys = ["2026/11/24/09/b.gz", "shdr/a b%2F/2026/x.gz", "2026/11/24/08/a.gz"]
    spool.add((LandingBytes(keys[0], b"1"),), {"mill": {"next": 1}})
    spool.add((LandingBytes(keys[1], b"22"), LandingBytes(keys[2], b"")), {"mill": {"next": 2}})
    found = [spool.read(p) for p in spool.waiting()]
    assert found == [LandingBytes(k, b) for k, b in zip(keys, (b"1", b"22", b""), strict=True)]
    assert spool.size_bytes() == 3
    assert spool.cursors() == {"mill": {"next": 2}}
    assert spool.delivered() is None
    spool.note_delivered({"mill": {"next": 3}})
    assert spool.cursors() is None and spool.delivered() == {"mill": {"next": 3}}


def test_a_full_spool_keeps_nothing_of_what_does_not_fit(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 10)
    spool.add((LandingBytes("a", b"1" * 8),), {"mill": 1})
    with pytest.raises(TransientError, match=r"is full: 8 of 10 bytes wait, 4 more do not fit.*spool_mb"):
        spool.add((LandingBytes("b", b"12"), LandingBytes("c", b"34")), {"mill": 2})
    assert len(spool.waiting()) == 1 and spool.cursors() == {"mill": 1}


def test_a_file_that_waits_already_waits_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 1000)
    spool.add((LandingBytes("a/x.gz", b"1"), LandingBytes("a/y.gz", b"2")), {"mill": 1})
    spool.add((LandingBytes("a/y.gz", b"2"), LandingBytes("a/z.gz", b"3")), {"mill": 2})
    assert [spool.read(p).key for p in spool.waiting()] == ["a/x.gz", "a/y.gz", "a/z.gz"]
    assert spool.cursors() == {"mill": 2}


def test_what_a_killed_process_left_half_written_is_not_seen(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 1000)
    (tmp_path / "0000000000-x.gz.part").write_bytes(b"hal")
    spool.add((LandingBytes("y.gz", b"1"),), {})
    assert [spool.read(p).key for p in spool.waiting()] == ["y.gz"]


def test_cursors_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / CURSORS).write_text("{")
    with pytest.raises(InputError, match=r"cursors\.json is not what a recorder wrote .*Move it away"):
        Spool(tmp_path, 10).cursors()
