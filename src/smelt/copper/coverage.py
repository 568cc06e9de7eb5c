"""What can be said of a device at every moment: lost, restarted, disconnected, unavailable, live or silent."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval
from smelt.terms.tables import COVERAGE_KINDS

_Times = NDArray[np.int64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Loss:
    """An interval in which `count` observations are missing: sequences that never arrived."""

    interval: Interval
    count: int


@dataclass(frozen=True)
class Evidence:
    """What is known about one device's contact; the carry and the `was_`, `last_` fields speak of the time before.

    observations : event_time, data_item, is_unavailable of the interval's rows with plausible stamps, mapped or
        not; those of one instant in the order of their sequence.
    carry : the same columns: the last of each item (of each code of a condition) before the interval.
    mapped, availability : ids of the mapped items, id of the AVAILABILITY item.
    was_available : whether AVAILABILITY had been AVAILABLE at any time before the interval.
    last_contact_us : the latest observation or document before the interval, None if there was none.
    document_times : received documents of the device's agent, microseconds.
    losses, restarts : missing sequences, changes of the agent's instance; may reach beyond the interval.
    """

    device_uuid: str
    observations: pl.DataFrame
    carry: pl.DataFrame
    mapped: frozenset[str]
    availability: str | None = None
    was_available: bool = False
    last_contact_us: int | None = None
    document_times: tuple[int, ...] = ()
    losses: tuple[Loss, ...] = ()
    restarts: tuple[Interval, ...] = ()


def cover(evidence: Evidence, interval: Interval, contact_timeout_minutes: int = 10) -> pl.DataFrame:
    """Say for each moment of an interval which kind of coverage it has; the strongest kind that applies counts.

    Parameters
    ----------
    evidence : observations, documents, losses and restarts of one device.
    interval : the moments to cover, microseconds.
    contact_timeout_minutes : an observation or document at t is contact in [t, t + timeout).

    Returns
    -------
    COVERAGE columns without month, in order of start: intervals that cover `interval` completely, do not overlap, are
    clipped to UTC hours and merged where equal within one.

    - lost: sequences are missing; `count` stands on the piece in which a loss begins, 0 on the rest of it
    - restarted: the agent's instance changed
    - disconnected: nothing is known, and AVAILABILITY is UNAVAILABLE after it had been AVAILABLE
    - unavailable: nothing is known (else), in contact
    - live: the last observation of at least one mapped item is not UNAVAILABLE, in contact
    - silent: no contact

    Notes
    -----
    A document proves contact with its agent, not that the machine said something: a heartbeat keeps a still
    machine live.
    """
    states = _States.of(evidence, interval, contact_timeout_minutes * MINUTE_US)
    losses = tuple(Loss(_not_empty(loss.interval), loss.count) for loss in evidence.losses)
    restarts = tuple(_not_empty(restart) for restart in evidence.restarts)
    edges = [edge for i in (*restarts, *(loss.interval for loss in losses)) for edge in (i.start_us, i.end_us)]
    hours = np.arange(interval.start_us - interval.start_us % PERIOD_US, interval.end_us, PERIOD_US)
    changes = [steps.times for steps in (states.contact, states.known, states.gone)]
    cuts = np.unique(np.concatenate([*changes, np.array(edges, np.int64), hours, [interval.start_us]]))
    starts = cuts[(cuts >= interval.start_us) & (cuts < interval.end_us)].astype(np.int64)
    known, contact = states.known.at(starts), states.contact.at(starts)
    kinds = np.select(
        [
            _inside(starts, tuple(loss.interval for loss in losses)),
            _inside(starts, restarts),
            ~known & states.gone.at(starts),
            ~known & contact,
            known & contact,
        ],
        list(range(5)),
        5,
    )
    return _pieces(evidence.device_uuid, starts, kinds, interval, losses)


@dataclass(frozen=True)
class _Steps:
    """A yes or no over time: `flags[i]` holds from `times[i]` on, `before` until the first."""

    times: _Times
    flags: _Flags
    before: bool

    def at(self, times: _Times) -> _Flags:
        flags = np.concatenate([[self.before], self.flags])
        return np.asarray(flags[np.searchsorted(self.times, times, side="right")], np.bool_)


@dataclass(frozen=True)
class _States:
    """Contact, knowledge and availability of one device over time."""

    contact: _Steps
    known: _Steps
    gone: _Steps

    @classmethod
    def of(cls, evidence: Evidence, interval: Interval, timeout_us: int) -> "_States":
        rows = evidence.observations.select(_epoch(), "data_item", "is_unavailable").filter(
            pl.col("time").is_between(interval.start_us, interval.end_us, closed="left")
        )
        carry = evidence.carry.select(_epoch(), "data_item", "is_unavailable")
        carry = carry.filter(pl.col("time") < interval.start_us)
        last = [] if evidence.last_contact_us is None else [evidence.last_contact_us]
        documents = [time for time in evidence.document_times if time < interval.end_us]
        times = np.concatenate(
            [rows["time"].to_numpy(), carry["time"].to_numpy(), np.array(last + documents, np.int64)]
        )
        ordered = pl.concat([carry, rows]).sort("time", maintain_order=True)
        return cls(_contact(np.unique(times), timeout_us), _known(ordered, evidence.mapped), _gone(ordered, evidence))


def _epoch() -> pl.Expr:
    return pl.col("event_time").dt.epoch("us").alias("time")


def _not_empty(interval: Interval) -> Interval:
    return Interval(interval.start_us, max(interval.end_us, interval.start_us + 1))


def _contact(times: _Times, timeout_us: int) -> _Steps:
    """Join [t, t + timeout) of each time."""
    if not len(times):
        return _Steps(np.empty(0, np.int64), np.empty(0, np.bool_), before=False)
    ends_here = np.concatenate([np.diff(times) > timeout_us, [True]])
    begins_here = np.concatenate([[True], ends_here[:-1]])
    edges = np.column_stack([times[begins_here], times[ends_here] + timeout_us]).ravel()
    return _Steps(edges, np.tile([True, False], len(edges) // 2), before=False)


def _known(ordered: pl.DataFrame, mapped: frozenset[str]) -> _Steps:
    """Count the mapped items whose last observation is not UNAVAILABLE."""
    changes = (
        ordered.filter(pl.col("data_item").is_in(sorted(mapped)))
        .unique(["data_item", "time"], keep="last", maintain_order=True)
        .with_columns(now=pl.col("is_unavailable").not_().cast(pl.Int64))
        .with_columns(change=pl.col("now") - pl.col("now").shift(1, fill_value=0).over("data_item"))
        .group_by("time")
        .agg(pl.col("change").sum())
        .sort("time")
    )
    counts = np.cumsum(changes["change"].to_numpy())
    return _changes(changes["time"].to_numpy(), counts > 0, before=False)


def _gone(ordered: pl.DataFrame, evidence: Evidence) -> _Steps:
    """AVAILABILITY is UNAVAILABLE after it had been AVAILABLE."""
    rows = ordered.filter(pl.col("data_item") == (evidence.availability or "")).unique(
        "time", keep="last", maintain_order=True
    )
    is_unavailable = rows["is_unavailable"].to_numpy().astype(np.bool_)
    had_been = np.logical_or.accumulate(np.concatenate([[evidence.was_available], ~is_unavailable]))[:-1]
    return _changes(rows["time"].to_numpy(), is_unavailable & had_been, before=False)


def _changes(times: _Times, flags: _Flags, before: bool) -> _Steps:
    """Keep only the moments at which the flag changes."""
    changed = flags != np.concatenate([[before], flags[:-1]]) if len(flags) else flags
    return _Steps(times[changed], flags[changed], before)


def _inside(starts: _Times, intervals: tuple[Interval, ...]) -> _Flags:
    inside = np.zeros(len(starts), np.bool_)
    for interval in intervals:
        inside |= (starts >= interval.start_us) & (starts < interval.end_us)
    return inside


def _pieces(
    device_uuid: str, starts: _Times, kinds: NDArray[np.int64], interval: Interval, losses: tuple[Loss, ...]
) -> pl.DataFrame:
    """Merge equal neighbours within an hour and count what each lost piece lost."""
    is_first = np.ones(len(starts), np.bool_)
    is_first[1:] = (np.diff(kinds) != 0) | (starts[1:] % PERIOD_US == 0)
    begins, kinds = starts[is_first], kinds[is_first]
    ends = np.append(begins[1:], interval.end_us)[: len(begins)]
    lost_at = np.array([loss.interval.start_us for loss in losses], np.int64)
    counts = np.array([loss.count for loss in losses], np.int64)
    count = [
        int(counts[(lost_at >= start) & (lost_at < end)].sum()) if kind == 0 else None
        for start, end, kind in zip(begins, ends, kinds, strict=True)
    ]
    time = pl.Datetime("us", "UTC")
    return pl.DataFrame(
        {
            "device_uuid": pl.Series([device_uuid] * len(begins), dtype=pl.String),
            "start": pl.Series(begins, dtype=pl.Int64).cast(time),
            "end": pl.Series(ends, dtype=pl.Int64).cast(time),
            "kind": pl.Series([COVERAGE_KINDS[kind] for kind in kinds], dtype=pl.String),
            "count": pl.Series(count, dtype=pl.Int64),
        }
    )
