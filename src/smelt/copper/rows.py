"""Words that copper's rows are spoken of with: runs of sequences, sums of periods, what stamps can be true."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from smelt.terms.interval import DAY_US

EARLIEST = "2000-01"  # MTConnect is younger
LATEST_AHEAD_US = DAY_US  # a stamp may be at most that much later than its arrival


@dataclass(frozen=True, order=True)
class Run:
    """A run of stored sequence numbers of one agent instance, both ends inclusive."""

    agent: str
    instance_id: int
    first: int
    last: int


@dataclass(frozen=True)
class PeriodSum:
    """Rows added to a period of a device, and the sum of their hashes mod 2^64."""

    device_uuid: str
    period_us: int
    rows: int
    fingerprint: int


def merge_runs(runs: Iterable[Run]) -> list[Run]:
    """Join runs that touch or overlap, in order.

    Examples
    --------
    >>> merge_runs([Run("a", 1, 5, 9), Run("a", 1, 1, 4), Run("a", 2, 1, 1)])
    [Run(agent='a', instance_id=1, first=1, last=9), Run(agent='a', instance_id=2, first=1, last=1)]
    """
    merged: list[Run] = []
    for run in sorted(runs):
        last = merged[-1] if merged else None
        if last and (last.agent, last.instance_id) == (run.agent, run.instance_id) and run.first <= last.last + 1:
            merged[-1] = replace(last, last=max(last.last, run.last))
        else:
            merged.append(run)
    return merged
