"""The JSON behind the pages, bounded and checked."""

from fastapi import APIRouter
from starlette.responses import Response

from smelt.runs.pages.device import device, device_signals
from smelt.runs.pages.fleet import fleet
from smelt.runs.pages.pipeline import pipeline
from smelt.runs.plant.find_device import find_device
from smelt.terms.errors import InputError
from smelt.web.asked import TheAsked
from smelt.web.payload import device_payload, fleet_payload, respond, signal_payload
from smelt.web.pipeline_payload import pipeline_payload

router = APIRouter(prefix="/api")


@router.get("/fleet")
def get_fleet(asked: TheAsked) -> Response:
    """Return the fleet page's lanes, episodes and numbers."""
    shop = asked.shop
    return respond(fleet_payload(fleet(shop.reader, shop.plant, asked.interval, asked.points, asked.devices)))


@router.get("/devices/{device_id}")
def get_device(asked: TheAsked, device_id: str) -> Response:
    """Return a device's page."""
    shop = asked.shop
    interval = asked.interval_of(find_device(shop.plant, device_id))
    page = device(shop.reader, shop.plant, device_id, interval, asked.look(device_id))
    return respond(device_payload(page))


@router.get("/devices/{device_id}/signals")
def get_signals(asked: TheAsked, device_id: str) -> Response:
    """Return any signals of a device, by name."""
    machine = find_device(asked.shop.plant, device_id)
    look = asked.look(device_id)
    signals = device_signals(asked.shop.reader, machine, asked.interval, asked.names, look)
    return respond({"signals": [signal_payload(s) for s in signals]})


@router.get("/pipeline")
def get_pipeline(asked: TheAsked) -> Response:
    """Return the Pipeline page's hours, gaps, agents, runs, rejects, drift and recorders."""
    shop = asked.shop
    return respond(pipeline_payload(pipeline(shop.reader, shop.plant, asked.interval, asked.devices, shop.folder)))


@router.get("/{path:path}")
def get_nothing(path: str) -> Response:
    """Refuse an address that is not one of the above."""
    raise InputError(
        f"no data at /api/{path}: there are /api/fleet, /api/pipeline, /api/devices/ID and /api/devices/ID/signals."
    )
