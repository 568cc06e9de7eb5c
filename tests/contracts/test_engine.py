"""The contract of an engine, run on every implementation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smelt.engines.engine import ATTEMPTS, Engine, Result
from smelt.engines.in_process import InProcess
from smelt.engines.process_pool import ProcessPool
from smelt.terms.errors import InputError, TransientError

ENGINES: dict[type, Callable[[], Engine]] = {InProcess: InProcess, ProcessPool: lambda: ProcessPool(2)}


@dataclass(frozen=True)
class Task:
    """Where a kernel counts its attempts, and how many of them fail."""

    folder: str
    name: str
    failures: int = 0


def attempts(task: Task) -> int:
    return len(list(Path(task.folder).glob(f"{task.name}.*")))


def shaky(task: Task) -> str:
    """Count this attempt, then fail as often as the task says."""
    count = attempts(task)
    Path(task.folder, f"{task.name}.{count}").touch()
    if count < task.failures:
        raise TransientError(f"{task.name} failed {count + 1} times")
    return task.name.upper()


def broken(task: Task) -> str:
    Path(task.folder, f"{task.name}.{attempts(task)}").touch()
    raise InputError(f"{task.name} is wrong")


PARAMS = [pytest.param(k, marks=[pytest.mark.system] * (k is ProcessPool), id=k.__name__) for k in ENGINES]


@pytest.fixture(scope="module", params=PARAMS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = ENGINES[request.param]()
    yield made
    if isinstance(made, ProcessPool):
        made.close()


def test_every_task_has_one_result_whatever_the_order(engine: Engine, tmp_path: Path) -> None:
    tasks = [Task(str(tmp_path), f"t{n}") for n in range(7)]
    results = list(engine.run(shaky, tasks))
    assert sorted(results, key=lambda r: r.index) == [Result(n, f"T{n}") for n in range(7)]
    assert [attempts(t) for t in tasks] == [1] * 7


def test_no_tasks_no_results(engine: Engine) -> None:
    assert list(engine.run(shaky, [])) == []


def test_a_transient_error_is_tried_again(engine: Engine, tmp_path: Path) -> None:
    tasks = [Task(str(tmp_path), "calm"), Task(str(tmp_path), "shaky", ATTEMPTS - 1), Task(str(tmp_path), "calm2")]
    assert {r.index: r.value for r in engine.run(shaky, tasks)} == {0: "CALM", 1: "SHAKY", 2: "CALM2"}
    assert [attempts(t) for t in tasks] == [1, ATTEMPTS, 1]


def test_one_that_does_not_end_is_raised_after_all_attempts(engine: Engine, tmp_path: Path) -> None:
    task = Task(str(tmp_path), "lost", ATTEMPTS)
    with pytest.raises(TransientError, match=f"lost failed {ATTEMPTS} times"):
        list(engine.run(shaky, [task]))
    assert attempts(task) == ATTEMPTS


def test_any_other_error_ends_the_run_at_once(engine: Engine, tmp_path: Path) -> None:
    task = Task(str(tmp_path), "wrong")
    with pytest.raises(InputError, match="wrong is wrong"):
        list(engine.run(broken, [task]))
    assert attempts(task) == 1


def test_it_can_be_used_again_after_an_error(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(engine.run(broken, [Task(str(tmp_path), "wrong")]))
    assert [r.value for r in engine.run(shaky, [Task(str(tmp_path), "good")])] == ["GOOD"]
