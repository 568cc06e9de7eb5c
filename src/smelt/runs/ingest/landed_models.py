"""Device models that landed among the documents become copper's data items, in the order in which they were made."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from smelt.copper.device_models import ORDER, with_model
from smelt.runs.driver import Driver
from smelt.runs.ingest.batch import LandedModel
from smelt.runs.probe import declared_items
from smelt.runs.stage import Change
from smelt.terms.tables import DATA_ITEMS, DOCUMENTS

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def change_models(driver: Driver, models: Sequence[LandedModel], number: int) -> Change:
    """Return what to commit to copper/data_items: all of it anew if a model changes anything, else nothing.

    Parameters
    ----------
    number : the plan of ingest that read them.
    """
    table = driver.table(DATA_ITEMS)
    empty = pl.DataFrame(DATA_ITEMS.schema.empty_table())
    old = driver.reader.scan(DATA_ITEMS.name).collect() if models and table.version() >= 0 else empty
    old = items = pl.concat([empty, old], how="diagonal").sort(ORDER)
    told = _told(driver, number) if models else {}
    for model in sorted(models, key=_made_at):
        heard = model.heard
        of_agent = told.setdefault(heard.agent, [])
        declared = declared_items(replace(model.probe, sender=heard.agent))
        items = with_model(items, declared, heard.created_at or heard.received_at, of_agent)
        if heard.created_at is not None:
            insort(of_agent, heard.created_at)
    if items.equals(old):
        return Change(DATA_ITEMS, ())
    adds = driver.small_change(DATA_ITEMS, items.to_arrow().cast(DATA_ITEMS.schema)).adds
    return Change(DATA_ITEMS, adds, tuple(f.path for f in table.files()))


def _told(driver: Driver, number: int) -> dict[str, list[datetime]]:
    """Return when each agent sent the models that earlier plans read, in order."""
    if not driver.reader.exists(DOCUMENTS.name):
        return {}
    read = driver.reader.scan(DOCUMENTS.name).filter(
        pl.col("kind") == "MTConnectDevices", pl.col("plan") < number, pl.col("created_at").is_not_null()
    )
    times = read.group_by("agent").agg(pl.col("created_at").unique().sort()).collect()
    return dict(times.rows())


def _made_at(model: LandedModel) -> datetime:
    return model.heard.created_at or model.heard.received_at or _NEVER
