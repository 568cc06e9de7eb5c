"""What a decoder hands on: observations and documents as Arrow tables, and the bytes it could not read."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Category = Literal["SAMPLE", "EVENT", "CONDITION"]
Dialect = Literal["json-v2", "shdr"]
UNAVAILABLE = "UNAVAILABLE"
LEVELS = ("NORMAL", "WARNING", "FAULT", UNAVAILABLE)

TIME = pa.timestamp("us", tz="UTC")

DECODED_ROWS = pa.schema(
    [
        pa.field("document", pa.int32(), nullable=False),  # index into Decoded.documents
        pa.field("instance_id", pa.int64()),  # null for logs
        pa.field("sequence", pa.int64()),  # null for logs
        pa.field("part", pa.int32(), nullable=False),  # sample of a time series, or a log line's ordinal
        pa.field("device_uuid", pa.string(), nullable=False),
        pa.field("data_item", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("event_time", TIME),
        pa.field("value", pa.float64()),
        pa.field("text", pa.string()),
        pa.field("level", pa.string()),
        pa.field("native_code", pa.string()),
        pa.field("native_units", pa.bool_(), nullable=False),
    ]
)

DECODED_DOCUMENTS = pa.schema(
    [
        pa.field("offset", pa.int64(), nullable=False),  # in the unpacked bytes
        pa.field("length", pa.int64(), nullable=False),
        pa.field("dialect", pa.string(), nullable=False),
        pa.field("sender", pa.string()),  # Header/@sender
        pa.field("instance_id", pa.int64()),
        pa.field("first_sequence", pa.int64()),
        pa.field("next_sequence", pa.int64()),
        pa.field("last_sequence", pa.int64()),
        pa.field("created_at", TIME),
    ]
)


@dataclass(frozen=True)
class Reject:
    """Bytes that could not be read: where they begin, how many, and why."""

    offset: int
    length: int
    reason: str


@dataclass(frozen=True)
class Decoded:
    """Everything that one landing file said: DECODED_ROWS, DECODED_DOCUMENTS and what was rejected."""

    rows: pa.Table
    documents: pa.Table
    rejects: tuple[Reject, ...]


@dataclass(frozen=True)
class DataItem:
    """A data item as the agent's probe declares it; `units` and `native_units` are the standard's words."""

    device_uuid: str
    id: str
    name: str | None
    category: Category
    type: str
    sub_type: str | None = None
    units: str | None = None
    native_units: str | None = None
    native_scale: float | None = None
    representation: str = "VALUE"
    source: str | None = None
    component: str = ""


@dataclass(frozen=True)
class ProbedDevice:
    """A device of a probe with its data items; `is_agent` marks the agent's own device."""

    uuid: str
    name: str
    is_agent: bool
    data_items: tuple[DataItem, ...]


@dataclass(frozen=True)
class Probe:
    """The device model of one agent."""

    sender: str | None
    instance_id: int | None
    devices: tuple[ProbedDevice, ...]
