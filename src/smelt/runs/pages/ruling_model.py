"""Which model's word counts when several have judged one minute: the newest that was trained before it."""

import polars as pl

from smelt.runs.pages.tables import Reader, table
from smelt.terms.tables import MODELS


def model_versions(reader: Reader) -> pl.DataFrame:
    """Return the model versions, oldest first."""
    return table(reader, MODELS).collect().sort("trained_to", "plan")


def reigns(models: pl.DataFrame) -> pl.DataFrame:
    """Return `model_version` and `until`: when the device's next version takes over, null for the newest.

    Parameters
    ----------
    models : rows of models/versions, oldest first.
    """
    until = pl.col("trained_to").shift(-1).over("device_uuid").alias("until")
    return models.select("model_version", until)


def keep_ruling(rows: pl.LazyFrame, time: str, models: pl.DataFrame) -> pl.LazyFrame:
    """Keep each row (of scores or episodes) whose model ruled at its time, in order.

    A version that has judged nothing among the rows never takes over, so a model that was just
    trained leaves the page as it was until its scores are there.
    """
    active = rows.select(pl.col("model_version").unique()).collect().to_series()
    judged = models.filter(pl.col("model_version").is_in(active.implode()))
    ruled = rows.join(reigns(judged).lazy(), on="model_version", how="left", maintain_order="left")
    return ruled.filter(pl.col("until").is_null() | (pl.col(time) < pl.col("until"))).drop("until")
