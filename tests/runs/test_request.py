"""What a run is asked for: which leases its parts want, and mistakes that are said before anything is written."""

from pathlib import Path

import pytest
from tests.plants import make_plant, snapshot

from smelt.runs.request import PARTS, Request, check
from smelt.terms.errors import InputError


@pytest.mark.parametrize(
    ("parts", "roles"),
    [
        (PARTS, ("etl", "ml")),
        (("ingest",), ("etl",)),
        (("stages",), ("etl",)),
        (("train",), ("ml",)),
        (("score",), ("ml",)),
    ],
)
def test_the_leases_that_the_parts_want(tmp_path: Path, parts: tuple[str, ...], roles: tuple[str, ...]) -> None:
    assert Request(tmp_path, {}, parts=parts).roles == roles


def test_what_is_excluded_is_no_data(tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", 3)
    checked = check(Request(root, {"source.exclude": ("*/01/*",)}))
    assert checked.documents is not None and len(checked.documents.files()) == 0
    assert checked.probe is not None and checked.logs is None


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"source.landing": "nowhere"}, "landing folder '.*nowhere' does not exist"),
        ({"source.landing": "ftp://x/y"}, "landing 'ftp://x/y': .*; expected a folder, or a URL"),
        ({"lake.uri": "ftp://x/y"}, "lake 'ftp://x/y': .*; expected a folder, or a URL"),
        ({"source.probe": "nowhere.xml"}, "probe '.*nowhere.xml' is not there"),
        ({"source.shdr": "raw/*.txt"}, "no log matches"),
    ],
)
def test_a_mistake_is_said_before_anything_is_written(tmp_path: Path, flags: dict[str, object], said: str) -> None:
    root = make_plant(tmp_path / "plant", 1)
    before = snapshot(root)
    with pytest.raises(InputError, match=said):
        check(Request(root, flags))
    assert snapshot(root) == before


def test_without_a_source_there_is_nothing_to_ingest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no source; expected --landing DIR"):
        check(Request(tmp_path, {}))
