"""The CSV of each part of the Pipeline page."""

from collections.abc import Callable

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from smelt.runs.pages import pipeline_rows as rows
from smelt.runs.pages.pipeline import Pipeline, pipeline
from smelt.terms.errors import InputError
from smelt.web.asked import TheAsked
from smelt.web.csv_files import csv_response

router = APIRouter(prefix="/csv/pipeline")
PARTS: dict[str, Callable[[Pipeline], pl.DataFrame]] = {
    "hours": rows.hour_rows,
    "gaps": rows.gap_rows,
    "rejects": rows.reject_group_rows,
    "runs": rows.run_rows,
    "drift": rows.drift_rows,
}


@router.get("/{part}")
def pipeline_csv(asked: TheAsked, part: str) -> Response:
    """Return one part of the page, all of its rows."""
    if part not in PARTS:
        raise InputError(f"no part {part!r} of the Pipeline page: there are {', '.join(PARTS)}.")
    shop = asked.shop
    page = pipeline(shop.reader, shop.plant, asked.interval, asked.devices, shop.folder)
    return csv_response(f"pipeline_{part}", PARTS[part](page), asked.zone)
