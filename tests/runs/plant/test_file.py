"""plant.toml: what is written reads back the same, and what is not text is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.runs.plant.config import PLANT_FILE, PlantFolder, read_plant, write_plant
from smelt.terms.errors import InputError
from smelt.terms.plant import Agent, Alarms, Device, Lake, Plant, Source, Training, Work


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    (tmp_path / PLANT_FILE).write_bytes(b"\xff\xfe a = 1")
    with pytest.raises(InputError, match="not TOML"):
        read_plant(tmp_path, {}, {})


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
plants = st.builds(
    Plant,
    devices=st.lists(
        st.builds(Device, uuid=texts, name=texts, class_name=st.sampled_from(["machine", "mill-2"])),
        max_size=3,
        unique_by=(lambda d: d.uuid, lambda d: d.name),
    ).map(tuple),
    agents=st.lists(st.builds(Agent, name=texts, prefix=texts), max_size=2).map(tuple),
    alarms=st.builds(Alarms, budget_per_168h=st.floats(0.01, 1e6)),
    training=st.builds(Training, trees=st.integers(1, 999), seed=st.integers(0, 9), train_share=st.floats(0.01, 0.5)),
    lake=st.builds(Lake, uri=texts),
    source=st.builds(Source, landing=st.none() | texts, probe=st.none() | texts),
    work=st.builds(Work, workers=st.integers(0, 8), engine=st.sampled_from(["auto", "in-process"])),
    contact_timeout_minutes=st.integers(1, 99),
    timezone=st.sampled_from(["UTC", "Europe/Berlin"]),
)


@given(plants)
def test_a_plant_that_is_written_reads_back_the_same(tmp_path_factory: pytest.TempPathFactory, plant: Plant) -> None:
    root = tmp_path_factory.mktemp("plants") / "new"
    written = write_plant(PlantFolder(root, Plant()), plant)
    assert written.plant == plant
    assert read_plant(root, {}, {}).plant == plant


def test_what_is_default_is_not_written(tmp_path: Path) -> None:
    write_plant(PlantFolder(tmp_path, Plant()), Plant(devices=(Device("u", "A"),), training=Training(trees=7)))
    text = (tmp_path / PLANT_FILE).read_text()
    assert "[training]\ntrees = 7\n" in text
    assert "alarms" not in text and "seed" not in text
