"""Exclusions: a person says that an interval of a device is bad, and why; silver leaves it out from then on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.runs.driver import Driver
from smelt.runs.fingerprint import fingerprint
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.find_device import find_device
from smelt.terms.errors import InputError
from smelt.terms.plant import Device
from smelt.terms.tables import EXCLUSIONS


@dataclass(frozen=True)
class Exclusion:
    """What a person says: this device (name or uuid), from start to end (UTC), is bad, and why."""

    device: str
    start: datetime
    end: datetime
    why: str
    author: str


def exclude_interval(
    folder: PlantFolder, clock: Callable[[], datetime], said: Exclusion, wait_seconds: float = 0.0
) -> bool:
    """Append an exclusion under the lake's lease; False if the very same stands there already.

    Raises
    ------
    InputError
        If the device is unknown, the interval is empty, or there is no lake; nothing is written then.
    """
    found = find_device(folder.plant, said.device)
    if said.end <= said.start:
        raise InputError(
            f"exclusion of {found.name}: {said.start} to {said.end} is empty; give the earlier time first."
        )
    location = Location.of(folder.lake_uri)
    location.check_format()
    if not location.exists():
        raise InputError(f"no lake at {location.uri}; run 'smelt run' to make one. Nothing was written.")
    with hold(location, "etl", wait_seconds):
        return _append(Driver(folder, location, clock), found, said)


def _append(driver: Driver, device: Device, said: Exclusion) -> bool:
    identity = f"{fingerprint(device.uuid, said.start, said.end, said.why) & (1 << 64) - 1:016x}"
    table = driver.table(EXCLUSIONS)
    if table.version() >= 0 and identity in set(driver.reader.scan(EXCLUSIONS.name).collect()["exclusion_id"]):
        return False
    row = {
        "exclusion_id": identity,
        "device_uuid": device.uuid,
        "start": said.start,
        "end": said.end,
        "why": said.why,
        "author": said.author,
        "created_at": driver.clock(),
    }
    change = driver.small_change(EXCLUSIONS, [row])
    return driver.commit(change, "exclude", table.done("exclude") + 1)
