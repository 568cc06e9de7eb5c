"""Half-open UTC intervals in microseconds, and the period, the UTC hour that incremental work is counted in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

MINUTE_US = 60_000_000
PERIOD_US = 60 * MINUTE_US
DAY_US = 24 * PERIOD_US
FIRST_US = -62_135_596_800_000_000  # of the year 1: datetime knows none before
LAST_US = 253_402_300_799_999_999  # of the year 9999


@dataclass(frozen=True, order=True)
class Interval:
    """A stretch of time [start_us, end_us), microseconds since 1970 in UTC.

    Examples
    --------
    >>> Interval(0, PERIOD_US).overlaps(Interval(PERIOD_US, DAY_US))
    False
    """

    start_us: int
    end_us: int

    def overlaps(self, other: "Interval") -> bool:
        """Say whether the two share an instant."""
        return self.start_us < other.end_us and other.start_us < self.end_us

    @property
    def minutes(self) -> float:
        """Length in minutes."""
        return (self.end_us - self.start_us) / MINUTE_US


def period_of(time_us: int) -> int:
    """Return the start of the UTC hour that holds the instant, in microseconds.

    Examples
    --------
    >>> period_of(PERIOD_US + 1) == PERIOD_US
    True
    """
    return time_us - time_us % PERIOD_US


def day_of(time_us: int) -> int:
    """Return the start of the UTC day that holds the instant, in microseconds."""
    return time_us - time_us % DAY_US


def month_of(time_us: int) -> str:
    """Return the partition 'YYYY-MM' of an instant.

    Examples
    --------
    >>> month_of(0)
    '1970-01'
    """
    return from_us(time_us).strftime("%Y-%m")


def from_us(time_us: int) -> datetime:
    """Turn microseconds since 1970 into an aware datetime."""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).replace(microsecond=time_us % 1_000_000)


def iso_of(time: datetime) -> str:
    """Return an instant in UTC as Delta's statistics have it, of one length, so that texts compare as instants do.

    Examples
    --------
    >>> iso_of(datetime(1, 2, 3, tzinfo=UTC))
    '0001-02-03T00:00:00.000000Z'
    """
    return f"{time.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def to_us(time: datetime) -> int:
    """Turn an aware datetime into microseconds since 1970, exactly.

    Examples
    --------
    >>> to_us(datetime(1970, 1, 2, tzinfo=UTC)) == DAY_US
    True
    """
    delta = time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def consecutive(periods: Iterable[int]) -> Iterator[Interval]:
    """Join periods that touch, never across a UTC day, into intervals in order.

    Examples
    --------
    >>> [i.minutes for i in consecutive([0, PERIOD_US, 5 * PERIOD_US])]
    [120.0, 60.0]
    """
    start: int | None = None
    end = 0
    for period in sorted(periods):
        if start is not None and period == end and day_of(period) == day_of(start):
            end = period + PERIOD_US
            continue
        if start is not None:
            yield Interval(start, end)
        start, end = period, period + PERIOD_US
    if start is not None:
        yield Interval(start, end)
