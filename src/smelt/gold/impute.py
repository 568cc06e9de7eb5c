"""Fill a cell whose source says UNAVAILABLE with what was last known, for a while and never from the future."""

import polars as pl


def impute(cell: pl.Expr, last_known: pl.Expr, minutes: int) -> pl.Expr:
    """Fill a column's empty cells on the minute grid.

    Parameters
    ----------
    cell : measured or held value of each minute, null where there is none; the frame is a gapless minute grid.
    last_known : the last value known before the minute.
    minutes : for how many minutes after the last known one an empty cell is filled.

    Notes
    -----
    Only looks back: a minute's cell never depends on later minutes. What is not known for longer stays null.

    Examples
    --------
    >>> frame = pl.DataFrame({"cell": [1.0, None, None, None], "known": [None, 2.0, 2.0, 2.0]})
    >>> frame.select(impute(pl.col("cell"), pl.col("known"), 2))["cell"].to_list()
    [1.0, 2.0, 2.0, None]
    """
    index = pl.int_range(pl.len(), dtype=pl.Int64)
    age = index - pl.when(cell.is_not_null()).then(index).forward_fill()
    return pl.when(cell.is_not_null()).then(cell).when(age <= minutes).then(last_known)
