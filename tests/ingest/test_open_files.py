"""Open files: one for documents, one for each log, one for documents that come once; the last two in the journal."""

import gzip
import random
import re
from pathlib import Path

from smelt.ingest.journal import Journal
from smelt.ingest.open_files import TIMES, OpenFiles
from smelt.ingest.recorder import SHDR, Part

NOW_US = 1_795_512_600_123_456


def opened(folder: Path, seed: int = 0) -> OpenFiles:
    return OpenFiles("shop", Journal(folder), random.Random(seed))


def lines(body: bytes, device: str = "mill") -> Part:
    return Part(body, SHDR, f"shdr://cell:7878/{device}", NOW_US, is_once=True)


def document(body: bytes, *, is_once: bool = False) -> Part:
    return Part(body, "application/json", "mqtt://shop/x", NOW_US, is_once=is_once)


def test_documents_and_each_log_have_their_file_and_what_comes_once_its_own(tmp_path: Path) -> None:
    files = opened(tmp_path)
    assert not files
    files.add("a", [lines(b"1\n"), lines(b"2\n"), lines(b"3\n", "drill")], {"n": 1}, NOW_US)
    files.add("b", [document(b"4"), document(b"5", is_once=True), document(b"6")], {"n": 2}, NOW_US)
    assert files
    taken = {file.key: gzip.decompress(file.body) for file in files.take()}
    assert not files
    bodies = [re.findall(rb"(?m)^\d\r?$", body) for body in taken.values()]
    assert sorted(bodies) == [[b"1", b"2"], [b"3"], [b"4\r", b"6\r"], [b"5\r"]]
    assert sorted(key.rpartition("/")[0] for key in taken) == [
        *["2026/11/24/09"] * 2,
        "shdr/drill/2026/11/24/09",
        "shdr/mill/2026/11/24/09",
    ]


def test_the_journal_holds_what_comes_once_under_the_keys_that_it_lands_under(tmp_path: Path) -> None:
    files = opened(tmp_path)
    files.add("a", [lines(b"1\n"), lines(b"2\n", "drill")], {"n": 1}, NOW_US)
    files.add("b", [document(b"4"), document(b"5", is_once=True)], {"n": 2}, NOW_US)
    files.add("a", [lines(b"3")], {"n": 3}, NOW_US)
    files.add("a", [], {"n": 4}, NOW_US)
    left = Journal(tmp_path).left()
    taken = files.take()
    assert set(left.files) < set(taken) and len(left.files) == 3
    [other] = set(taken) - set(left.files)
    assert b"\r\n\r\n4\r\n" in gzip.decompress(other.body)
    assert left.cursors == {"a": {"n": 3}, "b": {"n": 2}}


def test_they_are_full_by_what_is_packed_or_by_their_journal(tmp_path: Path) -> None:
    files = opened(tmp_path)
    files.add("b", [document(random.Random(0).randbytes(20_000))], {}, NOW_US)
    assert files.are_full(15_000) and not files.are_full(30_000)
    files = opened(tmp_path)
    files.add("a", [lines(b"1\n" * 1000 * TIMES)], {}, NOW_US)
    assert files.are_full(2000) and not files.are_full(2001)
    files.take()
    assert not files.are_full(1)
