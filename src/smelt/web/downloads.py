"""The CSV of each plot."""

from collections.abc import Callable

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from smelt.runs.pages.episodes import episodes_in
from smelt.runs.pages.fleet import fleet
from smelt.runs.pages.rows import cell_rows, coverage_rows, episode_rows, minute_rows, score_rows
from smelt.runs.pages.ruling_model import model_versions
from smelt.runs.pages.tables import Reader
from smelt.runs.plant.find_device import find_device
from smelt.terms.errors import InputError
from smelt.terms.interval import Interval
from smelt.terms.plant import Device
from smelt.web.asked import Asked, TheAsked
from smelt.web.csv_files import csv_response

router = APIRouter(prefix="/csv")
DEVICE_PLOTS: dict[str, Callable[[Reader, Device, Interval], pl.DataFrame]] = {
    "score": score_rows,
    "coverage": coverage_rows,
}


def _send(name: str, frame: pl.DataFrame, asked: Asked) -> Response:
    return csv_response(name, frame, asked.zone)


@router.get("/fleet")
def fleet_csv(asked: TheAsked) -> Response:
    """Return the cells of the fleet's lanes."""
    shop = asked.shop
    page = fleet(shop.reader, shop.plant, asked.interval, asked.points, asked.devices)
    return _send("fleet", cell_rows(page), asked)


@router.get("/episodes")
def episodes_csv(asked: TheAsked) -> Response:
    """Return the episodes of the fleet, or of some devices."""
    shown = {d.uuid: d.name for d in asked.devices}
    found = episodes_in(asked.shop.reader, asked.interval, model_versions(asked.shop.reader))
    return _send("episodes", episode_rows([e for e in found if e.device_uuid in shown], shown), asked)


@router.get("/devices/{device_id}/{plot}")
def device_csv(asked: TheAsked, device_id: str, plot: str) -> Response:
    """Return a device's scores, coverage, or the minutes of some columns."""
    machine = find_device(asked.shop.plant, device_id)
    if plot in DEVICE_PLOTS:
        frame = DEVICE_PLOTS[plot](asked.shop.reader, machine, asked.interval)
        return _send(f"{machine.name}_{plot}", frame, asked)
    if plot == "minutes":
        frame = minute_rows(asked.shop.reader, machine, asked.interval, asked.names)
        return _send("_".join([machine.name, *asked.names]), frame, asked)
    raise InputError(f"no plot {plot!r}: there are {', '.join(DEVICE_PLOTS)} and minutes.")
