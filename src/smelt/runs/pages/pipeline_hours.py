"""Received against expected: the observations of each device and hour, and the share of the hour in contact."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.runs.pages.gaps import coverage_in
from smelt.runs.pages.tables import Reader, instant, table
from smelt.terms.interval import PERIOD_US, Interval, period_of
from smelt.terms.plant import Device
from smelt.terms.tables import COVERAGE_KINDS, TASKS

IN_CONTACT = ("live", "unavailable")
FULL = 0.99
HOUR_S = PERIOD_US / 1e6


@dataclass(frozen=True)
class Hours:
    """Cells of equal width over whole hours, `cells` for those of which something is known.

    cells : device_uuid, bin, received, expected (null where nothing can be), contact (share 0 to 1, null before the
        device's first observation and after the data's end), and a column for each kind of coverage, in seconds.
    """

    interval: Interval
    bin_us: int
    cells: pl.DataFrame

    @property
    def count(self) -> int:
        """How many cells a device has."""
        return -(-(self.interval.end_us - self.interval.start_us) // self.bin_us)


def hours(reader: Reader, devices: Sequence[Device], interval: Interval, most: int = 744) -> Hours:
    """Count what was received of each device in each hour, and what was to be expected.

    Parameters
    ----------
    interval : widened to whole hours.
    most : above so many hours a cell is several of them.

    Notes
    -----
    *Contact* is the share of the hour that coverage calls live or unavailable: an observation, a document or a
    heartbeat had come within the contact timeout. *Expected* is received ÷ contact, what the hour would have brought
    at its own rate; in an hour without any contact it is the device's usual hour, the median of its hours in full
    contact. A machine that stands still therefore lacks nothing; nor does one that was connected within an hour
    lack what that hour would have brought before.
    """
    whole = Interval(period_of(interval.start_us), period_of(interval.end_us - 1) + PERIOD_US)
    each = _received(reader, devices, whole).join(
        _kinds(reader, devices, whole), on=("device_uuid", "hour"), how="full", coalesce=True
    )
    bin_us = -(-(whole.end_us - whole.start_us) // (most * PERIOD_US)) * PERIOD_US
    return Hours(whole, bin_us, _binned(_expected(each), whole.start_us, bin_us))


def _received(reader: Reader, devices: Sequence[Device], whole: Interval) -> pl.DataFrame:
    """Add up what ingest reported for each device and hour."""
    rows = table(reader, TASKS).filter(
        pl.col("stage") == "ingest",
        pl.col("period") >= instant(whole.start_us),
        pl.col("period") < instant(whole.end_us),
        pl.col("device_uuid").is_in([d.uuid for d in devices]),
    )
    summed = rows.group_by("device_uuid", hour=pl.col("period").dt.epoch("us")).agg(received=pl.col("rows").sum())
    return summed.collect()


def _kinds(reader: Reader, devices: Sequence[Device], whole: Interval) -> pl.DataFrame:
    """Return the seconds of each kind of coverage in each hour; coverage never crosses one."""
    seconds = (pl.col("end") - pl.col("start")) / 1e6
    hour = pl.col("start") - pl.col("start").mod(PERIOD_US)
    kinds = [seconds.filter(pl.col("kind") == kind).sum().alias(kind) for kind in COVERAGE_KINDS]
    return coverage_in(reader, devices, whole).group_by("device_uuid", hour=hour).agg(*kinds).collect()


def _expected(each: pl.DataFrame) -> pl.DataFrame:
    known = each.with_columns(
        pl.col("received").fill_null(0),
        covered=pl.sum_horizontal(pl.col(COVERAGE_KINDS)),
        in_contact=pl.sum_horizontal(pl.col(IN_CONTACT)),
    )
    contact = _contact()
    is_full = (contact >= FULL) & (pl.col("covered") >= FULL * HOUR_S)
    usual = pl.col("received").filter(is_full).median().over("device_uuid") * pl.col("covered") / HOUR_S
    return known.with_columns(
        expected=pl.when(contact > 0).then(pl.col("received") / contact).when(contact == 0).then(usual)
    )


def _binned(each: pl.DataFrame, start_us: int, bin_us: int) -> pl.DataFrame:
    number = ((pl.col("hour") - start_us) // bin_us).cast(pl.Int32)
    sums = each.group_by("device_uuid", bin=number).agg(
        pl.col("received", "covered", "in_contact", *COVERAGE_KINDS).sum(),
        expected=pl.when(pl.col("expected").is_not_null().any()).then(pl.col("expected").sum()),
    )
    return sums.with_columns(contact=_contact()).drop("covered", "in_contact").sort("device_uuid", "bin")


def _contact() -> pl.Expr:
    """Return the share of what is covered; null where nothing is."""
    return pl.when(pl.col("covered") > 0).then(pl.col("in_contact") / pl.col("covered"))
