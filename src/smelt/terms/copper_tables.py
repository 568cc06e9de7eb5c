"""Tables of copper: observations, the evidence of contact, and what they were read with."""

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.table_spec import DEVICE_COLUMN, MONTH_COLUMN, TableSpec, column, key_column

OBSERVATIONS = TableSpec(
    "copper/observations",
    "an observation, as received, once",
    pa.schema(
        [
            key_column("month", pa.string(), "partition: month of event_time; '0000-00' if the stamp is implausible"),
            key_column("bucket", pa.int32(), "partition: bucket of the device"),
            key_column("agent", pa.string(), "the agent's name"),
            column("instance_id", pa.int64(), "the agent's instance; null for logs"),
            column("sequence", pa.int64(), "the agent's sequence number; null for logs"),
            key_column("part", pa.int32(), "sample within a time series, or ordinal among identical log lines"),
            DEVICE_COLUMN,
            key_column("data_item", pa.string(), "data item id; the log's own key where no probe declares it"),
            key_column("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            column("event_time", TIME, "as stamped at the source"),
            column("value", pa.float64(), "number; null if UNAVAILABLE or not a number"),
            column("text", pa.string(), "EVENT's value, CONDITION's message, JSON of vectors, sets and tables"),
            column("level", pa.string(), "CONDITION: NORMAL, WARNING, FAULT, UNAVAILABLE; else UNAVAILABLE or null"),
            column("native_code", pa.string(), "CONDITION's code at the controller"),
            key_column("native_units", pa.bool_(), "true if value is in the probe's nativeUnits (adapter logs)"),
            column("received_at", TIME, "time in the object's key, else the header's creationTime"),
        ]
    ),
    ("month", "bucket"),
    ("device_uuid", "data_item", "event_time", "sequence", "part"),
)

DOCUMENTS = TableSpec(
    "copper/documents",
    "a document or log: the evidence of contact",
    pa.schema(
        [
            key_column("path", pa.string(), "landing file"),
            key_column("offset", pa.int64(), "first byte in the unpacked file"),
            key_column("length", pa.int64(), "bytes"),
            key_column("kind", pa.string(), "MTConnectStreams, -Devices, -Assets, -Error, SHDR or records"),
            key_column("dialect", pa.string(), "xml, json-v1, json-v2, shdr, … (docs/formats.md)"),
            key_column("agent", pa.string(), "the agent's name"),
            column("instance_id", pa.int64(), "Header/instanceId"),
            column("first_sequence", pa.int64(), "Header/firstSequence"),
            column("next_sequence", pa.int64(), "Header/nextSequence"),
            column("last_sequence", pa.int64(), "Header/lastSequence"),
            column("lowest_sequence", pa.int64(), "of its observations"),
            column("observations", pa.int64(), "how many it holds, a time series counted once"),
            column("created_at", TIME, "Header/creationTime"),
            column("source", pa.string(), "URL or topic from which a recorder had it"),
            column("received_at", TIME, "as its recorder noted, else the time in the object's key, else created_at"),
            key_column("plan", pa.int64(), "ingest plan that read it"),
        ]
    ),
)

FILES = TableSpec(
    "copper/files",
    "a landing file that has been read; its identity is path, size and etag",
    pa.schema(
        [
            key_column("path", pa.string(), "path below the landing folder"),
            key_column("size", pa.int64(), "bytes"),
            key_column("etag", pa.string(), "the store's tag of this content"),
            key_column("folder", pa.string(), "the path without the file's name"),
            key_column("batch", pa.int64(), "ingest plan that read it"),
        ]
    ),
    (),
    ("folder", "path"),
)

SEQUENCES = TableSpec(
    "copper/sequences",
    "a run of stored sequence numbers",
    pa.schema(
        [
            key_column("agent", pa.string(), "the agent's name"),
            key_column("instance_id", pa.int64(), "the agent's instance"),
            key_column("first", pa.int64(), "first stored sequence of the run"),
            key_column("last", pa.int64(), "last stored sequence of the run"),
            key_column("batch", pa.int64(), "ingest plan that stored it"),
        ]
    ),
)

LAST_VALUES = TableSpec(
    "copper/last_values",
    "the last value of a data item (of each active code of a condition) in a period",
    pa.schema(
        [
            DEVICE_COLUMN,
            key_column("period", TIME, "UTC hour"),
            key_column("data_item", pa.string(), "data item id"),
            column("native_code", pa.string(), "CONDITION: the code; else null"),
            key_column("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            key_column("event_time", TIME, "of the last observation in the period"),
            column("instance_id", pa.int64(), "of that observation"),
            column("sequence", pa.int64(), "of that observation"),
            column("value", pa.float64(), "of that observation"),
            column("text", pa.string(), "of that observation"),
            column("level", pa.string(), "of that observation"),
            key_column("native_units", pa.bool_(), "of that observation"),
            key_column("batch", pa.int64(), "ingest plan; the latest observation counts, not the latest plan"),
        ]
    ),
)

QUARANTINE = TableSpec(
    "copper/quarantine",
    "bytes that could not be read",
    pa.schema(
        [
            key_column("path", pa.string(), "landing file"),
            key_column(
                "offset", pa.int64(), "first byte: in the unpacked file; in the file itself behind a gzip stream"
            ),
            key_column("length", pa.int64(), "bytes"),
            key_column("reason", pa.string(), "why, in words"),
            key_column("batch", pa.int64(), "ingest plan"),
        ]
    ),
)

ASSETS = TableSpec(
    "copper/assets",
    "an asset document, as received, once",
    pa.schema(
        [
            key_column("agent", pa.string(), "the agent's name"),
            column("instance_id", pa.int64(), "Header/instanceId"),
            key_column("asset_id", pa.string(), "the asset's id"),
            key_column("type", pa.string(), "CuttingTool, File, …"),
            column("device_uuid", pa.string(), "the device that holds it"),
            column("event_time", TIME, "the asset's timestamp"),
            key_column("removed", pa.bool_(), "true if it was removed"),
            key_column("content", pa.string(), "the document as it stood, XML or JSON"),
            column("received_at", TIME, "of the document that held it"),
            key_column("batch", pa.int64(), "ingest plan that read it"),
        ]
    ),
)

DATA_ITEMS = TableSpec(
    "copper/data_items",
    "a data item over a validity interval, from a probe",
    pa.schema(
        [
            key_column("agent", pa.string(), "the agent's name"),
            DEVICE_COLUMN,
            key_column("device_name", pa.string(), "the device's name in the probe"),
            key_column("id", pa.string(), "data item id, unique within an agent"),
            column("name", pa.string(), "data item name"),
            key_column("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            key_column("type", pa.string(), "the standard's type, such as SPINDLE_SPEED"),
            column("sub_type", pa.string(), "such as ACTUAL"),
            column("units", pa.string(), "units that the agent sends"),
            column("native_units", pa.string(), "units that the adapter sends"),
            column("native_scale", pa.float64(), "divisor of the native value; 0: the probe's is none"),
            key_column("representation", pa.string(), "VALUE, TIME_SERIES, DATA_SET, TABLE, DISCRETE"),
            column("source", pa.string(), "the adapter's own key"),
            key_column("component", pa.string(), "path of components, such as 'Axes/Linear[X]'"),
            column("sample_rate", pa.float64(), "values a second of its time series, where only the probe tells"),
            key_column("is_agent", pa.bool_(), "true for the agent's own device"),
            column("valid_from", TIME, "first moment of this definition; null: always"),
            column("valid_to", TIME, "first moment after it; null: still valid"),
        ]
    ),
)

COVERAGE = TableSpec(
    "copper/coverage",
    "an interval of one device; kinds exclude each other, clipped to periods",
    pa.schema(
        [
            MONTH_COLUMN,
            DEVICE_COLUMN,
            key_column("start", TIME, "inclusive"),
            key_column("end", TIME, "exclusive"),
            key_column(
                "kind", pa.string(), "strongest first: lost, restarted, disconnected, unavailable, live, silent"
            ),
            column("count", pa.int64(), "lost: observations that are missing"),
        ]
    ),
    ("month",),
    ("device_uuid", "start"),
)
