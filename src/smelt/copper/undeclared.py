"""Data items that were seen but that no probe declares: known by id and category alone, without units."""

import polars as pl

UNDECLARED = "UNDECLARED"


def with_undeclared(declared: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Add a row for each (device, data item) that was seen and is not declared.

    Parameters
    ----------
    declared : DATA_ITEMS rows that are valid now.
    seen : device_uuid, data_item, category of what was observed; rows may repeat.

    Returns
    -------
    DATA_ITEMS rows. An undeclared item has type UNDECLARED, no name and no units; its device is named as
    in the probe, else by its uuid.
    """
    items = seen.select("device_uuid", id="data_item", category="category").unique(("device_uuid", "id"))
    fresh = items.join(declared, on=["device_uuid", "id"], how="anti")
    devices = declared.select("device_uuid", "device_name", "is_agent", "agent").unique("device_uuid", keep="first")
    known = fresh.join(devices, on="device_uuid", how="left").with_columns(
        device_name=pl.coalesce("device_name", "device_uuid"),
        is_agent=pl.col("is_agent").fill_null(value=False),
        agent=pl.col("agent").fill_null(""),
        type=pl.lit(UNDECLARED),
        representation=pl.lit("VALUE"),
        component=pl.lit(""),
    )
    return pl.concat([declared, known], how="diagonal").select(declared.columns).sort("device_uuid", "id")
