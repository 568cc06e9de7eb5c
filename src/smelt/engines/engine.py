"""What an engine is: run a kernel over tasks and hand back results as they come."""

from collections.abc import Callable, Generator, Sequence
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

    A TransientError is tried again up to ATTEMPTS times in all; any other error ends the run.
    """

    def run(self, kernel: Callable[[T], R], tasks: Sequence[T]) -> Generator[Result[R], None, None]:
        """Yield a Result for every task; once it is closed, no task goes on."""
        ...
