"""The engine of this process works in order and lazily."""

from smelt.engines.engine import Result
from smelt.engines.in_process import InProcess


def test_results_come_in_order_one_by_one() -> None:
    seen: list[int] = []

    def kernel(task: int) -> int:
        seen.append(task)
        return task * task

    results = InProcess().run(kernel, [3, 1, 2])
    assert seen == []
    assert next(results) == Result(0, 9)
    assert seen == [3]
    assert list(results) == [Result(1, 1), Result(2, 4)]


def test_a_task_may_depend_on_the_results_before_it() -> None:
    sums = [1]
    results = InProcess().run(abs, (sums[-1] * 2 for _ in range(4)))
    for result in results:
        sums.append(result.value)
    assert sums == [1, 2, 4, 8, 16]
