"""Batches of rows for tests, written as tuples."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from smelt.copper.batch import Batch, make_batch
from smelt.copper.row_kernels import NONE
from smelt.terms.interval import to_us
from smelt.terms.observation import DECODED_ROWS

T0 = datetime(2020, 1, 1, tzinfo=UTC)


class Said(NamedTuple):
    """A row of OBSERVATIONS, but for what follows from the others."""

    agent: str
    instance_id: int | None
    sequence: int | None
    part: int
    device_uuid: str
    data_item: str
    event_time: datetime | None
    value: float | None = None
    text: str | None = None
    level: str | None = None
    native_code: str | None = None
    received_at: datetime | None = T0 + timedelta(days=1)
    category: str = "SAMPLE"


Document = Sequence[Said]


def numbered(agent: str, instance: int, sequence: int, part: int = 0) -> Said:
    """The observation that this agent numbered so: what it says follows from its number."""
    device, item = f"m{sequence % 2}", f"i{sequence % 3}"
    time = T0 + timedelta(minutes=7 * (sequence % 10_000), seconds=part)
    return Said(agent, instance, sequence, part, device, item, time, float(hash((instance, sequence, part)) % 100))


def line(minute: int, value: float, ordinal: int = 0) -> Said:
    """A log's line: no sequence, an ordinal among identical lines."""
    return Said("log", None, None, ordinal, "m0", "i0", T0 + timedelta(minutes=minute), value, received_at=None)


def batch_of(*documents: Document) -> Batch:
    """Put documents, each of one agent and one arrival, into a batch; empty ones are none. A table each."""
    tables, agents, received = [], [], []
    for document in documents:
        if not document:
            continue
        rows = [s._asdict() | {"document": len(agents), "native_units": False} for s in document]
        tables.append(pa.Table.from_pylist(rows, schema=_PLAIN).cast(DECODED_ROWS))
        agents.append(document[0].agent)
        arrival = document[0].received_at
        received.append(NONE if arrival is None else to_us(arrival))
    return make_batch(tables or [DECODED_ROWS.empty_table()], agents, np.array(received, np.int64))


def everything(batch: Batch, rows: Sequence[int] | None = None) -> pl.DataFrame:
    """Some rows of a batch as copper has them, or all; strings are plain."""
    order = np.arange(len(batch)) if rows is None else np.asarray(rows)
    return batch.frame(order.astype(np.int32))


def said(frame: pl.DataFrame) -> list[Said]:
    """Rows of copper as they were written here."""
    return [Said(*row) for row in frame.select(Said._fields).rows()]


_PLAIN = pa.schema([f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in DECODED_ROWS])
