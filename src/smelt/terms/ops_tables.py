"""Tables of how it went: arrival, tasks and runs."""

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.table_spec import DEVICE_COLUMN, MONTH_COLUMN, TableSpec, key_column

QUALITY = TableSpec(
    "ops/quality",
    "how a device's observations of an hour arrived",
    pa.schema(
        [
            MONTH_COLUMN,
            DEVICE_COLUMN,
            key_column("period", TIME, "UTC hour of event_time"),
            key_column("observations", pa.int64(), "rows of copper/observations"),
            key_column("unavailable", pa.int64(), "of these, UNAVAILABLE"),
            key_column(
                "lateness_steps", pa.list_(pa.int16()), "steps of received_at - event_time that occur, ascending"
            ),
            key_column("lateness_rows", pa.list_(pa.int64()), "rows in each of these steps"),
        ]
    ),
    ("month",),
    ("device_uuid", "period"),
)

TASKS = TableSpec(
    "ops/tasks",
    "what a period of a device was made from; for ingest, the rows a plan added to it",
    pa.schema(
        [
            key_column("stage", pa.string(), "ingest, coverage, silver, gold, train, scores, episodes"),
            DEVICE_COLUMN,
            key_column("period", TIME, "UTC hour"),
            key_column("plan", pa.int64(), "plan of that stage; the highest counts, for ingest they add up"),
            key_column("rows", pa.int64(), "rows written (ingest: added)"),
            key_column("fingerprint", pa.int64(), "of the inputs (ingest: sum of the rows' hashes, mod 2^64)"),
        ]
    ),
)

RUNS = TableSpec(
    "ops/runs",
    "a finished plan of a stage",
    pa.schema(
        [
            key_column("stage", pa.string(), "the stage"),
            key_column("plan", pa.int64(), "its number"),
            key_column("started_at", TIME, "by the driver's clock"),
            key_column("seconds", pa.float64(), "from plan to commit"),
            key_column("tasks", pa.int64(), "tasks in the plan"),
            key_column("rows_written", pa.int64(), "rows that are new in the stage's table"),
            key_column("files_written", pa.int64(), "data files"),
            key_column("bytes_written", pa.int64(), "their size"),
            key_column("rejects", pa.int64(), "rows or byte ranges sent to quarantine"),
        ]
    ),
)
