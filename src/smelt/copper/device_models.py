"""How device models that land follow one another: a definition holds until a later model of its device differs."""

from datetime import datetime

import polars as pl

from smelt.terms.tables import DATA_ITEMS

_VALIDITY = ("valid_from", "valid_to")
_SAID = [name for name in DATA_ITEMS.schema.names if name not in ("agent", *_VALIDITY)]
ORDER = ("agent", "id", "device_uuid", "valid_from")


def with_model(items: pl.DataFrame, model: pl.DataFrame, made_at: datetime | None) -> pl.DataFrame:
    """Return the data items after a device model was heard of.

    Parameters
    ----------
    items : DATA_ITEMS rows.
    model : what it declares, as DATA_ITEMS rows, of one or of several devices. Of other devices it says nothing.
    made_at : when its agent sent it.

    Returns
    -------
    DATA_ITEMS rows. Of a device that was not known, definitions hold always. Definitions that the model
    changes or lacks end at made_at; a model that is not later than the device's newest is not looked at.
    """
    devices = model["device_uuid"].unique()
    newest = items.group_by("device_uuid").agg(latest=pl.max_horizontal(*_VALIDITY).max())
    told = model.select("device_uuid").unique().join(newest, on="device_uuid", how="left")
    is_later = pl.lit(made_at is not None) & (pl.col("latest").is_null() | (pl.lit(made_at) > pl.col("latest")))
    known = set(items["device_uuid"])
    later = set(told.filter(is_later)["device_uuid"])
    at = pl.lit(made_at).cast(items.schema["valid_from"])
    first = model.filter(~pl.col("device_uuid").is_in(sorted(known)))
    mine = pl.col("device_uuid").is_in(sorted(later & known & set(devices))) & pl.col("valid_to").is_null()
    old, others = items.filter(mine), items.filter(~mine)
    fresh = model.filter(pl.col("device_uuid").is_in(sorted(later & known)))
    same = old.join(fresh, on=_SAID, how="semi", nulls_equal=True)
    ended = old.join(fresh, on=_SAID, how="anti", nulls_equal=True).with_columns(valid_to=at)
    added = fresh.join(old, on=_SAID, how="anti", nulls_equal=True).with_columns(valid_from=at)
    return pl.concat([p.select(items.columns) for p in (others, same, ended, added, first)]).sort(ORDER)
