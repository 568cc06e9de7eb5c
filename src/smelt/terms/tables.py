"""Every table of the lake, with the words that their rows share; docs/tables.md is made from this."""

from smelt.terms.copper_tables import (
    ASSETS,
    COVERAGE,
    DATA_ITEMS,
    DOCUMENTS,
    FILES,
    LAST_VALUES,
    OBSERVATIONS,
    QUARANTINE,
    SEQUENCES,
)
from smelt.terms.ops_tables import QUALITY, RUNS, TASKS
from smelt.terms.people_tables import EXCLUSIONS, MAINTENANCE, STATIC_DEVICES
from smelt.terms.result_tables import CONTRIBUTIONS, EPISODES, MODELS, SCORES
from smelt.terms.table_spec import TableSpec

__all__ = [
    "ASSETS",
    "CONTRIBUTIONS",
    "COVERAGE",
    "COVERAGE_KINDS",
    "DATA_ITEMS",
    "DOCUMENTS",
    "EPISODES",
    "EXCLUSIONS",
    "FILES",
    "FIXED_TABLES",
    "LAKE_FORMAT",
    "LAST_VALUES",
    "MAINTENANCE",
    "MODELS",
    "NO_MONTH",
    "OBSERVATIONS",
    "QUALITY",
    "QUARANTINE",
    "RUNS",
    "SCORES",
    "SEQUENCES",
    "STATIC_DEVICES",
    "TASKS",
    "TableSpec",
]

LAKE_FORMAT = 2
NO_MONTH = "0000-00"
COVERAGE_KINDS = ("lost", "restarted", "disconnected", "unavailable", "live", "silent")

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
