"""Twice = once: every file delivered twice, in any order, over several runs, half of them again a month later."""

import random
from pathlib import Path

import polars as pl
import pytest
from tests import plants
from tests.plants import clock, hourly, land, make_plant

from smelt.runs.run import Request, run

PARTS = ("ingest", "stages")
HOURS = 6


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """What each file once, in order and in one run, gives."""
    root = make_plant(tmp_path_factory.mktemp("once") / "plant", HOURS)
    run(Request(root, {}, parts=PARTS), clock)
    return plants.results_of(root)


@pytest.mark.system
@pytest.mark.parametrize("seed", range(5))
def test_twice_in_any_order_and_half_a_month_later(once: dict[str, pl.DataFrame], tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    root = make_plant(tmp_path / "plant", 0)
    files = list(hourly(HOURS))
    copies = [*files, *((name.replace("cell", "again"), body) for name, body in files)]
    rng.shuffle(copies)
    while copies:
        count = rng.randint(1, len(copies))
        land(root, copies[:count])
        del copies[:count]
        run(Request(root, {}, parts=PARTS, is_sweep=rng.random() < 0.5), clock)
    land(root, [(name.replace("2020/01/", "2020/02/"), body) for name, body in rng.sample(files, HOURS // 2)])
    run(Request(root, {}, parts=PARTS), clock)
    plants.assert_same_results(plants.results_of(root), once)


@pytest.mark.system
def test_the_same_object_landed_again_and_again(once: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    root = make_plant(tmp_path / "plant", HOURS)
    for _ in range(3):  # to a folder another file each time, to a store the same
        run(Request(root, {}, parts=PARTS), clock)
        land(root, hourly(HOURS))
    plants.assert_same_results(plants.results_of(root), once)
