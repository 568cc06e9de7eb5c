"""Numbered plans: what a stage will do, written once before it runs, so that a redo does the very same."""

import json
from collections.abc import Callable
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError

from smelt.lake.location import Location

Plan = dict[str, Any]


def plan_to_do(location: Location, stage: str, number: int, make: Callable[[], Plan | None]) -> Plan | None:
    """Return plan `number` of a stage: the one that stands in the lake, else a new one, put if absent.

    Parameters
    ----------
    make : called only if the plan is not there; None (nothing to do) is not written.
    """
    path = plan_path(stage, number)
    found = _read(location, path)
    if found is not None:
        return found
    plan = make()
    if plan is None:
        return None
    body = json.dumps(plan, sort_keys=True).encode()
    try:
        obstore.put(location.store, path, body, mode="create")
    except AlreadyExistsError:
        return _read(location, path)
    result: Plan = json.loads(body)
    return result


def plan_path(stage: str, number: int) -> str:
    """Return where a plan stands in the lake.

    Examples
    --------
    >>> plan_path("silver", 12)
    'ops/plans/silver/12.json'
    """
    return f"ops/plans/{stage}/{number}.json"


def _read(location: Location, path: str) -> Plan | None:
    try:
        result: Plan = json.loads(bytes(obstore.get(location.store, path).bytes()))
    except FileNotFoundError:
        return None
    return result


def open_plans(location: Location) -> dict[str, int]:
    """Return the highest plan number that each stage has written, done or not."""
    found: dict[str, int] = {}
    for page in location.store.list("ops/plans"):
        for entry in page:
            _, _, stage, name = entry["path"].split("/")
            found[stage] = max(found.get(stage, 0), int(name.removesuffix(".json")))
    return found
