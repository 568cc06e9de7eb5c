"""What each stage's plans did: rows in and out, files, bytes, rejects; and the files that tables consist of."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from smelt.lake.reader import LakeReader, open_table
from smelt.runs.pages.tables import Reader, table
from smelt.terms.interval import to_us
from smelt.terms.tables import DOCUMENTS, RUNS, TASKS

ORDER = ("probe", "ingest", "coverage", "silver", "gold", "train", "scores", "episodes")
MADE_FROM = {"coverage": "ingest", "silver": "ingest", "gold": "silver", "scores": "gold"}
SMALL_BYTES = 32 << 20
SHOWN_RUNS = 60


@dataclass(frozen=True)
class StageRun:
    """A finished plan; `rows_in` is what stands in the periods that it took (ingest: what its documents held).

    None for train and episodes, which read what they need of all periods.
    """

    stage: str
    plan: int
    started_us: int
    seconds: float
    tasks: int
    rows_in: int | None
    rows_out: int
    files: int
    bytes: int
    rejects: int


@dataclass(frozen=True)
class TableFiles:
    """A table's data files; `small` of them `smelt compact` could merge: under 32 MiB, not alone in their partition."""

    table: str
    files: int
    bytes: int
    small: int


def stage_runs(reader: Reader, most: int = SHOWN_RUNS) -> tuple[StageRun, ...]:
    """Return the newest plans of all stages, the newest first."""
    newest = table(reader, RUNS).sort("started_at", "plan").tail(most).collect()
    taken = _rows_in(reader, newest)
    runs = [
        StageRun(
            stage=row["stage"],
            plan=row["plan"],
            started_us=to_us(row["started_at"]),
            seconds=row["seconds"],
            tasks=row["tasks"],
            rows_in=taken.get((row["stage"], row["plan"])),
            rows_out=row["rows_written"],
            files=row["files_written"],
            bytes=row["bytes_written"],
            rejects=row["rejects"],
        )
        for row in newest.to_dicts()
    ]
    return tuple(reversed(runs))


def _rows_in(reader: Reader, newest: pl.DataFrame) -> dict[tuple[str, int], int]:
    key = ("stage", "plan")
    if newest.is_empty():
        return {}
    tasks = table(reader, TASKS).select(*key, "device_uuid", "period", "rows")
    mine = tasks.join(newest.lazy().select(key), on=key, how="semi").collect()
    plans = newest.filter(pl.col("stage") == "ingest")["plan"]
    held = table(reader, DOCUMENTS).filter(pl.col("plan").is_in(plans.implode())).group_by("plan")
    found = {("ingest", plan): n for plan, n in held.agg(pl.col("observations").sum()).collect().rows()}
    for stage, made_from in MADE_FROM.items():
        units = mine.filter(pl.col("stage") == stage).select("plan", "device_uuid", "period")
        if units.is_empty():
            continue
        at = units.select("device_uuid", "period").unique().lazy()
        above = tasks.filter(pl.col("stage") == made_from).join(at, on=("device_uuid", "period"), how="semi")
        rows = pl.col("rows").sum() if made_from == "ingest" else pl.col("rows").sort_by("plan").last()
        there = above.group_by("device_uuid", "period").agg(rows).collect()
        taken = units.join(there, on=("device_uuid", "period"), how="left").group_by("plan").agg(pl.col("rows").sum())
        found |= {(stage, plan): n for plan, n in taken.rows()}
    return found


def table_files(reader: LakeReader) -> tuple[TableFiles, ...]:
    """Return the files of every table, the most small files first."""
    found = [_files_of(reader, name) for name in reader.names()]
    return tuple(sorted(found, key=lambda t: (-t.small, -t.bytes, t.table)))


def _files_of(reader: LakeReader, name: str) -> TableFiles:
    delta = open_table(f"{reader.uri}/{name}")
    actions = pl.DataFrame(delta.get_add_actions(flatten=False))
    sizes = actions["size_bytes"]
    folder = actions["path"].str.extract(r"^(.*)/").fill_null("")
    small = actions.select(folder=folder, is_small=sizes < SMALL_BYTES).group_by("folder").agg(pl.col("is_small").sum())
    mergeable = small.filter(pl.col("is_small") > 1)["is_small"].sum()
    return TableFiles(name, actions.height, int(sizes.sum()), int(mergeable))


def of_stages(runs: Sequence[StageRun]) -> tuple[StageRun, ...]:
    """Return the newest run of each stage, in the order of the way of the data."""
    newest: dict[str, StageRun] = {}
    for run in runs:
        newest.setdefault(run.stage, run)
    return tuple(
        sorted(newest.values(), key=lambda r: (ORDER.index(r.stage) if r.stage in ORDER else len(ORDER), r.stage))
    )
