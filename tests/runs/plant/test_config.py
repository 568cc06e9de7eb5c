"""Settings: flag over environment over file over default, each with its origin"""

import os
from pathlib import Path

import pytest

from smelt.runs.plant.config import PLANT_FILE, PlantFolder, find_root, read_plant, write_plant
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Alarms, Lake, Plant, Source, Training, Work


def settings(folder: PlantFolder) -> dict[str, tuple[object, str]]:
    return {s.name: (s.value, s.origin) for s in folder.settings}


def write(root: Path, text: str) -> Path:
    (root / PLANT_FILE).write_text(text)
    return root


def test_without_a_file_everything_is_a_default(tmp_path: Path) -> None:
    folder = read_plant(tmp_path, {}, {})
    assert folder.plant == Plant()
    assert not folder.is_begun
    assert {origin for _, origin in settings(folder).values()} == {"default"}
    assert settings(folder)["alarms.budget_per_168h"] == (2.0, "default")


def test_every_setting_of_the_tree_is_shown(tmp_path: Path) -> None:
    names = set(settings(read_plant(tmp_path, {}, {})))
    assert names >= {"timezone", "contact_timeout_minutes", "lake.uri", "source.shdr", "work.engine", "training.seed"}
    sections = {"alarms": Alarms, "training": Training, "lake": Lake, "source": Source, "work": Work}
    for section, kind in sections.items():
        assert {f"{section}.{name}" for name in kind.__dataclass_fields__} <= names


def test_flag_over_environment_over_file_over_default(tmp_path: Path) -> None:
    write(tmp_path, "[training]\ntrees = 3\nseed = 3\nwindow_minutes = 3\n")
    environment = {"SMELT_TRAINING_TREES": "2", "SMELT_TRAINING_SEED": "2", "SMELT_OTHER": "x"}
    folder = read_plant(tmp_path, {"training.trees": 1, "training.seed": None}, environment)
    training = folder.plant.training
    assert (training.trees, training.seed, training.window_minutes) == (1, 2, 3)
    found = settings(folder)
    assert found["training.trees"] == (1, "flag")
    assert found["training.seed"] == ("2", "environment SMELT_TRAINING_SEED")
    assert found["training.window_minutes"] == (3, f"file {PLANT_FILE}")
    assert found["training.samples_per_tree"] == (256, "default")


def test_the_environment_reaches_what_has_no_section(tmp_path: Path) -> None:
    folder = read_plant(tmp_path, {}, {"SMELT_TIMEZONE": "Europe/Berlin", "SMELT_LAKE_URI": "s3://b/lake"})
    assert folder.plant.timezone == "Europe/Berlin"
    assert folder.lake_uri == "s3://b/lake"


def test_a_list_in_the_environment_has_commas_between(tmp_path: Path) -> None:
    folder = read_plant(tmp_path, {}, {"SMELT_SOURCE_EXCLUDE": "backup/*, old/*"})
    assert folder.plant.source.exclude == ("backup/*", "old/*")
    write(tmp_path, '[source]\nexclude = ["errors/*"]\n')
    assert read_plant(tmp_path, {}, {}).plant.source.exclude == ("errors/*",)


@pytest.mark.parametrize(("login", "others_may_read"), [("", True), ("me@", True), ("me:s3cret@", False)])
def test_a_new_plant_with_a_password_is_its_owners(tmp_path: Path, login: str, others_may_read: bool) -> None:
    before = os.umask(0o022)
    try:
        plant = Plant(agents=(Agent("mazak-1", url=f"http://{login}mazak-1:5000"),))
        write_plant(PlantFolder(tmp_path, plant, ()), plant)
    finally:
        os.umask(before)
    assert bool((tmp_path / PLANT_FILE).stat().st_mode & 0o044) == others_may_read
    assert read_plant(tmp_path, {}, {}).plant == plant


def test_a_relative_lake_lies_beside_the_file(tmp_path: Path) -> None:
    assert read_plant(tmp_path, {}, {}).lake_uri == str(tmp_path / "lake")
    assert read_plant(tmp_path, {"lake.uri": "/data/lake"}, {}).lake_uri == "/data/lake"


def test_the_root_is_the_flags_then_the_environments_then_the_nearest_file(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    write(tmp_path / "a", "")
    assert find_root("/flag", {"SMELT_PLANT": "/env"}, deep) == Path("/flag")
    assert find_root(None, {"SMELT_PLANT": "/env"}, deep) == Path("/env")
    assert find_root(None, {}, deep) == tmp_path / "a"
    with pytest.raises(InputError, match=r"no plant found: looked at --plant, SMELT_PLANT, and for plant\.toml in"):
        find_root(None, {}, tmp_path)
