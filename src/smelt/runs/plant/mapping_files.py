"""Mapping files on request: propose those that are missing, show those that are there."""

from collections.abc import Iterator
from dataclasses import replace

from smelt.lake.location import Location
from smelt.lake.reader import LakeReader
from smelt.runs.plant.classes import MAPPINGS, read_classes
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.init import propose_mappings
from smelt.runs.probe import current_items, ended_items
from smelt.silver.mapping import dump_mapping
from smelt.terms.errors import InputError


def propose_missing(folder: PlantFolder, class_name: str | None) -> Iterator[str]:
    """Write the mapping files that are missing, from the probe and from what was seen; yield what was done."""
    plant, reader = _chosen(folder, class_name), LakeReader(Location.of(folder.lake_uri).uri)
    items = current_items(reader)
    if not items.height:
        raise InputError(
            f"lake {reader.uri}: no data items; run 'smelt init --probe FILE' or 'smelt run --probe FILE' first."
        )
    written = propose_mappings(folder.root, plant.plant, items, reader)
    for name, columns in written.items():
        yield f"{MAPPINGS}/{name}.toml: {columns} columns proposed"
    for name in plant.plant.classes:
        if name not in written:
            yield f"{MAPPINGS}/{name}.toml is there; move it away to have it proposed anew"


def show(folder: PlantFolder, class_name: str | None) -> Iterator[str]:
    """Yield the mapping files as smelt reads them."""
    chosen = _chosen(folder, class_name)
    reader = LakeReader(Location.of(folder.lake_uri).uri)
    items, ended = current_items(reader), ended_items(reader)
    for name, mapping in read_classes(folder.root, chosen.plant, items, ended).mappings.items():
        yield f"# {name}\n{dump_mapping(mapping)}"


def _chosen(folder: PlantFolder, class_name: str | None) -> PlantFolder:
    if class_name is None:
        return folder
    devices = tuple(d for d in folder.plant.devices if d.class_name == class_name)
    if not devices:
        raise InputError(f"no class '{class_name}'; the plant has {', '.join(folder.plant.classes) or 'none'}.")
    return replace(folder, plant=replace(folder.plant, devices=devices))
