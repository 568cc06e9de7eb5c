"""What a lake holds, in a few numbers: devices, observations, episodes with their top signals, disk used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from smelt.copper.undeclared import UNDECLARED
from smelt.lake.location import Location
from smelt.lake.reader import LakeReader, open_table
from smelt.runs.plant.config import PlantFolder
from smelt.runs.probe import current_items, ended_items
from smelt.terms.tables import (
    EPISODES,
    LAST_VALUES,
    MODELS,
    OBSERVATIONS,
    QUARANTINE,
    SCORES,
)


@dataclass(frozen=True)
class EpisodeLine:
    """An episode in a list: whose, when, how high, and the signals that contributed most."""

    device: str
    start: datetime
    end: datetime
    peak_severity: float
    signals: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What a run leaves behind."""

    devices: int
    classes: tuple[str, ...]
    observations: int
    scored_minutes: int
    models: int
    provisional_models: int
    episodes: int
    top_episodes: tuple[EpisodeLine, ...]
    quarantined: int
    lake: str
    lake_bytes: int
    notes: tuple[str, ...] = ()


def summarize(folder: PlantFolder, reader: LakeReader, most: int = 10) -> Summary:
    """Count what the lake holds; the highest episodes first."""
    names = {d.uuid: d.name for d in folder.plant.devices}
    models = latest_models(reader)
    episodes = latest_episodes(reader)
    return Summary(
        len(names),
        folder.plant.classes,
        _count(reader, OBSERVATIONS.name),
        _count(reader, SCORES.name),
        models.height,
        int(models["is_provisional"].sum()) if models.height else 0,
        episodes.height,
        tuple(_line(row, names) for row in episodes.head(most).to_dicts()),
        _count(reader, QUARANTINE.name),
        reader.uri,
        _bytes(reader),
        tuple(_notes(folder, reader)),
    )


def _notes(folder: PlantFolder, reader: LakeReader) -> Iterator[str]:
    """Say what a person may have got wrong: devices that said nothing, items that no probe declares."""
    if not reader.exists(LAST_VALUES.name):
        return
    spoke = set(reader.scan(LAST_VALUES.name).select("device_uuid").unique().collect()["device_uuid"])
    silent = [d.name for d in folder.plant.devices if d.uuid not in spoke]
    if silent:
        yield f"{len(silent)} devices have said nothing yet: {', '.join(silent)}"
    once = ended_items(reader).select("device_uuid", "id")
    unknown = (
        current_items(reader).filter(pl.col("type") == UNDECLARED).join(once, on=["device_uuid", "id"], how="anti")
    )
    if unknown.height:
        names = ", ".join(sorted(unknown["device_name"].unique()))
        yield (
            f"{unknown.height} data items of {names} are in no probe and have no units; "
            "give their agent's answer to /probe with --probe"
        )


def latest_models(reader: LakeReader) -> pl.DataFrame:
    """Return the newest model version of each device."""
    if not reader.exists(MODELS.name):
        return pl.DataFrame(MODELS.schema.empty_table())
    versions = reader.scan(MODELS.name).collect()
    return versions.sort("plan").unique("device_uuid", keep="last", maintain_order=True)


def latest_episodes(reader: LakeReader) -> pl.DataFrame:
    """Return the episodes of each device's newest model, the highest peak first."""
    if not reader.exists(EPISODES.name):
        return pl.DataFrame(EPISODES.schema.empty_table())
    newest = latest_models(reader).select("device_uuid", "model_version")
    episodes = reader.scan(EPISODES.name).collect().join(newest, on=["device_uuid", "model_version"], how="semi")
    return episodes.sort(["peak_severity", "peak_score", "start"], descending=[True, True, False])


def _line(row: dict[str, object], names: dict[str, str]) -> EpisodeLine:
    found = row["contributions"]
    assert isinstance(found, list)
    signals = tuple(str(c["signal"]) for c in found[:3])
    start, end = row["start"], row["end"]
    assert isinstance(start, datetime) and isinstance(end, datetime)
    uuid = str(row["device_uuid"])
    return EpisodeLine(names.get(uuid, uuid), start, end, round(float(str(row["peak_severity"])), 1), signals)


def _count(reader: LakeReader, name: str) -> int:
    return open_table(f"{reader.uri}/{name}").count() if reader.exists(name) else 0


def _bytes(reader: LakeReader) -> int:
    return sum(found["size"] for page in Location(reader.uri).store.list() for found in page)
