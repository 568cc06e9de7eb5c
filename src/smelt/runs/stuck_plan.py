"""A plan that cannot be carried out: it stands, so every run meets it again; what to do about it is said by name."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from smelt.lake.location import Location
from smelt.lake.plan import plan_path
from smelt.lake.reader import LakeReader, open_table
from smelt.lake.store_errors import explain, explain_system
from smelt.terms.errors import DataError, InputError

_FOR_GOOD = (pl.exceptions.PolarsError, FileNotFoundError, LookupError, DataError)  # no second try goes better


class StuckPlanError(InputError):
    """A plan that fails whenever it is tried."""


@contextmanager
def naming_plan(location: Location, stage: str, number: int) -> Iterator[None]:
    """Name the plan where what is done inside fails in a way that it will fail in again.

    Raises
    ------
    StuckPlanError
        With the plan's file, which can go where no table has anything of the plan: another one takes its number. A
        table that has it would pass by the other one.
    """
    try:
        yield
    except _FOR_GOOD as error:
        is_gone = isinstance(error, FileNotFoundError)
        if explain(error) or (explain_system(error) and not is_gone):  # the store's fault or the disk's, not the plan's
            raise
        raise StuckPlanError(_sentence(location, stage, number, error)) from error


def _sentence(location: Location, stage: str, number: int, error: Exception) -> str:
    what = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    path = f"{location.uri}/{plan_path(stage, number)}"
    failed = f"{stage} plan {number} cannot be carried out ({type(error).__name__}: {what}); every run meets it again."
    begun = _committed(location, stage, number)
    if begun:
        return (
            f"{failed} {', '.join(begun)} has its rows already, other tables do not. "
            "Name another lake with --lake and run over the landing zone again, which holds all of it."
        )
    return f"{failed} Nothing of it is committed. Delete {path} and run again, which plans anew."


def _committed(location: Location, stage: str, number: int) -> list[str]:
    reader = LakeReader(location.uri)
    return [
        name for name in reader.names() if (open_table(location.table(name)).transaction_version(stage) or 0) >= number
    ]
