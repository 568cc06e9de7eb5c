"""Where a lake is, and the format number that it carries."""

import json
from pathlib import Path

import pytest

from smelt.lake.location import FORMAT_FILE, Location
from smelt.terms.errors import InputError
from smelt.terms.tables import LAKE_FORMAT


def test_a_path_is_made_absolute_and_a_url_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Location.of("lake") == Location(str(tmp_path / "lake"))
    assert Location.of("s3://bucket/lake/") == Location("s3://bucket/lake")
    assert Location.of("lake").is_local
    assert not Location.of("s3://bucket/lake").is_local
    assert Location.of("s3://bucket/lake").table("ops/runs") == "s3://bucket/lake/ops/runs"


def test_begin_writes_the_format_once(tmp_path: Path) -> None:
    location = Location.of(tmp_path / "lake")
    assert not location.exists()
    location.begin()
    body = (tmp_path / "lake" / FORMAT_FILE).read_text()
    assert json.loads(body) == {"format": LAKE_FORMAT}
    location.begin()
    assert location.exists()
    assert (tmp_path / "lake" / FORMAT_FILE).read_text() == body


def test_looking_writes_nothing(tmp_path: Path) -> None:
    location = Location.of(tmp_path / "lake")
    location.check_format()
    assert not location.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("action", ["begin", "check_format"])
def test_a_newer_format_is_refused_and_nothing_is_written(tmp_path: Path, action: str) -> None:
    body = json.dumps({"format": LAKE_FORMAT + 1})
    (tmp_path / FORMAT_FILE).write_text(body)
    with pytest.raises(InputError, match=rf"format {LAKE_FORMAT + 1}, this smelt reads up to {LAKE_FORMAT}; .*Upgrade"):
        getattr(Location.of(tmp_path), action)()
    assert [p.name for p in tmp_path.iterdir()] == [FORMAT_FILE]
    assert (tmp_path / FORMAT_FILE).read_text() == body


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"format": "one"}', "garbage"])
def test_a_format_file_that_cannot_be_read_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / FORMAT_FILE).write_text(body)
    with pytest.raises(InputError, match=r"lake\.json"):
        Location.of(tmp_path).begin()


def test_in_memory_stores_carry_it_too() -> None:
    location = Location.of("memory:///lake")
    assert not location.exists()
    location.begin()
    assert location.exists()
    location.check_format()


def test_a_url_of_no_store_is_the_callers_error() -> None:
    with pytest.raises(InputError, match=r"lake 'ftp://x/y': .*; expected a folder, or a URL .* Check --lake\."):
        Location.of("ftp://x/y").exists()
