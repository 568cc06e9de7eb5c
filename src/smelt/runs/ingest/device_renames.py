"""Devices that are others now, as the lake tells: by their models, and in doubt by what they said and when."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from smelt.copper.renamed_devices import Renaming, in_doubt, renamed_devices
from smelt.runs.pages.tables import Reader, table
from smelt.terms.tables import LAST_VALUES

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def renames(
    reader: Reader, data_items: pl.DataFrame, heard: Mapping[str, datetime] | None = None
) -> tuple[Renaming, ...]:
    """Return the devices that go on as others.

    Parameters
    ----------
    data_items : DATA_ITEMS rows of all devices, all validities.
    heard : devices that are there at a moment, whether or not the lake has observations of them.
    """
    doubtful = in_doubt(data_items)
    contact = _contact(reader, doubtful) if doubtful else {}
    if heard:
        contact = dict.fromkeys(doubtful, (_NEVER, _NEVER)) | contact
    for uuid, at in (heard or {}).items():
        first, _ = contact.get(uuid, (_NEVER, _NEVER))
        contact[uuid] = (at if first == _NEVER else first, at)
    return tuple(renamed_devices(data_items, contact))


def _contact(reader: Reader, uuids: frozenset[str]) -> dict[str, tuple[datetime, datetime]]:
    """Return each device's first and last moment of what it said."""
    said = table(reader, LAST_VALUES).filter(pl.col("device_uuid").is_in(sorted(uuids)))
    time = pl.col("event_time")
    spans = said.group_by("device_uuid").agg(first=time.min(), last=time.max()).collect(engine="streaming")
    return {uuid: (first, last) for uuid, first, last in spans.iter_rows()}
