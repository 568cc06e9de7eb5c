"""What a stage is to the driver: it plans numbered batches, names a kernel and its tasks, and says what to commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from smelt.lake.plan import Plan
from smelt.terms.tables import TableSpec
from smelt.terms.work import DataFile, PeriodDone

MAX_TASKS = 16


@dataclass(frozen=True)
class Change:
    """Files that a plan adds to a table, and those they replace."""

    spec: TableSpec
    adds: tuple[DataFile, ...]
    removes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a plan commits: tables in their order, then the periods' memory, then the run."""

    changes: tuple[Change, ...]
    periods: tuple[PeriodDone, ...]
    rows_written: int
    rejects: int = 0
    files_read: int = 0  # of the landing zone
    lateness_s: float | None = None  # half of what was read came later than this


class Stage(Protocol):
    """A stage of the way of the data, bound to one run."""

    @property
    def name(self) -> str:
        """The stage's name in plans, memory and ops/runs."""
        ...

    @property
    def kernel(self) -> Callable[..., Any]:
        """The module-level function that makes one task."""
        ...

    def plan(self, number: int) -> Plan | None:
        """Say what to do next, at most MAX_TASKS tasks; None if nothing is stale."""
        ...

    def tasks(self, plan: Plan, number: int) -> Sequence[Any]:
        """Turn a plan into the kernel's tasks."""
        ...

    def outcome(self, plan: Plan, number: int, results: Sequence[Any]) -> Outcome:
        """Turn the kernel's results, in the order of the tasks, into what is committed."""
        ...

    def left(self) -> int:
        """Return how many tasks are stale now, for the progress bar."""
        ...


@runtime_checkable
class Learning(Protocol):
    """A stage whose tasks do less if they know what those before them wrote."""

    def informed(self, task: Any, before: Sequence[Any]) -> Any:
        """Return the task with what it should know of the results of tasks before it; not all may be there."""
        ...
