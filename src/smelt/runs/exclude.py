"""Exclusions: a person says that an interval of a device is bad, and why; silver leaves it out from then on."""

from collections.abc import Callable
from datetime import datetime

import pyarrow as pa

from smelt.lake.lease import hold
from smelt.lake.location import Location
from smelt.runs.config import PlantFolder
from smelt.runs.driver import Driver
from smelt.runs.find_device import find_device
from smelt.runs.fingerprint import fingerprint
from smelt.terms.errors import InputError
from smelt.terms.tables import EXCLUSIONS


def exclude_interval(
    folder: PlantFolder,
    clock: Callable[[], datetime],
    device: str,
    interval: tuple[datetime, datetime],
    why: str,
    author: str,
    wait_seconds: float,
) -> bool:
    """Append an exclusion under the lake's lease; False if the very same stands there already.

    Raises
    ------
    InputError
        If the device is unknown, the interval is empty, or there is no lake.
    """
    find_device(folder.plant, device)
    location = Location.of(folder.lake_uri)
    if not location.exists():
        raise InputError(f"no lake at {location.uri}; run 'smelt run' to make one. Nothing was written.")
    with hold(location, "etl", wait_seconds):
        return exclude(Driver(folder, location, clock), device, *interval, why, author)


def exclude(driver: Driver, device: str, start: datetime, end: datetime, why: str, author: str) -> bool:
    """Append an exclusion; False if the very same stands there already.

    Raises
    ------
    InputError
        If the device is unknown or the interval is empty.
    """
    found = find_device(driver.folder.plant, device)
    if end <= start:
        raise InputError(f"exclusion of {found.name}: from {start} to {end} is empty; give the earlier time first.")
    identity = f"{fingerprint(found.uuid, start, end, why) & (1 << 64) - 1:016x}"
    table = driver.table(EXCLUSIONS)
    if table.version() >= 0 and identity in set(driver.reader.scan(EXCLUSIONS.name).collect()["exclusion_id"]):
        return False
    row = {
        "exclusion_id": identity,
        "device_uuid": found.uuid,
        "start": start,
        "end": end,
        "why": why,
        "author": author,
        "created_at": driver.clock(),
    }
    change = driver.small_change(EXCLUSIONS, pa.Table.from_pylist([row], schema=EXCLUSIONS.schema))
    return driver.commit(change, "exclude", table.done("exclude") + 1)
