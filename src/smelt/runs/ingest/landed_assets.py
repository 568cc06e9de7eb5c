"""Assets that landed among the documents become copper's, each once however often it is delivered."""

import polars as pl
import pyarrow as pa

from smelt.copper.assets import IDENTITY, new_assets
from smelt.runs.driver import Driver
from smelt.runs.stage import Change
from smelt.terms.tables import ASSETS


def change_assets(driver: Driver, landed: pa.Table) -> Change:
    """Return what to commit to copper/assets: the rows that are new."""
    if not landed.num_rows:
        return Change(ASSETS, ())
    found = pl.DataFrame(landed)
    new = new_assets(found, _stored(driver, found["asset_id"].unique().to_list()))
    return driver.small_change(ASSETS, new.to_arrow().cast(ASSETS.schema))


def _stored(driver: Driver, asset_ids: list[str]) -> pl.DataFrame:
    if driver.table(ASSETS).version() < 0:
        return pl.DataFrame(ASSETS.schema.empty_table())
    stored = driver.reader.scan(ASSETS.name).filter(pl.col("asset_id").is_in(asset_ids))
    return stored.select(IDENTITY).collect()
