"""The pool's own promises: fresh single-threaded workers, and none left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smelt.engines.process_pool import ProcessPool

pytestmark = pytest.mark.system


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
