"""Reads what is good of a JSON document (version 1 or 2) that cannot be parsed whole, and rejects the rest."""

from typing import Any

import orjson

from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.json.scan import Scan, Shape, Span
from smelt.mtconnect.json.streams import device_uuid
from smelt.mtconnect.rows import Building, Rows
from smelt.terms.errors import DataError
from smelt.terms.observation import Reject


def read_torn(building: Building, data: bytes, start: int, limit: int, found: Scan) -> int:
    """Add what can be read of the document at `start`, reject what cannot; returns where it ends.

    Parameters
    ----------
    limit : start of the next document; a torn one is rejected up to there.
    found : what a scan of the document found.
    """
    end = found.end if found.fault is None else limit
    unread = found.kept_until if found.fault is not None else end
    try:
        header = _parse(data, found.header)
        if found.shape is None:
            raise UnfitError("no Streams")
        span = (start, unread - start)
        document = read_header(header, span, building.times, "MTConnectStreams", found.shape.dialect)
    except UnfitError as error:
        building.reject(start, end, f"MTConnect document: {error}" + (f"; {found.fault}" if found.fault else ""))
        return end
    building.documents.append(document)
    _add_observations(building, data, found, found.shape)
    for odd in found.oddities:
        last = next((key for key in reversed(odd.keys) if key), b"").decode(errors="replace")
        building.reject(odd.start, odd.end, f"unknown shape under '{last[:40]}'")
    if found.fault is not None:  # even if nothing is left unread, what is missing must not pass in silence
        building.rejects.append(Reject(unread, end - unread, f"torn document: {found.fault}, at byte {found.end}"))
    return end


def _add_observations(building: Building, data: bytes, found: Scan, shape: Shape) -> None:
    uuids = {device: _uuid(token) for device, token in found.uuids.items()}
    for span in found.observations:
        rows = Rows()
        try:
            reading = Reading(
                building.times, device_uuid({"uuid": uuids.get(span.device)}), building.origin.sample_rates
            )
            category = CATEGORIES[_key(span, shape.category)]
            read_observations(rows, category, _key(span, shape.element), [_parse(data, span)], reading)
        except DataError as error:
            building.reject(span.start, span.end, f"observation: {error}")
            continue
        building.add_rows(reading.device_uuid, rows)


def _parse(data: bytes, span: Span | None) -> Any:
    if span is None:
        raise UnfitError("no Header")
    try:
        return orjson.loads(data[span.start : span.end])
    except orjson.JSONDecodeError as error:
        raise UnfitError(f"no JSON: {error.msg}") from error


def _uuid(token: bytes) -> object:
    try:
        return orjson.loads(token)
    except orjson.JSONDecodeError:
        return None


def _key(span: Span, depth: int) -> str:
    return span.keys[depth].decode(errors="replace")
