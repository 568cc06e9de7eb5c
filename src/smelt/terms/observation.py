"""What a decoder hands on: observations and documents as Arrow tables, device models, assets, and unreadable bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Category = Literal["SAMPLE", "EVENT", "CONDITION"]
Kind = Literal["MTConnectStreams", "MTConnectDevices", "MTConnectAssets", "MTConnectError", "SHDR", "records"]
Dialect = Literal[
    "xml",
    "json-v1",
    "json-v2",
    "json-trakhound",  # MTConnect.NET-JSON, lower camel
    "json-xml",  # an XML document that a converter turned into JSON
    "entities",  # an observation each: the agents' MQTT entity topics
    "mtc2kafka",
    "sms-records",  # PascalCase records, an observation each
    "snapshots",  # a row a poll, a key a data item
    "shdr",
]
UNAVAILABLE = "UNAVAILABLE"
LEVELS = ("NORMAL", "WARNING", "FAULT", UNAVAILABLE)

TIME = pa.timestamp("us", tz="UTC")
WORD = pa.dictionary(pa.int32(), pa.string())

DECODED_ROWS = pa.schema(
    [
        pa.field("document", pa.int32(), nullable=False),  # index into Decoded.documents
        pa.field("instance_id", pa.int64()),  # null for logs and for records that do not tell it
        pa.field("sequence", pa.int64()),  # null for logs
        pa.field("part", pa.int32(), nullable=False),  # sample of a time series, or a log line's ordinal
        pa.field("device_uuid", WORD, nullable=False),
        pa.field("data_item", WORD, nullable=False),
        pa.field("category", WORD, nullable=False),
        pa.field("event_time", TIME),
        pa.field("value", pa.float64()),
        pa.field("text", WORD),
        pa.field("level", WORD),
        pa.field("native_code", WORD),
        pa.field("native_units", pa.bool_(), nullable=False),
    ]
)

DECODED_DOCUMENTS = pa.schema(
    [
        pa.field("offset", pa.int64(), nullable=False),  # in the unpacked bytes
        pa.field("length", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("dialect", pa.string(), nullable=False),
        pa.field("sender", pa.string()),  # Header/@sender
        pa.field("instance_id", pa.int64()),
        pa.field("first_sequence", pa.int64()),
        pa.field("next_sequence", pa.int64()),
        pa.field("last_sequence", pa.int64()),
        pa.field("created_at", TIME),  # Header/@creationTime
        pa.field("source", pa.string()),  # the URL or topic that a recorder notes for the part it stands in
        pa.field("received_at", TIME),  # when the recorder or its broker had it, as noted there
    ]
)


@dataclass(frozen=True)
class Reject:
    """Bytes that could not be read: where they begin, how many, and why."""

    offset: int
    length: int
    reason: str


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
    sample_rate: float | None = None


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


@dataclass(frozen=True)
class Asset:
    """An asset document as it stood: `content` is its XML or JSON text; a removed one may have none.

    `document` is the index of the document that held it; `time_us` its timestamp in microseconds.
    """

    document: int
    asset_id: str
    type: str
    device_uuid: str | None = None
    time_us: int | None = None
    is_removed: bool = False
    content: str = ""


@dataclass(frozen=True)
class LandedProbe:
    """A device model that landed among the documents; `document` is the index of the one that held it."""

    document: int
    probe: Probe


@dataclass(frozen=True)
class Decoded:
    """Everything that one landing file said: DECODED_ROWS, DECODED_DOCUMENTS and what was rejected."""

    rows: pa.Table
    documents: pa.Table
    rejects: tuple[Reject, ...]
    probes: tuple[LandedProbe, ...] = ()
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True)
class Origin:
    """What is known of bytes beside themselves: where they came from, whose they are.

    log_device, log_device_uuid : whose log this is, if it is an adapter's log: nothing in it says so.
    sample_rates : values a second of (device uuid, data item) whose rate only the probe tells.
    source : URL or topic from which a recorder had them, such as `mqtt://shop/MTConnect/Devices/<uuid>/…`.
    record_key : the broker's key of the record.
    received_at_us : when the recorder or the broker had them.
    """

    log_device: ProbedDevice | None = None
    log_device_uuid: str | None = None
    sample_rates: Mapping[tuple[str, str], float] = field(default_factory=dict)
    source: str | None = None
    record_key: str | None = None
    received_at_us: int | None = None
