"""Tables of what people tell: bad intervals, maintenance, and what does not change about a device."""

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.table_spec import DEVICE_COLUMN, TableSpec, column, key_column

EXCLUSIONS = TableSpec(
    "people/exclusions",
    "a bad interval that silver leaves out",
    pa.schema(
        [
            key_column("exclusion_id", pa.string(), "from its content"),
            DEVICE_COLUMN,
            key_column("start", TIME, "inclusive"),
            key_column("end", TIME, "exclusive"),
            key_column("why", pa.string(), "the reason, in the author's words"),
            key_column("author", pa.string(), "who said so"),
            key_column("created_at", TIME, "when"),
        ]
    ),
)

MAINTENANCE = TableSpec(
    "maintenance/log",
    "a job done on a device",
    pa.schema(
        [
            DEVICE_COLUMN,
            key_column("time", TIME, "when it was done"),
            key_column("kind", pa.string(), "planned, repair, tool_change, inspection"),
            column("component", pa.string(), "what it was done to"),
            column("note", pa.string(), "in the technician's words"),
        ]
    ),
)

STATIC_DEVICES = TableSpec(
    "static/devices",
    "what does not change about a device",
    pa.schema(
        [
            DEVICE_COLUMN,
            key_column("name", pa.string(), "what people call it"),
            key_column("class_name", pa.string(), "its class"),
            column("manufacturer", pa.string(), ""),
            column("model", pa.string(), ""),
            column("commissioned", pa.date32(), "first day of service"),
            column("site", pa.string(), ""),
            column("criticality", pa.int32(), "1 (spare) to 5 (the line stands still)"),
        ]
    ),
)
