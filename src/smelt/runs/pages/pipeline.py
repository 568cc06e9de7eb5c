"""The query behind the Pipeline page: is the data whole, how late does it come, and what did each stage do with it?"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from smelt.copper.drift import Change
from smelt.ingest.recorder_state import RecorderState, recorder_states
from smelt.lake.reader import LakeReader
from smelt.runs.pages.gaps import Gap, gaps_in
from smelt.runs.pages.pipeline_agents import AgentState, agents_in
from smelt.runs.pages.pipeline_arrival import Arrivals, arrivals
from smelt.runs.pages.pipeline_drift import drift_in
from smelt.runs.pages.pipeline_hours import Hours, hours
from smelt.runs.pages.pipeline_stages import StageRun, TableFiles, stage_runs, table_files
from smelt.runs.pages.rejects import Rejects, rejects_in
from smelt.runs.pages.tables import Reader, data_span
from smelt.runs.plant.config import PlantFolder
from smelt.terms.interval import Interval
from smelt.terms.plant import Device, Plant

NEVER_US = 4_102_444_800_000_000  # 2100


@dataclass(frozen=True)
class Command:
    """A command to run again, and what for."""

    what: str
    line: str


@dataclass(frozen=True)
class Pipeline:
    """Everything on the Pipeline page.

    `runs`, `tables` and `recorders` are those of now, the rest is of the interval; `drift` is also of what came after
    an interval that ends where the data does: a probe may be younger than the last observation.
    """

    interval: Interval
    span: Interval | None
    devices: tuple[Device, ...]
    hours: Hours
    gaps: tuple[Gap, ...]
    arrivals: Arrivals
    agents: tuple[AgentState, ...]
    runs: tuple[StageRun, ...]
    tables: tuple[TableFiles, ...]
    rejects: tuple[Rejects, ...]
    drift: tuple[Change, ...]
    recorders: tuple[RecorderState, ...]
    commands: tuple[Command, ...]


def pipeline(
    reader: Reader, plant: Plant, interval: Interval, devices: Sequence[Device], folder: PlantFolder | None = None
) -> Pipeline:
    """Ask the lake for the Pipeline page.

    Parameters
    ----------
    folder : of the plant, for its recorders' states and for commands that name it.
    """
    gaps = gaps_in(reader, devices, interval)
    span = data_span(reader, plant.devices)
    is_newest = span is None or interval.end_us >= span.end_us
    return Pipeline(
        interval=interval,
        span=span,
        devices=tuple(devices),
        hours=hours(reader, devices, interval),
        gaps=gaps,
        arrivals=arrivals(reader, devices, interval),
        agents=agents_in(reader, interval, gaps),
        runs=stage_runs(reader),
        tables=table_files(reader) if isinstance(reader, LakeReader) else (),
        rejects=rejects_in(reader, interval),
        drift=drift_in(reader, devices, Interval(interval.start_us, NEVER_US) if is_newest else interval),
        recorders=recorders_of(folder),
        commands=commands(folder),
    )


def recorders_of(folder: PlantFolder | None) -> tuple[RecorderState, ...]:
    """Return the state of every recorder that fills the plant's landing zone."""
    landing = folder.plant.source.landing if folder else None
    if folder is None or landing is None:
        return ()
    where = landing if "://" in landing else str(folder.root / landing)
    return tuple(recorder_states(where, folder.root / folder.plant.record.spool))


def commands(folder: PlantFolder | None, device: str | None = None) -> tuple[Command, ...]:
    """Return the commands that do the work again; they name the plant, so that they run anywhere on its machine."""
    plant = f" --plant {shlex.quote(str(folder.root))}" if folder else ""
    named = shlex.quote(device) if device else "DEVICE"
    return (
        Command("take what is new or stale through all stages", f"smelt run{plant}"),
        Command("see what would be done, without doing it", f"smelt run{plant} --dry-run"),
        Command("one device's hours, gaps and rejects", f"smelt coverage {named}{plant}"),
        Command("compare data items with the mapping files", f"smelt mapping diff{plant}"),
        Command("merge small files", f"smelt compact{plant}"),
    )
