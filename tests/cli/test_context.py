"""From options to a plant: which folder is meant, and one sentence where there is none."""

from datetime import UTC
from pathlib import Path

import pytest
from tests.plants import make_plant

from smelt.cli.context import flags_of, now, open_plant, root_of, silent_or_bars
from smelt.cli.progress import Bars
from smelt.runs.driver import Silent
from smelt.terms.errors import InputError


def test_the_time_is_aware() -> None:
    assert now().tzinfo is UTC


def test_the_plant_is_the_flags_else_the_environments_else_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (make_plant(tmp_path / name, 0) for name in ("one", "two"))
    (one / "deep/down").mkdir(parents=True)
    monkeypatch.chdir(one / "deep/down")
    assert root_of(None) == one
    monkeypatch.setenv("SMELT_PLANT", str(two))
    assert root_of(None) == two
    assert root_of(str(one)) == one
    assert open_plant("../..").root.resolve() == one


def test_no_plant_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no plant found: looked at --plant, SMELT_PLANT"):
        open_plant(None)
    with pytest.raises(InputError, match=r"is no plant: it has no plant.toml and no lake.*--landing FOLDER"):
        open_plant(str(tmp_path / "nothing"))


def test_a_lake_alone_can_be_opened(done: Path, tmp_path: Path) -> None:
    folder = open_plant(str(tmp_path / "nothing"), str(done / "lake"))
    assert not folder.is_begun and folder.lake_uri == str(done / "lake")


def test_a_relative_lake_counts_from_here(done: Path, tmp_path: Path) -> None:
    assert open_plant(str(done), "other").lake_uri == str(tmp_path / "other")
    assert open_plant(str(done), "s3://bucket/lake").lake_uri == "s3://bucket/lake"
    assert open_plant(str(done)).lake_uri == str(done / "lake")


def test_flags_are_settings_by_their_dotted_name(tmp_path: Path) -> None:
    found = flags_of(lake__uri="lake", work__workers=2, source__landing="raw", source__probe=None)
    assert found == {
        "lake.uri": str(tmp_path / "lake"),
        "work.workers": 2,
        "source.landing": str(tmp_path / "raw"),
        "source.probe": None,
    }


def test_json_is_not_disturbed_by_bars() -> None:
    with silent_or_bars(True) as progress:
        assert isinstance(progress, Silent)
    with silent_or_bars(False) as progress:
        assert isinstance(progress, Bars)
