"""The journal: what was added is there after a kill, cut anywhere; files come back as they would have landed."""

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.journal import Heard, Journal, Left
from smelt.ingest.recorded_file import packed
from smelt.ingest.spool import LandingBytes

LOG, OTHER = "shdr/mill/2026/11/24/09/shop-1.gz", "2026/11/24/09/shop-2.gz"
heards = st.lists(
    st.builds(
        lambda key, name, number, lines: Heard(key, name, {"heard_us": number}, b"".join(b"%s\n" % ln for ln in lines)),
        st.sampled_from([LOG, OTHER]),
        st.sampled_from(["mill", 'a "name"']),
        st.integers(0, 1 << 60),
        st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), min_size=1, max_size=4),
    ),
    max_size=6,
)


def of_key(heard: list[Heard], key: str) -> bytes:
    return b"".join(h.plain for h in heard if h.key == key)


def journal_of(folder: Path, heard: list[Heard]) -> Journal:
    journal = Journal(folder)
    for one in heard:
        journal.add(one)
    return journal


@given(heards, st.integers(0, 6))
def test_what_was_added_is_left_by_key_with_the_last_cursors(heard: list[Heard], rolled_after: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = journal_of(Path(folder), heard[:rolled_after])
        journal.roll()
        for one in heard[rolled_after:]:
            journal.add(one)
        left = Journal(Path(folder)).left()
    keys = dict.fromkeys(h.key for h in heard)
    assert left.files == tuple(LandingBytes(key, packed(of_key(heard, key))) for key in keys)
    assert left.cursors == {h.name: h.cursor for h in heard}


@given(heards.filter(bool), st.data())
def test_cut_anywhere_whole_lines_are_left(heard: list[Heard], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, ends = Journal(Path(folder)), []
        for one in heard:
            journal.add(one)
            ends.append(Path(folder, "0000000001.journal").stat().st_size)
        path = Path(folder, "0000000001.journal")
        cut = data.draw(st.integers(0, ends[-1]))
        path.write_bytes(path.read_bytes()[:cut])
        found = {file.key: gzip.decompress(file.body) for file in Journal(Path(folder)).left().files}
    whole = [h for h, end in zip(heard, ends, strict=True) if end <= cut]
    for key in (LOG, OTHER):
        plain, sure = found.get(key, b""), of_key(whole, key)
        assert plain.startswith(sure) and of_key(heard[: len(whole) + 1], key).startswith(plain)
        assert plain == b"" or plain.endswith(b"\n")


def test_zeros_that_a_power_cut_left_are_no_lines(tmp_path: Path) -> None:
    journal_of(tmp_path, [Heard(LOG, "mill", {}, b"a|b|c\n")])
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes() + bytes(4096) + b"\n")
    [file] = Journal(tmp_path).left().files
    assert gzip.decompress(file.body) == b"a|b|c\n"


def test_nothing_is_left_of_what_is_forgotten_and_the_rest_is(tmp_path: Path) -> None:
    journal = journal_of(tmp_path, [Heard(LOG, "mill", {"n": 1}, b"1\n")])
    assert journal.size_bytes == 2
    journal.roll()
    journal.add(Heard(OTHER, "mill", {"n": 2}, b"2\n"))
    journal.forget()
    assert [f.key for f in Journal(tmp_path).left().files] == [OTHER]
    following = Journal(tmp_path)
    assert following.left().cursors == {"mill": {"n": 2}}
    following.add(Heard(LOG, "mill", {"n": 3}, b"3\n"))
    following.forget()
    assert Journal(tmp_path).left().cursors == {"mill": {"n": 3}}


def test_there_is_no_folder_before_anything_is_heard(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.left() == Left()
    journal.roll()
    journal.forget()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_is_told_until_the_next_roll(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("no folder")
    journal = journal_of(folder, [Heard(LOG, "mill", {}, b"1\n"), Heard(LOG, "mill", {}, b"2\n")])
    assert journal.error == f"journal {folder}: File exists"
    folder.unlink()
    journal.roll()
    assert journal.error is None
    journal.add(Heard(OTHER, "mill", {}, b"3\n"))
    assert [f.key for f in Journal(folder).left().files] == [OTHER]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    monkeypatch.setattr(Journal, "_path", lambda self: tmp_path / "full")
    (tmp_path / "full").symlink_to("/dev/full")
    monkeypatch.setattr("smelt.ingest.journal.os.O_EXCL", 0)
    journal.add(Heard(LOG, "mill", {}, b"1\n"))
    assert journal.error == f"journal {tmp_path}: No space left on device"
    journal.roll()
