"""Reads what is good of a document of JSON version 2 that cannot be parsed whole, and rejects the rest byte by byte."""

from typing import Any

import orjson

from smelt.mtconnect.json_scan import Scan, Span
from smelt.mtconnect.json_streams import CATEGORIES, UnfitError, device_uuid, read_header, read_observations
from smelt.mtconnect.rows import Building, Rows
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
        document = read_header(_parse(data, found.header), start, unread - start, building.times)
        if found.streams != b"{":
            raise UnfitError("JSON version 1 comes later" if found.streams == b"[" else "no Streams")
    except UnfitError as error:
        building.reject(start, end, f"MTConnect document: {error}" + (f"; {found.fault}" if found.fault else ""))
        return end
    building.documents.append(document)
    _add_observations(building, data, found)
    for odd in found.oddities:
        last = next((key for key in reversed(odd.keys) if key), b"").decode(errors="replace")
        building.reject(odd.start, odd.end, f"unknown shape under '{last[:40]}'")
    if found.fault is not None:  # even if nothing is left unread, what is missing must not pass in silence
        building.rejects.append(Reject(unread, end - unread, f"torn document: {found.fault}, at byte {found.end}"))
    return end


def _add_observations(building: Building, data: bytes, found: Scan) -> None:
    uuids = {device: _uuid(token) for device, token in found.uuids.items()}
    for span in found.observations:
        rows = Rows()
        try:
            uuid = device_uuid(uuids.get(span.device))
            category = CATEGORIES[_key(span, 7)]
            read_observations(rows, category, _key(span, 8), [_parse(data, span)], building.times)
        except UnfitError as error:
            building.reject(span.start, span.end, f"observation: {error}")
            continue
        building.add_rows(uuid, rows)


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
