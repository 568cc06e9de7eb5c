"""The Pipeline page's answer as JSON: times in seconds, the heat map's contact as bytes in base64."""

from base64 import b64encode
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from smelt.runs.pages.gaps import SharedGap, shared_gaps
from smelt.runs.pages.pipeline import Pipeline
from smelt.runs.pages.pipeline_arrival import Arrival
from smelt.runs.pages.pipeline_hours import Hours
from smelt.runs.pages.pipeline_stages import of_stages
from smelt.terms.interval import to_us
from smelt.terms.plant import Device
from smelt.terms.tables import COVERAGE_KINDS

NOTHING = 255
MOST_GAPS = 400
SHORTEST_S = 1.0  # of a cell's hour: below it a kind is not worth a word
SHORTEST_GAP_US = 60_000_000  # below it only a loss or a restart is worth a line; the CSV has all


def pipeline_payload(page: Pipeline) -> dict[str, Any]:
    """Turn the Pipeline page into plain values."""
    whole = page.hours.interval
    gaps = [gap for gap in shared_gaps(page.gaps) if _is_told(gap)]
    return {
        "interval": [page.interval.start_us / 1e6, page.interval.end_us / 1e6],
        "span": page.span and [page.span.start_us / 1e6, page.span.end_us / 1e6],
        "shown": [whole.start_us / 1e6, whole.end_us / 1e6],
        "bin": page.hours.bin_us / 1e6,
        "lanes": [_lane(page, device) for device in page.devices],
        "overall": _arrival(page.arrivals.overall),
        "received": int(page.hours.cells["received"].sum()),
        "expected": float(page.hours.cells["expected"].sum()),
        "kinds": _kinds(gaps),
        "gaps": [_timed(asdict(gap)) for gap in gaps[:MOST_GAPS]],
        "agents": [_timed(asdict(agent)) for agent in page.agents],
        "stages": [_timed(asdict(run)) for run in of_stages(page.runs)],
        "runs": [_timed(asdict(run)) for run in page.runs],
        "tables": [asdict(table) for table in page.tables],
        "rejects": [_timed(asdict(reject)) for reject in page.rejects],
        "drift": [asdict(c) | {"at": c.at and to_us(c.at) / 1e6} for c in page.drift],
        "recorders": [_timed(recorder.as_json()) for recorder in page.recorders],
        "commands": [asdict(command) for command in page.commands],
    }


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    """Turn what is named `…_us` into seconds named without it, at any depth."""
    return {name.removesuffix("_us"): _plain(name, cell) for name, cell in values.items()}


def _plain(name: str, cell: Any) -> Any:
    if name.endswith("_us"):
        return None if cell is None else cell / 1e6
    if isinstance(cell, dict):
        return _timed(cell)
    return [_plain("", item) for item in cell] if isinstance(cell, list | tuple) else cell


def _arrival(arrival: Arrival | None) -> dict[str, Any] | None:
    if arrival is None:
        return None
    return asdict(arrival) | {"unavailable_share": arrival.unavailable_share}


def _lane(page: Pipeline, device: Device) -> dict[str, Any]:
    cells = page.hours.cells.filter(pl.col("device_uuid") == device.uuid)
    return {
        "uuid": device.uuid,
        "name": device.name,
        "class": device.class_name,
        "received": int(cells["received"].sum()),
        "expected": float(cells["expected"].sum()),
        "arrival": _arrival(page.arrivals.by_device.get(device.uuid)),
        "lost": sum(gap.count or 0 for gap in page.gaps if gap.device_uuid == device.uuid),
        "cells": _cells(cells, page.hours),
    }


def _cells(cells: pl.DataFrame, hours: Hours) -> dict[str, Any]:
    """Encode a lane: contact 0-100, 255 where nothing is known; `kinds` of the cells in which not all was live."""
    at = cells["bin"].to_numpy()
    contact = np.full(hours.count, NOTHING, np.uint8)
    shares = cells["contact"].fill_null(np.nan).to_numpy()
    percent = np.where(shares > 0.9995, 100, np.floor(np.nan_to_num(shares) * 100))
    contact[at] = np.where(np.isnan(shares), NOTHING, percent).astype(np.uint8)
    received, expected = np.zeros(hours.count, np.int64), np.full(hours.count, np.nan)
    received[at] = cells["received"].to_numpy()
    expected[at] = cells["expected"].cast(pl.Float64).fill_null(np.nan).round(0).to_numpy()
    kinds = {}
    for row in cells.select("bin", *COVERAGE_KINDS).iter_rows(named=True):
        told = {kind: round(row[kind], 1) for kind in COVERAGE_KINDS if (row[kind] or 0) >= SHORTEST_S}
        if set(told) - {"live"}:
            kinds[row["bin"]] = told
    return {
        "contact": b64encode(contact.tobytes()).decode(),
        "received": received,
        "expected": expected,
        "kinds": kinds,
    }


def _is_told(gap: SharedGap) -> bool:
    return gap.kind in ("lost", "restarted") or gap.end_us - gap.start_us >= SHORTEST_GAP_US


def _kinds(gaps: list[SharedGap]) -> list[dict[str, Any]]:
    """Add the gaps up by kind, the strongest kind first; one that devices share counts once."""
    found = []
    for kind in COVERAGE_KINDS:
        mine = [gap for gap in gaps if gap.kind == kind]
        if mine:
            seconds = sum(gap.end_us - gap.start_us for gap in mine) / 1e6
            found.append({"kind": kind, "count": len(mine), "seconds": seconds})
    return found
