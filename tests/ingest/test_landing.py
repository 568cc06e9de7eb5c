"""What lies in the landing zone: listing, identity, arrival, bytes."""

import os
from datetime import UTC, datetime
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore

from smelt.ingest.landing import Landing, LandingFile, is_data, received_at
from smelt.terms.errors import InputError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())


def listed(where: str) -> list[str]:
    return [f.path for f in Landing.at(where).files()]


def test_files_are_listed_in_the_order_of_their_paths(tmp_path: Path) -> None:
    put(tmp_path, "2020/01/02/00/b.gz", "2020/01/01/23/z.gz", "2020/01/02/00/a.gz")
    assert listed(str(tmp_path)) == ["2020/01/01/23/z.gz", "2020/01/02/00/a.gz", "2020/01/02/00/b.gz"]


def test_markers_hidden_files_errors_and_empty_files_are_left_out(tmp_path: Path) -> None:
    put(
        tmp_path, "a/x.gz", "a/_SUCCESS", "a/x.manifest", "a/y.tmp", ".hidden", "a/.part", "processing-failed/2020/x.gz"
    )
    put(tmp_path, "raw/splunk-failed/x.gz")
    (tmp_path / "empty.gz").touch()
    assert listed(str(tmp_path)) == ["a/x.gz"]


def test_a_file_is_known_by_path_size_and_etag(tmp_path: Path) -> None:
    put(tmp_path, "a.gz")
    (first,) = Landing.at(str(tmp_path)).files()
    (again,) = Landing.at(str(tmp_path)).files()
    assert first == again == LandingFile("a.gz", 4, first.etag)
    assert first.etag
    (tmp_path / "a.gz").write_bytes(b"a.gz and more")
    (grown,) = Landing.at(str(tmp_path)).files()
    assert (grown.path, grown.size) == ("a.gz", 13)
    assert grown != first


@pytest.mark.parametrize("name", ["a\nb.json", "tab\t.json", b"latin-\xe9.json"])
def test_a_name_that_no_store_can_hold_is_named(tmp_path: Path, name: str | bytes) -> None:
    put(tmp_path, "2026/11/24/09/good.gz")
    (tmp_path / "2026/11/24/09" / os.fsdecode(name)).write_bytes(b"{}")
    for listing in (Landing.files, lambda landing: landing.newest_files(NOW)):
        with pytest.raises(InputError, match=r"cannot be listed: .*2026/11/24/09/.* Rename") as told:
            listing(Landing.at(str(tmp_path)))
        assert str(told.value).isprintable()


def test_links_are_followed_but_not_for_ever(tmp_path: Path) -> None:
    put(tmp_path, "away/x.gz", "landing/y.gz")
    (tmp_path / "landing/there").symlink_to(tmp_path / "away")
    (tmp_path / "landing/nothing.gz").symlink_to(tmp_path / "nothing")
    assert listed(str(tmp_path / "landing")) == ["there/x.gz", "y.gz"]
    (tmp_path / "landing/loop").symlink_to(tmp_path / "landing")
    with pytest.raises(InputError, match=r"landing/loop points to an ancestor"):
        listed(str(tmp_path / "landing"))


def test_bytes_are_read_as_they_lie_there(tmp_path: Path) -> None:
    body = bytes(range(256)) * 9
    (tmp_path / "a b ü.bin").write_bytes(body)
    landing = Landing.at(str(tmp_path))
    (file,) = landing.files()
    assert landing.read(file) == body


def test_a_pattern_is_split_into_root_and_pattern(tmp_path: Path) -> None:
    put(tmp_path, "logs/M1/2016-01.txt", "logs/M1/2017-01.txt", "logs/M2/2016-01.txt", "logs/note.txt")
    assert Landing.at(f"{tmp_path}/logs/*/2016-*") == Landing(f"{tmp_path}/logs", "*/2016-*")
    assert listed(f"{tmp_path}/logs/*/2016-*") == ["M1/2016-01.txt", "M2/2016-01.txt"]
    assert listed(f"{tmp_path}/logs/M1/*") == ["2016-01.txt", "2017-01.txt"]


def test_a_single_file_is_a_landing_zone_of_one(tmp_path: Path) -> None:
    put(tmp_path, "one.txt", "two.txt")
    assert listed(f"{tmp_path}/one.txt") == ["one.txt"]


def test_a_name_that_looks_like_a_pattern_is_taken_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, "lot[1]/x.txt", "lot[1]/y[2].txt", "lot1/z.txt")
    assert listed(f"{tmp_path}/lot[1]") == ["x.txt", "y[2].txt"]
    assert listed(f"{tmp_path}/lot[1]/y[2].txt") == ["y[2].txt"]


def test_a_missing_folder_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"landing folder '.*/nowhere' does not exist; .* Nothing was written\."):
        Landing.at(f"{tmp_path}/nowhere/*.gz")
    assert list(tmp_path.iterdir()) == []


def test_a_url_is_kept(tmp_path: Path) -> None:
    obstore.put(LocalStore(str(tmp_path)), "2020/x.gz", b"body")
    landing = Landing.at(f"file://{tmp_path}/")
    assert landing.root == f"file://{tmp_path}"
    (file,) = landing.files()
    assert landing.read(file) == b"body"


def test_the_folder_is_the_path_without_the_name() -> None:
    assert LandingFile("2020/01/x.gz", 1, "").folder == "2020/01"
    assert LandingFile("x.gz", 1, "").folder == "."


def test_recorders_own_files_are_no_data(tmp_path: Path) -> None:
    put(tmp_path, ".recorders/cursor.json", "raw/.tmp-1/x.gz", "x.gz")
    assert listed(str(tmp_path)) == ["x.gz"]


@pytest.mark.parametrize(
    "prefix", ["errors/processing-failed", "my-errors/AmazonOpenSearchService-failed", "splunk_failed"]
)
def test_custom_error_prefixes_are_left_out(tmp_path: Path, prefix: str) -> None:
    put(tmp_path, f"{prefix}/2026/11/24/09/x.gz", "failed/x.gz", "a/x-failed.gz")
    assert listed(str(tmp_path)) == ["a/x-failed.gz", "failed/x.gz"]


def test_what_is_excluded_is_left_out_whatever_lists(tmp_path: Path) -> None:
    put(tmp_path, "2026/11/24/09/x.gz", "backup/2026/11/24/09/x.gz", "2026/11/24/09/x.bak")
    landing = Landing.at(str(tmp_path), ("backup/*", "*.bak"))
    assert [f.path for f in landing.files()] == ["2026/11/24/09/x.gz"]
    assert landing.newest_files(NOW) == landing.files()


def test_the_newest_are_those_of_the_newest_three_hours(tmp_path: Path) -> None:
    put(tmp_path, *(f"2026/11/24/{h:02}/x.gz" for h in range(6)), ".recorders/2026/11/24/09/x.gz", "flat.gz")
    landing = Landing.at(str(tmp_path))
    assert [f.path for f in landing.newest_files(NOW)] == [*(f"2026/11/24/{h:02}/x.gz" for h in (3, 4, 5)), "flat.gz"]
    assert set(landing.newest_files(NOW)) < set(landing.files())
    assert len(landing.newest_files(NOW, 5)) == 6


def test_deleting_takes_the_file_and_folders_left_empty(tmp_path: Path) -> None:
    put(tmp_path, "2026/11/24/09/x.gz", "2026/11/24/08/y.gz")
    landing = Landing.at(str(tmp_path))
    y, x = landing.files()
    assert landing.delete(y)
    assert landing.files() == [x]
    assert not (tmp_path / "2026/11/24/08").exists() and (tmp_path / "2026/11/24/09").exists()
    assert not landing.delete(y)


def test_what_was_redelivered_is_not_deleted(tmp_path: Path) -> None:
    put(tmp_path, "x.gz")
    landing = Landing.at(str(tmp_path))
    (old,) = landing.files()
    (tmp_path / "x.gz").write_bytes(b"other content")
    assert not landing.delete(old)
    assert (tmp_path / "x.gz").read_bytes() == b"other content"


def test_the_zone_itself_stays_when_its_last_file_goes(tmp_path: Path) -> None:
    put(tmp_path, "raw/x.gz")
    landing = Landing.at(f"{tmp_path}/raw")
    assert landing.delete(landing.files()[0])
    assert landing.files() == [] and (tmp_path / "raw").is_dir()


def test_a_url_of_no_store_is_the_callers_error() -> None:
    with pytest.raises(InputError, match=r"landing 'ftp://x/y': .*; expected a folder, or a URL .* Check --landing\."):
        Landing.at("ftp://x/y")


@pytest.mark.parametrize(
    ("path", "expected"),
    [("x.gz", True), ("a/b.json", True), ("a/", False), ("a/.b", False), ("a/_SUCCESS", False), ("a/x.tmp", False)],
)
def test_what_is_data(path: str, expected: bool) -> None:
    assert is_data(path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2017/10/05/09/s-1-2017-10-05-09-30-31-651.gz", "2017-10-05T09:30:31+00:00"),
        ("raw/2017/10/05/09/x.gz", "2017-10-05T09:00:00+00:00"),
        ("2017/10/05/09", "2017-10-05T09:00:00+00:00"),
        ("2017/10/05/x.gz", None),
        ("12017/10/05/09/x.gz", None),
        ("GFAgie01-20161108-20161109.txt.gz", None),
        ("2017-10-05-09-30-31/x.gz", None),
    ],
)
def test_the_arrival_stands_in_the_key(path: str, expected: str | None) -> None:
    assert received_at(path) == expected


@pytest.mark.parametrize(
    "path", ["2017/13/05/09/x.gz", "2017/02/30/09/x.gz", "2017/10/05/24/x.gz", "a-2017-10-05-09-61-31.gz"]
)
def test_what_only_looks_like_a_time_is_none(path: str) -> None:
    assert received_at(path) is None
