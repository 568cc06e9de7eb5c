"""The pool's own promises: fresh single-threaded workers, and none left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

import pytest

from smelt.engines.process_pool import ProcessPool, end_shared_pool, shared_pool, workers

pytestmark = pytest.mark.system


@pytest.fixture
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(2)
    yield made
    made.close()


def surroundings(_: int) -> tuple[int, int, str | None]:
    return os.getpid(), os.getppid(), os.environ.get("POLARS_MAX_THREADS")


def test_workers_are_other_processes_with_one_thread_each() -> None:
    pool = ProcessPool(1)
    try:
        ((pid, parent, threads),) = (r.value for r in pool.run(surroundings, [0]))
        again = next(iter(pool.run(surroundings, [0]))).value
    finally:
        pool.close()
    assert pid != os.getpid() and parent == os.getpid()
    assert threads == "1"
    assert again[0] == pid  # kept until closed


def test_nothing_is_started_for_no_tasks() -> None:
    pool = ProcessPool(1)
    assert list(pool.run(surroundings, [])) == []
    pool.close()


def test_a_task_is_taken_when_it_is_about_to_begin(pool: ProcessPool) -> None:
    ended: list[int] = []
    for result in pool.run(abs, (len(ended) for _ in range(20))):
        ended.append(result.value)
    assert len(ended) == 20
    assert ended.count(0) <= 4  # two are taken ahead for each of two workers
    assert max(ended) >= 16


def prepare() -> None:
    os.environ["PREPARED"] = f"by {os.getpid()}"


def prepared(folder: str) -> str | None:
    """Wait until both workers are here, so that each answers once."""
    Path(folder, str(os.getpid())).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.01)
    return os.environ.get("PREPARED")


def test_all_workers_start_at_once_and_prepare_themselves(pool: ProcessPool, tmp_path: Path) -> None:
    pool.start(prepare)
    pool.start(unprepared)  # they are there
    said = {r.value for r in pool.run(prepared, [str(tmp_path)] * 2)}
    assert said == {f"by {path.name}" for path in tmp_path.iterdir()}


def unprepared() -> None:
    raise ValueError("no")


def test_workers_that_cannot_prepare_themselves_work(pool: ProcessPool) -> None:
    pool.start(unprepared)
    assert [r.value for r in pool.run(abs, [-1])] == [1]


def end(folder: str) -> None:
    Path(folder, "began").touch()
    time.sleep(0.2)
    Path(folder, "ended").touch()


def test_what_is_left_early_leaves_nothing_under_way(pool: ProcessPool, tmp_path: Path) -> None:
    folders = [tmp_path / str(n) for n in range(20)]
    for folder in folders:
        folder.mkdir()
    with closing(pool.run(end, [str(folder) for folder in folders])) as ended:
        next(ended)
    began = {f.name for f in folders if (f / "began").exists()}
    assert began == {f.name for f in folders if (f / "ended").exists()}
    assert len(began) < 20
    time.sleep(0.3)
    assert began == {f.name for f in folders if (f / "began").exists()}


def kill(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_was_killed_ends_the_run_and_the_next_one_has_others(pool: ProcessPool) -> None:
    with pytest.raises(BrokenProcessPool):
        list(pool.run(kill, [0]))
    assert [r.value for r in pool.run(abs, [-1])] == [1]


def test_the_shared_pool_is_one_and_another_where_the_environment_is(monkeypatch: pytest.MonkeyPatch) -> None:
    end_shared_pool()
    first = shared_pool(1)
    assert shared_pool(1) is first
    ((pid, *_),) = (r.value for r in first.run(surroundings, [0]))
    del first
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")
    second = shared_pool(1)
    assert [r.value for r in second.run(abs, [-1])] == [1]
    end_shared_pool()
    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_workers_end_with_a_driver_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(
        "import os, time\nfrom smelt.engines.process_pool import ProcessPool\n"
        "def own(_): return os.getpid()\n"
        "if __name__ == '__main__':\n"
        "    pool = ProcessPool(1)\n"
        "    print(next(iter(pool.run(own, [0]))).value, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        worker = int(driver.stdout.readline())
        assert is_alive(worker)
        driver.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(worker)


def test_workers_are_the_setting_or_the_cores() -> None:
    assert workers(3) == 3
    assert workers(0) >= 1
