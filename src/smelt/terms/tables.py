"""Every table of the lake: columns with their meaning, partition and sort order; docs/tables.md is made from this."""

from dataclasses import dataclass

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.plant import ClassMapping

LAKE_FORMAT = 1
NO_MONTH = "0000-00"
COVERAGE_KINDS = ("lost", "restarted", "disconnected", "unavailable", "live", "silent")
ORIGINS = {"m": "measured", "h": "held", "i": "imputed", "x": "missing"}
FEATURES = (
    "rolling_avg",
    "tumbling_avg",
    "rolling_median",
    "rolling_std",
    "rolling_min",
    "rolling_max",
    "rolling_sum",
)

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


def _column(name: str, kind: pa.DataType, doc: str, nullable: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"comment": doc})


def _key(name: str, kind: pa.DataType, doc: str) -> pa.Field:
    return _column(name, kind, doc, nullable=False)


_MONTH = _key("month", pa.string(), "partition: UTC month, 'YYYY-MM'")
_DEVICE = _key("device_uuid", pa.string(), "the device's MTConnect uuid")

OBSERVATIONS = TableSpec(
    "copper/observations",
    "an observation, as received, once",
    pa.schema(
        [
            _key("month", pa.string(), "partition: month of event_time; '0000-00' where the stamp is implausible"),
            _key("bucket", pa.int32(), "partition: bucket of the device"),
            _key("agent", pa.string(), "the agent's name"),
            _column("instance_id", pa.int64(), "the agent's instance; null for logs"),
            _column("sequence", pa.int64(), "the agent's sequence number; null for logs"),
            _key("part", pa.int32(), "sample within a time series, or ordinal among identical log lines"),
            _DEVICE,
            _key("data_item", pa.string(), "data item id; the log's own key where no probe declares it"),
            _key("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            _column("event_time", TIME, "as stamped at the source"),
            _column("value", pa.float64(), "number; null if UNAVAILABLE or not a number"),
            _column("text", pa.string(), "EVENT's value, CONDITION's message, JSON of vectors, sets and tables"),
            _column("level", pa.string(), "CONDITION: NORMAL, WARNING, FAULT, UNAVAILABLE; else UNAVAILABLE or null"),
            _column("native_code", pa.string(), "CONDITION's code at the controller"),
            _key("native_units", pa.bool_(), "true if value is in the probe's nativeUnits (adapter logs)"),
            _column("received_at", TIME, "time in the object's key, else the header's creationTime"),
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
            _key("path", pa.string(), "landing file"),
            _key("offset", pa.int64(), "first byte in the unpacked file"),
            _key("length", pa.int64(), "bytes"),
            _key("dialect", pa.string(), "json-v2 or shdr"),
            _key("agent", pa.string(), "the agent's name"),
            _column("instance_id", pa.int64(), "Header/instanceId"),
            _column("first_sequence", pa.int64(), "Header/firstSequence"),
            _column("next_sequence", pa.int64(), "Header/nextSequence"),
            _column("last_sequence", pa.int64(), "Header/lastSequence"),
            _column("created_at", TIME, "Header/creationTime"),
            _column("received_at", TIME, "time in the object's key, else created_at"),
            _key("plan", pa.int64(), "ingest plan that read it"),
        ]
    ),
)

FILES = TableSpec(
    "copper/files",
    "a landing file that has been read; its identity is path, size and etag",
    pa.schema(
        [
            _key("path", pa.string(), "path below the landing folder"),
            _key("size", pa.int64(), "bytes"),
            _key("etag", pa.string(), "the store's tag of this content"),
            _key("folder", pa.string(), "the path without the file's name"),
            _key("batch", pa.int64(), "ingest plan that read it"),
        ]
    ),
)

SEQUENCES = TableSpec(
    "copper/sequences",
    "a run of stored sequence numbers",
    pa.schema(
        [
            _key("agent", pa.string(), "the agent's name"),
            _key("instance_id", pa.int64(), "the agent's instance"),
            _key("first", pa.int64(), "first stored sequence of the run"),
            _key("last", pa.int64(), "last stored sequence of the run"),
            _key("batch", pa.int64(), "ingest plan that stored it"),
        ]
    ),
)

LAST_VALUES = TableSpec(
    "copper/last_values",
    "the last value of a data item (of each active code of a condition) in a period",
    pa.schema(
        [
            _DEVICE,
            _key("period", TIME, "UTC hour"),
            _key("data_item", pa.string(), "data item id"),
            _column("native_code", pa.string(), "CONDITION: the code; else null"),
            _key("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            _key("event_time", TIME, "of the last observation in the period"),
            _column("instance_id", pa.int64(), "of that observation"),
            _column("sequence", pa.int64(), "of that observation"),
            _column("value", pa.float64(), "of that observation"),
            _column("text", pa.string(), "of that observation"),
            _column("level", pa.string(), "of that observation"),
            _key("native_units", pa.bool_(), "of that observation"),
            _key("batch", pa.int64(), "ingest plan; the latest observation counts, not the latest plan"),
        ]
    ),
)

QUARANTINE = TableSpec(
    "copper/quarantine",
    "bytes that could not be read",
    pa.schema(
        [
            _key("path", pa.string(), "landing file"),
            _key("offset", pa.int64(), "first byte: in the unpacked file; in the file itself behind a gzip stream"),
            _key("length", pa.int64(), "bytes"),
            _key("reason", pa.string(), "why, in words"),
            _key("batch", pa.int64(), "ingest plan"),
        ]
    ),
)

DATA_ITEMS = TableSpec(
    "copper/data_items",
    "a data item over a validity interval, from a probe",
    pa.schema(
        [
            _key("agent", pa.string(), "the agent's name"),
            _DEVICE,
            _key("device_name", pa.string(), "the device's name in the probe"),
            _key("id", pa.string(), "data item id, unique within an agent"),
            _column("name", pa.string(), "data item name"),
            _key("category", pa.string(), "SAMPLE, EVENT or CONDITION"),
            _key("type", pa.string(), "the standard's type, such as SPINDLE_SPEED"),
            _column("sub_type", pa.string(), "such as ACTUAL"),
            _column("units", pa.string(), "units that the agent sends"),
            _column("native_units", pa.string(), "units that the adapter sends"),
            _column("native_scale", pa.float64(), "divisor of the native value"),
            _key("representation", pa.string(), "VALUE, TIME_SERIES, DATA_SET, TABLE, DISCRETE"),
            _column("source", pa.string(), "the adapter's own key"),
            _key("component", pa.string(), "path of components, such as 'Axes/Linear[X]'"),
            _key("is_agent", pa.bool_(), "true for the agent's own device"),
            _column("valid_from", TIME, "first moment of this definition; null: always"),
            _column("valid_to", TIME, "first moment after it; null: still valid"),
        ]
    ),
)

COVERAGE = TableSpec(
    "copper/coverage",
    "an interval of one device; kinds exclude each other, clipped to periods",
    pa.schema(
        [
            _MONTH,
            _DEVICE,
            _key("start", TIME, "inclusive"),
            _key("end", TIME, "exclusive"),
            _key("kind", pa.string(), "strongest first: lost, restarted, disconnected, unavailable, live, silent"),
            _column("count", pa.int64(), "lost: observations that are missing"),
        ]
    ),
    ("month",),
    ("device_uuid", "start"),
)

SCORES = TableSpec(
    "results/scores",
    "a scored device-minute of a model version",
    pa.schema(
        [
            _MONTH,
            _DEVICE,
            _key("minute", TIME, "start of the minute"),
            _key("model_version", pa.string(), "the model that scored it"),
            _key("score", pa.float32(), "forest score, higher is more abnormal"),
            _key("severity", pa.float32(), "0-100; 75 is the threshold that the budget gives"),
            _key("threshold", pa.float32(), "score at severity 75"),
            _key("contributions", CONTRIBUTIONS, "signals by share of the score, largest first, at most 8"),
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
            _key("episode_id", pa.string(), "from device, start and model version"),
            _DEVICE,
            _key("start", TIME, "inclusive"),
            _key("end", TIME, "exclusive"),
            _key("is_open", pa.bool_(), "true if it had not closed at the last scored minute"),
            _key("model_version", pa.string(), "the model that found it"),
            _key("peak_time", TIME, "minute of the highest score"),
            _key("peak_score", pa.float32(), "highest score"),
            _key("peak_severity", pa.float32(), "highest severity"),
            _key("scored_minutes", pa.int64(), "scored minutes in it"),
            _key("alarm_minutes", pa.int64(), "minutes at severity 75 or more"),
            _key("is_provisional", pa.bool_(), "true if the model had too few minutes behind it"),
            _key("contributions", CONTRIBUTIONS, "signals by share over the alarm minutes; they sum to 1"),
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
            _key("model_version", pa.string(), "from device, features, training interval and settings"),
            _DEVICE,
            _key("class_name", pa.string(), "class whose features it reads"),
            _key("trained_from", TIME, "first training minute"),
            _key("trained_to", TIME, "the training cut: scored minutes begin here"),
            _key("calibrated_to", TIME, "end of the held-out minutes"),
            _key("training_minutes", pa.int64(), "running minutes that trained it"),
            _key("calibration_minutes", pa.int64(), "running minutes that calibrated it"),
            _key("running_minutes", pa.int64(), "running minutes that there were when it was trained"),
            _key("is_provisional", pa.bool_(), "under 3,000 training or 1,500 calibration minutes"),
            _key("days_wanted", pa.float64(), "days of the device's usual running until it is not provisional"),
            _key("threshold", pa.float32(), "score at severity 75"),
            _key("factor", pa.float64(), "each 5 points of severity above 75 are this many times rarer"),
            _key("calibration", pa.string(), "JSON: the held-out tail that severity is read from"),
            _key("features", pa.list_(pa.string()), "feature columns in order"),
            _key("bands", pa.string(), "JSON: signal -> [1st, 99th percentile] of its training minutes"),
            _key("path", pa.string(), "the forest's file below the lake"),
            _key("sha256", pa.string(), "of that file"),
        ]
    ),
)

EXCLUSIONS = TableSpec(
    "people/exclusions",
    "a bad interval that silver leaves out",
    pa.schema(
        [
            _key("exclusion_id", pa.string(), "from its content"),
            _DEVICE,
            _key("start", TIME, "inclusive"),
            _key("end", TIME, "exclusive"),
            _key("why", pa.string(), "the reason, in the author's words"),
            _key("author", pa.string(), "who said so"),
            _key("created_at", TIME, "when"),
        ]
    ),
)

MAINTENANCE = TableSpec(
    "maintenance/log",
    "a job done on a device",
    pa.schema(
        [
            _DEVICE,
            _key("time", TIME, "when it was done"),
            _key("kind", pa.string(), "planned, repair, tool_change, inspection"),
            _column("component", pa.string(), "what it was done to"),
            _column("note", pa.string(), "in the technician's words"),
        ]
    ),
)

STATIC_DEVICES = TableSpec(
    "static/devices",
    "what does not change about a device",
    pa.schema(
        [
            _DEVICE,
            _key("name", pa.string(), "what people call it"),
            _key("class_name", pa.string(), "its class"),
            _column("manufacturer", pa.string(), ""),
            _column("model", pa.string(), ""),
            _column("commissioned", pa.date32(), "first day of service"),
            _column("site", pa.string(), ""),
            _column("criticality", pa.int32(), "1 (spare) to 5 (the line stands still)"),
        ]
    ),
)

TASKS = TableSpec(
    "ops/tasks",
    "what a period of a device was made from; for ingest, the rows a plan added to it",
    pa.schema(
        [
            _key("stage", pa.string(), "ingest, coverage, silver, minutes, features, scores"),
            _DEVICE,
            _key("period", TIME, "UTC hour"),
            _key("plan", pa.int64(), "plan of that stage; the highest counts, for ingest they add up"),
            _key("rows", pa.int64(), "rows written (ingest: added)"),
            _key("fingerprint", pa.int64(), "of the inputs (ingest: sum of the rows' hashes, mod 2^64)"),
        ]
    ),
)

RUNS = TableSpec(
    "ops/runs",
    "a finished plan of a stage",
    pa.schema(
        [
            _key("stage", pa.string(), "the stage"),
            _key("plan", pa.int64(), "its number"),
            _key("started_at", TIME, "by the driver's clock"),
            _key("seconds", pa.float64(), "from plan to commit"),
            _key("tasks", pa.int64(), "tasks in the plan"),
            _key("rows_written", pa.int64(), "rows that are new in the stage's table"),
            _key("files_written", pa.int64(), "data files"),
            _key("bytes_written", pa.int64(), "their size"),
            _key("rejects", pa.int64(), "rows or byte ranges sent to quarantine"),
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
    DATA_ITEMS,
    COVERAGE,
    SCORES,
    EPISODES,
    MODELS,
    EXCLUSIONS,
    MAINTENANCE,
    STATIC_DEVICES,
    TASKS,
    RUNS,
)


def _cells(mapping: ClassMapping) -> list[pa.Field]:
    return [
        _column(
            c.name,
            pa.float64() if c.dtype == "float64" else pa.string(),
            f"{c.category} {c.item}" + (f", {c.unit}" if c.unit else ""),
        )
        for c in mapping.columns
    ]


def silver_table(mapping: ClassMapping) -> TableSpec:
    """Return the table silver/<class>: a device at an instant, the mapping's columns in order."""
    head = [_MONTH, _DEVICE, _key("time", TIME, "instant of an observation")]
    tail = [_key("measured", pa.binary(), "bit i (lowest first): column i of the mapping was observed at this instant")]
    return TableSpec(
        f"silver/{mapping.class_name}",
        "a device at an instant, last observations carried forward",
        pa.schema(head + _cells(mapping) + tail),
        ("month",),
        ("device_uuid", "time"),
    )


_MINUTE_HEAD = [
    _MONTH,
    _DEVICE,
    _key("minute", TIME, "start of the minute"),
    _key("is_live", pa.bool_(), "a mapped item is known and the source was in contact"),
    _key("is_running", pa.bool_(), "live, and the mapping's running expression holds"),
]


def minutes_table(mapping: ClassMapping) -> TableSpec:
    """Return the table gold/<class>_minutes: every device-minute, each cell with its origin."""
    tail = [_key("origin", pa.string(), "letter i: column i was m measured, h held, i imputed, x missing")]
    return TableSpec(
        f"gold/{mapping.class_name}_minutes",
        "a device-minute, every minute",
        pa.schema(_MINUTE_HEAD + _cells(mapping) + tail),
        ("month",),
        ("device_uuid", "minute"),
    )


def feature_name(column: str, feature: str, window_minutes: int) -> str:
    """Name a feature column.

    Examples
    --------
    >>> feature_name("load", "rolling_avg", 15)
    'load__rolling_avg_15m'
    """
    return f"{column}__{feature}_{window_minutes}m"


def signal_of(feature_column: str) -> str:
    """Return the signal that a feature column was made from.

    Examples
    --------
    >>> signal_of("load__rolling_avg_15m")
    'load'
    """
    return feature_column.rsplit("__", 1)[0]


def features_table(mapping: ClassMapping, window_minutes: int) -> TableSpec:
    """Return the table gold/<class>_features: seven features of each numeric column for every device-minute."""
    cells = [
        _column(feature_name(c.name, feature, window_minutes), pa.float32(), f"{feature} of {c.name}")
        for c in mapping.columns
        if c.dtype == "float64"
        for feature in FEATURES
    ]
    return TableSpec(
        f"gold/{mapping.class_name}_features",
        "a device-minute of the feature view",
        pa.schema(_MINUTE_HEAD + cells),
        ("month",),
        ("device_uuid", "minute"),
    )
