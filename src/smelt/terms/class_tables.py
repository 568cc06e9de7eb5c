"""The tables that each class's mapping decides: silver, minutes and features."""

import pyarrow as pa

from smelt.terms.observation import TIME
from smelt.terms.plant import ClassMapping
from smelt.terms.table_spec import DEVICE_COLUMN, MONTH_COLUMN, TableSpec, column, key_column

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


def _cells(mapping: ClassMapping) -> list[pa.Field]:
    return [
        column(
            c.name,
            pa.float64() if c.dtype == "float64" else pa.string(),
            f"{c.category} {c.item}" + (f", {c.unit}" if c.unit else ""),
        )
        for c in mapping.columns
    ]


def silver_table(mapping: ClassMapping) -> TableSpec:
    """Return the table silver/<class>: a device at an instant, the mapping's columns in order."""
    head = [MONTH_COLUMN, DEVICE_COLUMN, key_column("time", TIME, "instant of an observation")]
    tail = [
        key_column("measured", pa.binary(), "bit i (lowest first): column i was observed at this instant"),
        key_column("repaired", pa.bool_(), "true if an observation is here because its own stamp was disproved"),
    ]
    return TableSpec(
        f"silver/{mapping.class_name}",
        "a device at an instant, last observations carried forward",
        pa.schema(head + _cells(mapping) + tail),
        ("month",),
        ("device_uuid", "time"),
    )


_MINUTE_HEAD = [
    MONTH_COLUMN,
    DEVICE_COLUMN,
    key_column("minute", TIME, "start of the minute"),
    key_column("is_live", pa.bool_(), "a mapped item is known and the source was in contact"),
    key_column("is_running", pa.bool_(), "live, and the mapping's running expression holds"),
]


def minutes_table(mapping: ClassMapping) -> TableSpec:
    """Return the table gold/<class>_minutes: every device-minute, each cell with its origin."""
    tail = [key_column("origin", pa.string(), "letter i: column i was m measured, h held, i imputed, x missing")]
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
        column(feature_name(c.name, feature, window_minutes), pa.float32(), f"{feature} of {c.name}")
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
