"""Waits between tries: longer each time, bounded, and never the same for all."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.ingest.backoff import LONGEST_WAIT_SECONDS, TRIES_ONCE, Backoff
from smelt.terms.errors import TransientError


@given(st.integers(0, 1 << 30), st.floats(0.01, 10), st.integers(1, 2000))
def test_waits_grow_to_a_bound(seed: int, first: float, failures: int) -> None:
    backoff = Backoff(random.Random(seed), first)
    waits = [backoff.failed() for _ in range(failures)]
    assert 0.5 * first <= waits[0] <= first
    assert all(0 < w <= LONGEST_WAIT_SECONDS for w in waits)
    assert failures < 12 or waits[-1] >= min(LONGEST_WAIT_SECONDS, first * 1024) / 2
    assert backoff.failures == failures


def test_what_worked_begins_anew() -> None:
    backoff = Backoff(random.Random(0), 1.0)
    for _ in range(5):
        backoff.failed()
    backoff.worked()
    assert backoff.failed() <= 1.0


def test_who_runs_once_gives_up_with_the_last_failure_and_who_runs_on_never() -> None:
    async def fail(backoff: Backoff, times: int, *, once: bool) -> None:
        for number in range(times):
            await backoff.wait_after(TransientError(f"no answer {number}"), once=once)

    once, on = (Backoff(random.Random(0), 1e-6) for _ in range(2))
    with pytest.raises(TransientError, match=f"no answer {TRIES_ONCE - 1}"):
        asyncio.run(fail(once, 9, once=True))
    asyncio.run(fail(on, 9, once=False))
    assert (once.failures, on.failures) == (TRIES_ONCE, 9)
