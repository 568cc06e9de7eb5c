"""The engine of this process: one task after the other."""

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from smelt.engines.engine import ATTEMPTS, Result
from smelt.terms.errors import TransientError

T = TypeVar("T")
R = TypeVar("R")


class InProcess:
    """Runs tasks here, in order.

    Examples
    --------
    >>> [r.value for r in InProcess().run(abs, [-1, 2])]
    [1, 2]
    """

    def run(self, kernel: Callable[[T], R], tasks: Iterable[T]) -> Generator[Result[R], None, None]:
        """Yield a Result for every task."""
        for index, task in enumerate(tasks):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    value = kernel(task)
                    break
                except TransientError:
                    if attempt == ATTEMPTS:
                        raise
            yield Result(index, value)
