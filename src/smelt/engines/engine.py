"""What an engine is: run a kernel over tasks and hand back results as they come."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
ATTEMPTS = 3


@dataclass(frozen=True)
class Result(Generic[R]):
    """What a kernel returned for the task at `index`."""

    index: int
    value: R


class Engine(Protocol):
    """Runs module-level kernels over frozen, picklable tasks; results come in any order.

    A task is taken when it is about to begin, so it may depend on the results before it. A TransientError
    is tried again up to ATTEMPTS times in all; any other error ends the run.
    """

    def run(self, kernel: Callable[[T], R], tasks: Iterable[T]) -> Generator[Result[R], None, None]:
        """Yield a Result for every task; once it is closed, no task goes on."""
        ...
