"""Every table of the lake: columns with their meaning, partition and sort order; docs/tables.md is made from this."""

from dataclasses import dataclass

import pyarrow as pa

from smelt.terms.observation import TIME

LAKE_FORMAT = 2
NO_MONTH = "0000-00"
COVERAGE_KINDS = ("lost", "restarted", "disconnected", "unavailable", "live", "silent")

CONTRIBUTIONS = pa.list_(pa.struct([pa.field("signal", pa.string()), pa.field("share", pa.float32())]))


@dataclass(frozen=True)
class TableSpec:
    """A Delta table: its name, what one row is, its columns (meaning in their metadata), partitions and order."""

    name: str
    row: str
    schema: pa.Schema
    partition_by: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = ()

    def file_schema(self) -> pa.Schema:
        """Return the columns that stand in a data file: all but the partition's."""
        return pa.schema([f for f in self.schema if f.name not in self.partition_by])


def column(name: str, kind: pa.DataType, doc: str, nullable: bool = True) -> pa.Field:
    """Return a column whose meaning stands in its metadata."""
    return pa.field(name, kind, nullable=nullable, metadata={"comment": doc})


def key_column(name: str, kind: pa.DataType, doc: str) -> pa.Field:
    """Return a column that is never null."""
    return column(name, kind, doc, nullable=False)


MONTH_COLUMN = key_column("month", pa.string(), "partition: UTC month, 'YYYY-MM'")
DEVICE_COLUMN = key_column("device_uuid", pa.string(), "the device's MTConnect uuid")

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
            column("native_scale", pa.float64(), "divisor of the native value"),
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

SCORES = TableSpec(
    "results/scores",
    "a scored device-minute of a model version",
    pa.schema(
        [
            MONTH_COLUMN,
            DEVICE_COLUMN,
            key_column("minute", TIME, "start of the minute"),
            key_column("model_version", pa.string(), "the model that scored it"),
            key_column("score", pa.float32(), "forest score, higher is more abnormal"),
            key_column("severity", pa.float32(), "0-100; 75 is the threshold that the budget gives"),
            key_column("threshold", pa.float32(), "score at severity 75"),
            key_column("contributions", CONTRIBUTIONS, "signals by share of the score, largest first, at most 8"),
        ]
    ),
    ("month",),
    ("device_uuid", "minute"),
)

EPISODES = TableSpec(
    "results/episodes",
    "an episode: merged alarms of one device",
    pa.schema(
        [
            key_column("episode_id", pa.string(), "from device, start and model version"),
            DEVICE_COLUMN,
            key_column("start", TIME, "inclusive"),
            key_column("end", TIME, "exclusive"),
            key_column("is_open", pa.bool_(), "true if it had not closed at the last scored minute"),
            key_column("model_version", pa.string(), "the model that found it"),
            key_column("peak_time", TIME, "minute of the highest score"),
            key_column("peak_score", pa.float32(), "highest score"),
            key_column("peak_severity", pa.float32(), "highest severity"),
            key_column("scored_minutes", pa.int64(), "scored minutes in it"),
            key_column("alarm_minutes", pa.int64(), "minutes at severity 75 or more"),
            key_column("is_provisional", pa.bool_(), "true if the model had too few minutes behind it"),
            key_column("contributions", CONTRIBUTIONS, "signals by share over the alarm minutes; they sum to 1"),
        ]
    ),
    (),
    ("device_uuid", "start"),
)

MODELS = TableSpec(
    "models/versions",
    "a model version: one forest of one device",
    pa.schema(
        [
            key_column("model_version", pa.string(), "from device, features, training interval and settings"),
            DEVICE_COLUMN,
            key_column("class_name", pa.string(), "class whose features it reads"),
            key_column("trained_from", TIME, "first training minute"),
            key_column("trained_to", TIME, "the training cut: scored minutes begin here"),
            key_column("calibrated_to", TIME, "end of the held-out minutes"),
            key_column("training_minutes", pa.int64(), "running minutes that trained it"),
            key_column("calibration_minutes", pa.int64(), "running minutes that calibrated it"),
            key_column("running_minutes", pa.int64(), "running minutes that there were when it was trained"),
            key_column("is_provisional", pa.bool_(), "under 3,000 training or 1,500 calibration minutes"),
            key_column("days_wanted", pa.float64(), "days of the device's usual running until it is not provisional"),
            key_column("threshold", pa.float32(), "score at severity 75"),
            key_column("factor", pa.float64(), "each 5 points of severity above 75 are this many times rarer"),
            key_column("calibration", pa.string(), "JSON: the held-out tail that severity is read from"),
            key_column("features", pa.list_(pa.string()), "feature columns in order"),
            key_column("bands", pa.string(), "JSON: signal -> [1st, 99th percentile] of its training minutes"),
            key_column("path", pa.string(), "the forest's file below the lake"),
            key_column("sha256", pa.string(), "of that file"),
            key_column("plan", pa.int64(), "training plan that made it: of a device's versions the latest rules"),
        ]
    ),
)

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

FIXED_TABLES = (
    OBSERVATIONS,
    DOCUMENTS,
    FILES,
    SEQUENCES,
    LAST_VALUES,
    QUARANTINE,
    ASSETS,
    DATA_ITEMS,
    COVERAGE,
    QUALITY,
    SCORES,
    EPISODES,
    MODELS,
    EXCLUSIONS,
    MAINTENANCE,
    STATIC_DEVICES,
    TASKS,
    RUNS,
)
