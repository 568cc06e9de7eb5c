"""The worst active level of each condition over time, folded from its codes."""

import polars as pl

_RANK = {"NORMAL": 0, "WARNING": 1, "FAULT": 2}


def worst_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Replace each observation's level by the worst level that is active after it.

    Parameters
    ----------
    rows : observations of one device, each data item's in order (`carry.in_order`), the carry among them:
        data_item, category, level, native_code.

    Returns
    -------
    The same rows; those of CONDITIONs come last and have the `level` NORMAL, WARNING, FAULT, or null once UNAVAILABLE.

    Notes
    -----
    Several codes of one item can be active. A Normal without a code ends them all, a Normal with a code
    ends that one; UNAVAILABLE ends them all too, and what is active is unknown until the next observation.

    Examples
    --------
    >>> rows = pl.DataFrame({
    ...     "data_item": ["c"] * 4,
    ...     "category": ["CONDITION"] * 4,
    ...     "level": ["FAULT", "WARNING", "NORMAL", "NORMAL"],
    ...     "native_code": ["7", "9", "7", None],
    ... })
    >>> worst_levels(rows)["level"].to_list()
    ['FAULT', 'FAULT', 'WARNING', 'NORMAL']
    """
    is_condition = pl.col("category") == "CONDITION"
    conditions = rows.filter(is_condition)
    worst: list[str | None] = []
    active: dict[str | None, str] = {}
    current: str | None = None
    columns = (conditions[name].to_list() for name in ("data_item", "level", "native_code"))
    for item, level, code in zip(*columns, strict=True):
        if item != current:
            current, active = item, {}
        worst.append(_step(active, level, code))
    return pl.concat([rows.filter(~is_condition), conditions.with_columns(pl.Series("level", worst, dtype=pl.String))])


def _step(active: dict[str | None, str], level: str | None, code: str | None) -> str | None:
    """Apply one observation to the active codes and return the worst level after it."""
    if level not in _RANK:  # UNAVAILABLE, or a word that the standard does not know
        active.clear()
        return None
    if level != "NORMAL":
        active[code] = level
    elif code is None:
        active.clear()
    else:
        active.pop(code, None)
    return max(active.values(), key=_RANK.__getitem__, default="NORMAL")
