"""Which assets are new: the same asset comes again with every request for assets and every redelivered file."""

import polars as pl

IDENTITY = ("agent", "asset_id", "event_time", "removed", "content")


def new_assets(landed: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Return the assets that are not stored, each once, in their order.

    Parameters
    ----------
    landed : ASSETS rows.
    stored : at least the columns of IDENTITY; others are not looked at.

    Returns
    -------
    Rows of `landed`. Of several that agree in IDENTITY the first: an agent's restart and a later arrival make no new
    asset, another content or removal does.

    Examples
    --------
    >>> one = {"agent": ["a"], "asset_id": ["T1"], "event_time": [None], "removed": [False], "content": ["<T/>"]}
    >>> new_assets(pl.DataFrame(one), pl.DataFrame(one)).height
    0
    """
    once = landed.unique(IDENTITY, keep="first", maintain_order=True)
    return once.join(stored.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
