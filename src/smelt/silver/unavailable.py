"""UNAVAILABLE is a value of its own: null, and it stops what was carried forward."""

import polars as pl

from smelt.terms.observation import UNAVAILABLE


def blank_unavailable(rows: pl.DataFrame) -> pl.DataFrame:
    """Set value and text to null wherever the agent says UNAVAILABLE; the rows stay, so nothing is carried past them.

    Parameters
    ----------
    rows : observations or last values: level, value, text.
    """
    is_known = pl.col("level").ne_missing(UNAVAILABLE)
    return rows.with_columns(pl.when(is_known).then(name).alias(name) for name in ("value", "text"))
