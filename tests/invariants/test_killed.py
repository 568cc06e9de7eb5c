"""Killed anywhere and run again = never killed: SIGKILL at random points, rows from observations onward compared."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import plants

HOURS = 16  # enough running minutes for a model of each machine
IN_PROCESS, POOL = 'engine = "in-process"', 'engine = "process-pool"\nworkers = 2'


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant whose files have landed, and none has been read."""
    return plants.make_plant(tmp_path_factory.mktemp("untouched") / "plant", HOURS)


@pytest.fixture(scope="module")
def unkilled(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The same plant after a run that nobody killed, and how long the work of a second such run took."""
    seconds = 0.0
    for name in ("warm", "timed"):
        root = plants.copy_plant(untouched, tmp_path_factory.mktemp(name) / "plant")
        began = time.monotonic()
        finish(root)
        seconds = time.monotonic() - began
    return root, seconds


def run(root: Path) -> "subprocess.Popen[bytes]":
    """Start `smelt run` in a process group of its own."""
    command = [sys.executable, "-m", "smelt", "run", "--plant", str(root), "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def finish(root: Path) -> None:
    """Run to the end."""
    process = run(root)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def kill_and_resume(root: Path, after_seconds: float) -> bool:
    """Kill a run's whole process group, then run to the end; say whether the kill came before the end."""
    process = run(root)
    time.sleep(after_seconds)
    came_in_time = process.poll() is None
    if came_in_time:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    finish(root)
    return came_in_time


def trial(untouched: Path, unkilled: tuple[Path, float], folder: Path, rng: random.Random) -> bool:
    """One kill at a random point of a run, with either engine; rows must equal those of the unkilled run."""
    expected, seconds = unkilled
    root = plants.copy_plant(untouched, folder / "plant")
    if rng.random() < 0.25:
        plant = root / "plant.toml"
        plant.write_text(plant.read_text().replace(IN_PROCESS, POOL))
    came_in_time = kill_and_resume(root, rng.uniform(0.25, 1.0) * seconds)
    plants.assert_same_results(plants.results_of(root), plants.results_of(expected))
    return came_in_time


@pytest.mark.system
def test_killed_twenty_times(untouched: Path, unkilled: tuple[Path, float], tmp_path: Path) -> None:
    rng = random.Random(20)
    in_time = sum(trial(untouched, unkilled, tmp_path / str(i), rng) for i in range(20))
    assert in_time >= 10, f"only {in_time} of 20 kills came before the run's end"


@pytest.mark.slow
def test_killed_two_hundred_times(untouched: Path, unkilled: tuple[Path, float], tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "1"))
    rng = random.Random(seed)
    in_time = 0
    for i in range(200):
        in_time += trial(untouched, unkilled, tmp_path / str(i), rng)
        print(f"kill: {i + 1}/200 identical", end="\r", flush=True)
    print(f"kill: 200/200 identical ({in_time} before the run's end, seed {seed})")
    assert in_time >= 100
