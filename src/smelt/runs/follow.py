"""A run that goes on: pass after pass over what has landed, until it is told to stop; what is away is tried again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from smelt.ingest.newest import NEWEST
from smelt.lake.store_errors import explain, explain_system
from smelt.runs.driver import Progress
from smelt.runs.ingest.retain import add
from smelt.runs.request import Request
from smelt.runs.run import Report, run
from smelt.terms.errors import LeaseError, SmeltError, TransientError
from smelt.terms.work import Finished

SWEEP = timedelta(days=1)  # between looks into every folder
WIDE_LOOK = timedelta(minutes=15)  # between looks into the folders of two days
WIDE_HOURS = 48
LONGEST_GAP = timedelta(hours=NEWEST - 1)  # between passes: later, files may lie in folders that are not the newest
LONGEST_PAUSE = timedelta(minutes=5)  # between tries, while something is away


class Stop(Protocol):
    """What ends a run: a signal, or its time."""

    def is_due(self) -> bool:
        """Say whether to stop before the next plan."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait so long, but not after it is due; say whether it is."""
        ...


class FollowProgress(Progress, Protocol):
    """Progress that hears what a pass could not do, too."""

    def trouble(self, error: str) -> None:
        """Say why a pass was not made; it will be tried again."""
        ...


def follow(request: Request, clock: Callable[[], datetime], progress: FollowProgress, stop: Stop) -> Report | None:
    """Make passes until told to stop; return what they did together, None if none was made.

    The first pass, one a day, and one after a gap look into every folder of the landing zone and delete what is to
    be deleted, files of the lake that no table names any more too; the others look into the newest hours, four of them
    an hour into those of two days: what a spool or a delivery stream brings late is there. The lease
    is held for a pass, not in between: another command (compact, exclude, a second run like this) gets its turn, and
    takes over if this one dies.

    Raises
    ------
    InputError
        If something given is wrong at the first pass. Later, as whenever a store or another driver is in the way,
        it is said and tried again, after pauses that grow to LONGEST_PAUSE.
    """
    total: Report | None = None
    looks = _Looks()
    failures = 0
    while not stop.is_due():
        began = clock()
        look = looks.due(began)
        unless = total.seen if total else None
        asked = replace(look.asked(request), unless=unless, wait_seconds=0.0)
        try:
            report = run(asked, clock, progress, stop.is_due)
        except Exception as error:
            failures += 1
            progress.trouble(_sentence(error, is_first=total is None))
        else:
            failures, total = 0, _added(total, report)
            looks.made(look, began)
        if stop.wait(_pause(total, failures)):
            break
    return total


class _Look(Enum):
    """Where a pass looks for new files; a wider one does what a narrower does."""

    NEWEST = 0
    TWO_DAYS = 1
    EVERYWHERE = 2

    def asked(self, request: Request) -> Request:
        """Return the request of a pass that looks there."""
        is_sweep = self is _Look.EVERYWHERE
        hours = NEWEST if self is _Look.NEWEST else WIDE_HOURS
        return replace(request, is_sweep=is_sweep, newest_hours=hours, deletes_old=is_sweep)


@dataclass
class _Looks:
    """When passes last looked where."""

    at: dict[_Look, datetime] = field(default_factory=dict)

    def due(self, now: datetime) -> _Look:
        """Return where the pass that begins now has to look."""
        if _is_over(SWEEP, self.at.get(_Look.EVERYWHERE), now) or _is_over(LONGEST_GAP, self.at.get(_Look.NEWEST), now):
            return _Look.EVERYWHERE
        return _Look.TWO_DAYS if _is_over(WIDE_LOOK, self.at.get(_Look.TWO_DAYS), now) else _Look.NEWEST

    def made(self, look: _Look, at: datetime) -> None:
        """Note that a pass looked there."""
        self.at |= {one: at for one in _Look if one.value <= look.value}


def _is_over(span: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is None or now - since >= span


def _sentence(error: Exception, is_first: bool) -> str:
    """Return what to say of an error after which it is tried again; raise any other."""
    known = error if isinstance(error, SmeltError) else explain(error) or explain_system(error)
    if known is None:
        raise error
    if is_first and not isinstance(known, LeaseError | TransientError):
        raise known from error
    return str(known)


def _pause(total: Report | None, failures: int) -> float:
    poll = total.folder.plant.work.poll_seconds if total else 1.0
    return min(poll * 2**failures, max(poll, LONGEST_PAUSE.total_seconds())) if failures else poll


def _added(total: Report | None, report: Report) -> Report:
    if total is None:
        return report
    stages = {s.stage: s for s in total.stages}
    for s in report.stages:
        stages[s.stage] = _sum(stages[s.stage], s) if s.stage in stages else s
    retained = add(total.retained, report.retained)
    return replace(report, stages=tuple(stages.values()), retained=retained, proposed=total.proposed)


def _sum(a: Finished, b: Finished) -> Finished:
    return Finished(
        a.stage,
        a.plans + b.plans,
        a.tasks + b.tasks,
        a.rows_written + b.rows_written,
        a.files_written + b.files_written,
        a.bytes_written + b.bytes_written,
        a.rejects + b.rejects,
        round(a.seconds + b.seconds, 3),
    )
