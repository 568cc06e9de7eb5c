"""Killed anywhere and run again = never killed: SIGKILL at random points, in folders and over S3, rows compared."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests import plants
from tests.s3 import BUCKET, s3_store, use_s3

from smelt.ingest.landing import Landing

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


def run(root: Path, *options: str) -> "subprocess.Popen[bytes]":
    """Start `smelt run` in a process group of its own; a killed one's lease in a store is waited for."""
    command = [sys.executable, "-m", "smelt", "run", "--plant", str(root), "--json", "--wait", "60", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def finish(root: Path, *options: str) -> None:
    """Run to the end."""
    process = run(root, *options)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def kill_and_resume(root: Path, after_seconds: float, *options: str) -> float | None:
    """Kill a run's whole process group, then run to the end; returns how long it took if it ended before the kill."""
    began = time.monotonic()
    process = run(root, *options)
    try:
        process.communicate(timeout=after_seconds)
        ended_after = time.monotonic() - began
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        ended_after = None
    finish(root, *options)
    return ended_after


@dataclass
class Trials:
    """What one kill after the other is tried on: a plant, the rows of an unkilled run, and where copies of it are."""

    untouched: Path
    unkilled: tuple[Path, float]
    folder: Path
    rng: random.Random
    has_store: bool = False
    _whole: dict[bool, float] = field(default_factory=dict)  # seconds of the last run that was not killed, by store

    def one(self, number: int) -> bool:
        """One kill at a random point of a run; rows must equal those of the unkilled run.

        With either engine; with lake, landing zone or both in the store, if there is one; a quarter of them delete
        landed files on the way.
        """
        expected, seconds = self.unkilled
        lake, landing = (self._place(number, name) for name in ("lake", "raw"))
        root = plants.move_plant(self.untouched, self.folder / str(number) / "plant", lake, landing)
        text = (root / "plant.toml").read_text().replace("[work]", "[work]\nlease_seconds = 2")
        text = text.replace(IN_PROCESS, POOL) if self.rng.random() < 0.25 else text
        (root / "plant.toml").write_text(text)
        options = ("--retain", "30d") if self.rng.random() < 0.25 else ()
        whole = self._whole.get(lake is not None, 2.0 * seconds if lake else seconds)
        ended_after = kill_and_resume(root, self.rng.uniform(0.25, 0.85) * whole, *options)
        if ended_after is not None:
            self._whole[lake is not None] = ended_after
        plants.assert_same_results(plants.results_of(root), plants.results_of(expected))
        if options:
            assert Landing.at(landing or str(root / "raw")).files() == []
        return ended_after is None

    def _place(self, number: int, name: str) -> str | None:
        return f"s3://{BUCKET}/{number}/{name}" if self.has_store and self.rng.random() < 0.7 else None


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real S3 store."""
    with s3_store(tmp_path) as port:
        use_s3(monkeypatch, port)
        yield


@pytest.mark.system
def test_killed_twenty_times(untouched: Path, unkilled: tuple[Path, float], tmp_path: Path) -> None:
    trials = Trials(untouched, unkilled, tmp_path, random.Random(20))
    in_time = sum(trials.one(i) for i in range(20))
    assert in_time >= 10, f"only {in_time} of 20 kills came before the run's end"


@pytest.mark.system
@pytest.mark.usefixtures("store")
def test_killed_five_times_over_a_store(untouched: Path, unkilled: tuple[Path, float], tmp_path: Path) -> None:
    trials = Trials(untouched, unkilled, tmp_path, random.Random(5), has_store=True)
    in_time = sum(trials.one(i) for i in range(5))
    assert in_time >= 2, f"only {in_time} of 5 kills came before the run's end"


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_killed_two_hundred_times(untouched: Path, unkilled: tuple[Path, float], tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "1"))
    rng = random.Random(seed)
    in_time = 0
    for i in range(200):  # half of them in folders
        in_time += Trials(untouched, unkilled, tmp_path, rng, has_store=i % 2 == 1).one(i)
        print(f"kill: {i + 1}/200 identical", end="\r", flush=True)
    print(f"kill: 200/200 identical ({in_time} before the run's end, half of them over S3, seed {seed})")
    assert in_time >= 100
