"""A run that is broken off between two commits, as if it had been killed there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from smelt.lake.table import LakeTable


class Broken(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@contextmanager
def broken_after(monkeypatch: pytest.MonkeyPatch, commits: int) -> Iterator[list[str]]:
    """Let `commits` new commits through and break off at the next; yield the tables committed to."""
    real: Callable[..., bool] = LakeTable.commit
    seen: list[str] = []

    def commit(self: LakeTable, app: str, number: int, *args: Any) -> bool:
        is_new = self.done(app) < number
        if len(seen) == commits and is_new:
            raise Broken
        seen.extend([self.spec.name] * is_new)
        return real(self, app, number, *args)

    with monkeypatch.context() as patch:
        patch.setattr(LakeTable, "commit", commit)
        yield seen
