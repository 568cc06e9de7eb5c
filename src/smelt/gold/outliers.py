"""Values outside a column's plausible range, and what is not a number, are no values."""

import polars as pl

from smelt.terms.plant import Column


def plausible(column: Column) -> pl.Expr:
    """Return the cell where it is finite and within the column's range, both ends included; else null.

    Examples
    --------
    >>> load = Column("Xload", "load", "SAMPLE", "float64", low=0.0, high=200.0)
    >>> pl.DataFrame({"load": [-1.0, 0.0, 50.0, float("nan"), 200.0]}).select(plausible(load))["load"].to_list()
    [None, 0.0, 50.0, None, 200.0]
    """
    cell = pl.col(column.name)
    if column.dtype != "float64":
        return cell
    is_plausible = cell.is_finite()
    if column.low is not None:
        is_plausible &= cell >= column.low
    if column.high is not None:
        is_plausible &= cell <= column.high
    return pl.when(is_plausible).then(cell).alias(column.name)
