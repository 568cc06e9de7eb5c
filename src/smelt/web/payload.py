"""The pages' answers as JSON: times in seconds for the charts, lanes as bytes in base64."""

from base64 import b64encode
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
from starlette.responses import Response

from smelt.runs.pages.device import DevicePage
from smelt.runs.pages.device_signals import Signal
from smelt.runs.pages.device_strips import NamedStrip
from smelt.runs.pages.episodes import Episode
from smelt.runs.pages.fleet import Fleet, Lane
from smelt.runs.pages.fleet_cells import Cells
from smelt.runs.pages.series import Series, Strip
from smelt.terms.interval import Interval

NOTHING = 255


def respond(content: dict[str, Any], status: int = 200) -> Response:
    """Return the content as JSON; NaN becomes null."""
    body = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return Response(body, status, media_type="application/json")


def _seconds(time_us: int | None) -> float | None:
    return None if time_us is None else time_us / 1e6


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.start_us / 1e6, interval.end_us / 1e6]


def _episode(episode: Episode) -> dict[str, Any]:
    told = asdict(episode)
    for name in ("start", "end", "peak"):
        told[name] = _seconds(told.pop(f"{name}_us"))
    return told


def _cells(cells: Cells) -> dict[str, Any]:
    """Encode a lane: severity 0-100 (255: none), index of the signal (255: none), state; a byte for each bin."""
    severity = np.where(np.isnan(cells.severity), NOTHING, np.floor(np.nan_to_num(cells.severity))).astype(np.uint8)
    signal = np.where(cells.signal < 0, NOTHING, np.minimum(cells.signal, NOTHING)).astype(np.uint8)
    return {
        "severity": b64encode(severity.tobytes()).decode(),
        "signal": b64encode(signal.tobytes()).decode(),
        "state": b64encode(cells.state.tobytes()).decode(),
        "signals": cells.signals,
    }


def _lane(lane: Lane, episodes: tuple[Episode, ...]) -> dict[str, Any]:
    state, score = lane.state, lane.last_score
    return {
        "uuid": lane.device.uuid,
        "name": lane.device.name,
        "class": lane.device.class_name,
        "state": state and {"value": state.value, "since": _seconds(state.since_us), "is_older": state.is_older},
        "score": score and {"time": _seconds(score.minute_us), "score": score.score, "severity": score.severity},
        "last_live": _seconds(lane.last_live_us),
        "is_without_data": lane.is_without_data,
        "is_provisional": lane.is_provisional,
        "days_wanted": lane.days_wanted,
        "scored_hours": lane.scored_hours,
        "episodes": sum(e.device_uuid == lane.device.uuid for e in episodes),
        "cells": _cells(lane.cells),
    }


def fleet_payload(fleet: Fleet) -> dict[str, Any]:
    """Turn the fleet page into plain values."""
    return {
        "interval": _interval(fleet.interval),
        "span": _interval(fleet.span),
        "at": _seconds(fleet.at_us),
        "bin": fleet.bin_us / 1e6,
        "timezone": fleet.timezone,
        "budget_per_168h": fleet.budget_per_168h,
        "scored_hours": fleet.scored_hours,
        "expected_episodes": fleet.expected_episodes,
        "lanes": [_lane(lane, fleet.episodes) for lane in fleet.lanes],
        "episodes": [_episode(e) for e in fleet.episodes],
    }


def _series(series: Series) -> dict[str, Any]:
    return {"t": series.times_us / 1e6, "v": series.values}


def _strip(strip: Strip) -> dict[str, Any]:
    runs = [[r.start_us / 1e6, r.end_us / 1e6, r.value] for r in strip.runs]
    return {"runs": runs, "step": strip.step_us / 1e6, "is_summarised": strip.is_summarised}


def _named(strip: NamedStrip) -> dict[str, Any]:
    return {"name": strip.name, "kind": strip.kind, "columns": strip.columns, **_strip(strip.strip)}


def signal_payload(signal: Signal) -> dict[str, Any]:
    """Turn a signal into plain values: `line` or `strip`."""
    return {
        "name": signal.name,
        "unit": signal.unit,
        "band": signal.band,
        "line": signal.line and _series(signal.line),
        "strip": signal.strip and _strip(signal.strip),
    }


def device_payload(page: DevicePage) -> dict[str, Any]:
    """Turn a device's page into plain values."""
    model = None
    if page.model:
        model = asdict(page.model)
        for name in ("trained_from", "trained_to", "calibrated_to"):
            model[name] = _seconds(model.pop(f"{name}_us"))
    return {
        "device": {"uuid": page.device.uuid, "name": page.device.name, "class": page.device.class_name},
        "interval": _interval(page.interval),
        "span": _interval(page.span),
        "timezone": page.timezone,
        "model": model,
        "score": _series(page.score),
        "threshold": _series(page.threshold),
        "severity": _series(page.severity),
        "activity": _named(page.activity),
        "strips": [_named(s) for s in page.strips],
        "signals": [signal_payload(s) for s in page.signals],
        "columns": page.columns,
        "shares": [asdict(s) for s in page.shares],
        "episodes": [_episode(e) for e in page.episodes],
        "episode": page.episode and _episode(page.episode),
        "maintenance": [
            {"time": _seconds(m.time_us), "kind": m.kind, "component": m.component, "note": m.note}
            for m in page.maintenance
        ],
    }
