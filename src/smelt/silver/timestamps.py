"""Repair implausible stamps: a row takes the time of the observation that came before it by sequence."""

import polars as pl


def repair_times(implausible: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    """Give rows of month '0000-00' the event time of the preceding plausible observation of their device.

    Parameters
    ----------
    implausible : OBSERVATIONS rows whose stamp says nothing (the real month has rows of 1761 and 2026).
    anchors : plausible observations, at least device_uuid, agent, instance_id, sequence, event_time. To be
        right they must hold the last one before each implausible row, so give whole months, not one period.

    Returns
    -------
    The rows with repaired event_time, same columns and types. Rows without a sequence (logs), or with nothing
    plausible before them in their agent's instance (the UNAVAILABLEs of a start), are left out: they enter no grid.
    """
    by = ["device_uuid", "agent", "instance_id"]
    repairable = implausible.filter(pl.col("sequence").is_not_null(), pl.col("instance_id").is_not_null())
    before = (
        anchors.filter(pl.col("sequence").is_not_null(), pl.col("event_time").is_not_null())
        .select(*by, "sequence", repaired="event_time")
        .sort("sequence")
    )
    joined = repairable.sort("sequence").join_asof(
        before, on="sequence", by=by, strategy="backward", allow_exact_matches=False, check_sortedness=False
    )
    return (
        joined.with_columns(event_time="repaired")
        .filter(pl.col("event_time").is_not_null())
        .select(implausible.columns)
    )
