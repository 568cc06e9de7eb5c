"""The pages' HTML: shells that the modules of static/js fill."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from smelt.runs.plant.find_device import UnknownDeviceError, find_device
from smelt.web.asked import TheAsked

router = APIRouter()
TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")


@router.get("/")
def fleet_page(request: Request, asked: TheAsked) -> Response:
    """Return the fleet's page."""
    return TEMPLATES.TemplateResponse(request, "fleet.html", {"timezone": asked.shop.plant.timezone})


@router.get("/pipeline")
def pipeline_page(request: Request, asked: TheAsked) -> Response:
    """Return the Pipeline page."""
    return TEMPLATES.TemplateResponse(request, "pipeline.html", {"timezone": asked.shop.plant.timezone})


@router.get("/devices/{device_id}")
def device_page(request: Request, asked: TheAsked, device_id: str) -> Response:
    """Return a device's page, or a page that says which name was meant."""
    try:
        device = find_device(asked.shop.plant, device_id)
    except UnknownDeviceError as error:
        names = error.suggestions or tuple(d.name for d in asked.shop.plant.devices)
        told = {"error": error, "names": names, "is_guess": bool(error.suggestions)}
        return TEMPLATES.TemplateResponse(request, "not_found.html", told, status_code=404)
    shown = {"device": device, "devices": asked.shop.plant.devices, "timezone": asked.shop.plant.timezone}
    return TEMPLATES.TemplateResponse(request, "device.html", shown)
