"""The engine of this machine: a pool of processes, started when first used and kept until closed."""

import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context, util
from typing import TypeVar

from smelt.engines.engine import ATTEMPTS, Result
from smelt.terms.errors import TransientError

T = TypeVar("T")
R = TypeVar("R")


PARENT_CHECK_SECONDS = 1.0
_TAKEN_AHEAD = 2  # tasks a worker, so that none waits for the driver


def _begin_worker(prepare: bytes) -> None:
    """Make this process a worker; `prepare` is unpickled, and imports what it needs, once the settings stand."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the driver finishes its plan
    os.environ["POLARS_MAX_THREADS"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    util.Finalize(None, _end_at_once, exitpriority=-100)
    with suppress(Exception):  # a task that fails for the same reason says so
        pickle.loads(prepare)()  # noqa: S301 bytes of our own driver


def _end_with_parent(parent: int) -> None:
    """A killed driver closes nothing: without this its workers would wait for tasks for ever."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(1)


def _end_at_once() -> None:
    """Leave memory to the system: to take compiled code and large libraries down in order takes most of a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _nothing() -> None:
    """Do nothing."""


class ProcessPool:
    """Runs tasks in `workers` processes; a kernel must be importable by its name."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def start(self, prepare: Callable[[], None] = _nothing) -> None:
        """Start all workers, unless they are there; each calls `prepare` first, a picklable function."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.workers, get_context("spawn"), _begin_worker, (pickle.dumps(prepare),)
            )
            for _ in range(self.workers):  # it starts one at each of the first calls
                self._pool.submit(_nothing)

    def run(self, kernel: Callable[[T], R], tasks: Iterable[T]) -> Generator[Result[R], None, None]:
        """Yield a Result for every task, as they end; where it is left early, tasks under way are waited for."""
        waiting: dict[Future[R], tuple[int, T, int]] = {}
        left = enumerate(tasks)
        try:
            while True:
                for index, task in islice(left, _TAKEN_AHEAD * self.workers - len(waiting)):
                    waiting[self._submit(kernel, task)] = (index, task, 1)
                if not waiting:
                    return
                future = next(as_completed(waiting))
                index, task, attempt = waiting.pop(future)
                try:
                    value = future.result()
                except TransientError:
                    if attempt == ATTEMPTS:
                        raise
                    waiting[self._submit(kernel, task)] = (index, task, attempt + 1)
                    continue
                yield Result(index, value)
        except BrokenProcessPool:
            self.close()  # a worker was killed: the next run starts others
            raise
        finally:
            wait([future for future in waiting if not future.cancel()])

    def _submit(self, kernel: Callable[[T], R], task: T) -> Future[R]:
        self.start()
        assert self._pool is not None, "it has been started"
        return self._pool.submit(kernel, task)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def workers(setting: int) -> int:
    """Return the number of processes: the setting, or one per core that this process may use."""
    return setting or os.cpu_count() or 1


def shared_pool(workers: int) -> ProcessPool:
    """Return the pool of this process: the next stage, and the next run, find workers that have imported all.

    There is one. Where another number of workers is asked for, or the environment has changed, another takes its
    place, and the old one's processes end.
    """
    return _shared(workers, tuple(sorted(os.environ.items())))


def end_shared_pool() -> None:
    """Let the processes of the shared pool end."""
    _shared.cache_clear()


@lru_cache(maxsize=1)
def _shared(workers: int, _: tuple[tuple[str, str], ...]) -> ProcessPool:
    return ProcessPool(workers)
