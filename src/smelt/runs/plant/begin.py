"""Beginning: a plant folder from a probe, or a simulated plant with everything that a plant has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.driver import Driver
from smelt.runs.plant.config import PlantFolder, read_plant, write_plant
from smelt.runs.plant.init import Proposed, propose_plant
from smelt.runs.probe import current_items, read_probe, store_probe
from smelt.simulate.plant import simulate
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe
from smelt.terms.plant import Plant, Source


def begin(root: Path, probe: str | None, clock: Callable[[], datetime]) -> Proposed:
    """Write plant.toml and mappings from a probe, and keep the probe's data items in the lake.

    Raises
    ------
    InputError
        If there is no probe, or the folder is a plant already.
    """
    folder = new_folder(root)
    if probe is None:
        raise InputError(
            "init needs an agent's device model: expected --agent URL, or --probe FILE, the answer to http://AGENT/probe."
        )
    source = Source(probe=str(Path(probe).absolute()) if "://" not in probe else probe)
    return propose_from(replace(folder, plant=replace(folder.plant, source=source)), [read_probe(probe)], clock)


def new_folder(root: Path) -> PlantFolder:
    """Return a folder that is to become a plant.

    Raises
    ------
    InputError
        If it is one already.
    """
    folder = read_plant(root, {})
    if folder.is_begun:
        raise InputError(
            f"{root} is a plant already (it has plant.toml); nothing was written. Run 'smelt run --plant {root}'."
        )
    return folder


def propose_from(folder: PlantFolder, probes: Sequence[Probe], clock: Callable[[], datetime]) -> Proposed:
    """Keep the probes' data items in the lake, and write plant.toml and the mappings that they propose."""
    location = Location.of(folder.lake_uri)
    location.begin()
    with hold(location, "etl"):
        driver = Driver(folder, location, clock)
        for probe in probes:
            store_probe(driver, probe)
    reader = LakeReader(location.uri)
    return propose_plant(folder, current_items(reader), reader)[1]


@dataclass(frozen=True)
class Made:
    """What a simulation wrote."""

    observations: int
    documents: int
    files: int
    devices: int
    start: datetime
    end: datetime
    size_bytes: int


def simulate_plant(directory: Path, days: int, seed: int, progress: Callable[[int, int], None]) -> Made:
    """Simulate the seed plant into a folder and write its plant.toml.

    Raises
    ------
    InputError
        If the folder has a landing zone already.
    """
    made = simulate(directory, days=days, seed=seed, progress=progress)
    plant = Plant(devices=made.devices, source=Source(landing="landing/raw", probe="landing/probe.xml"))
    write_plant(PlantFolder(directory.absolute(), plant), plant)
    size = sum(p.stat().st_size for p in (directory / "landing").rglob("*") if p.is_file())
    return Made(made.observations, made.documents, made.files, len(made.devices), made.start, made.end, size)
