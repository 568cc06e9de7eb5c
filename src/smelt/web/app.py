"""The server: routes, guard, errors and compression put together."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from obstore.exceptions import BaseError
from polars.exceptions import PolarsError
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse, Response

from smelt.lake.store_errors import explain
from smelt.runs.pages.tables import Reader
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.find_device import UnknownDeviceError
from smelt.terms.errors import InputError
from smelt.terms.plant import ClassMapping, Plant
from smelt.web import api, downloads, pages, pipeline_files
from smelt.web.asked import Shop
from smelt.web.guard import Guard
from smelt.web.payload import respond

STATIC = Path(__file__).parent / "static"


def create_app(
    reader: Reader,
    plant: Plant,
    *,
    token: str | None,
    mappings: Mapping[str, ClassMapping] | None = None,
    folder: PlantFolder | None = None,
) -> FastAPI:
    """Return the pages of a plant as an application.

    Parameters
    ----------
    reader : of the plant's lake.
    token : what every request must carry, as a bearer, or once as `?token=`; None asks for none, and
        then only this computer's own names are answered.
    mappings : of each class, for units and for which columns are CONDITION levels.
    folder : of the plant, for its recorders' states and for commands that name it.
    """
    app = FastAPI(title="smelt", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.shop = Shop(reader, plant, mappings or {}, folder)
    for router in (pages.router, api.router, downloads.router, pipeline_files.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(BaseHTTPMiddleware, dispatch=Guard(token))
    app.add_exception_handler(InputError, _refuse)
    for kind in (OSError, BaseError, PolarsError):
        app.add_exception_handler(kind, _store_fails)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(404, _nothing_here)
    return app


def _refuse(request: Request, error: Exception) -> Response:
    return respond({"error": str(error)}, 404 if isinstance(error, UnknownDeviceError) else 400)


def _store_fails(request: Request, error: Exception) -> Response:
    """Say in a sentence what is wrong with the lake's store; what is no word of a store is a bug, and stays one."""
    known = explain(error)
    if known is None:
        raise error
    return respond({"error": str(known)}, 503)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return respond({"error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}."}, 400)


def _nothing_here(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"404: nothing at {request.url.path}; the fleet is at /.", 404)
