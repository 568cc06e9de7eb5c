"""The engine of this machine: a pool of processes, started when first used and kept until closed."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

from smelt.engines.engine import ATTEMPTS, Result
from smelt.terms.errors import TransientError

T = TypeVar("T")
R = TypeVar("R")


PARENT_CHECK_SECONDS = 1.0


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the driver finishes its plan
    os.environ["POLARS_MAX_THREADS"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """A killed driver closes nothing: without this its workers would wait for tasks for ever."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(1)


class ProcessPool:
    """Runs tasks in `workers` processes; a kernel must be importable by its name."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def run(self, kernel: Callable[[T], R], tasks: Sequence[T]) -> Iterator[Result[R]]:
        """Yield a Result for every task, as they end."""
        if not tasks:
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"), _begin_worker)
        waiting: dict[Future[R], tuple[int, int]] = {
            self._pool.submit(kernel, task): (index, 1) for index, task in enumerate(tasks)
        }
        while waiting:
            future = next(as_completed(waiting))
            index, attempt = waiting.pop(future)
            try:
                value = future.result()
            except TransientError:
                if attempt == ATTEMPTS:
                    raise
                waiting[self._pool.submit(kernel, tasks[index])] = (index, attempt + 1)
                continue
            yield Result(index, value)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
