"""Reads what is good of a JSON document (version 1 or 2) that cannot be parsed whole, and rejects the rest."""

from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from smelt.mtconnect.json.bare_words import parse_with_words
from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.json.observations import CATEGORIES, Reading, read_observations
from smelt.mtconnect.json.scan import Scan, Shape, Span, scan_document
from smelt.mtconnect.json.streams import device_uuid
from smelt.mtconnect.json.tear import Tear
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
    if found.fault is not None:  # even if nothing is left unread, what is missing must not pass in silence
        building.rejects.append(Reject(unread, end - unread, f"torn document: {found.fault}, at byte {found.end}"))
    return end


class Rest(NamedTuple):
    """What stands behind the cut of a torn document, with what opens it, and what a scan of it found."""

    tear: Tear
    data: bytes
    found: Scan
    shape: Shape


def scan_rest(data: bytes, limit: int, tear: Tear) -> Rest | None:
    """Scan the rest of a torn document, which ends before `limit`; None if it is not torn there."""
    rest = tear.opened + data[tear.at : limit]
    found = scan_document(rest, 0, len(rest))
    return None if found.fault is None or found.shape is None else Rest(tear, rest, found, found.shape)


def add_rest(building: Building, rest: Rest, start: int, limit: int) -> None:
    """Add what can be read of the rest to the newest document, which is its head, and reject what cannot."""
    tear, found = rest.tear, rest.found
    known = len(building.rejects)
    _add_observations(building, rest.data, found, rest.shape)
    building.rejects[known:] = [replace(r, offset=tear.in_data(r.offset)) for r in building.rejects[known:]]
    is_kept = found.kept_until > len(tear.opened)
    unread = tear.in_data(found.kept_until) if is_kept else tear.kept
    building.documents[-1] = building.documents[-1]._replace(offset=start, length=unread - start)
    fault = f"torn document: {found.fault}, at byte {tear.in_data(found.end)}"
    building.rejects.append(Reject(unread, limit - unread, fault))


def reject_headless(building: Building, rest: Rest, start: int, limit: int) -> bool:
    """Reject a document whose Header does not tell the instance; False if it does, and then nothing is done."""
    header = rest.tear.header
    try:
        told = _parse(header or b"", None if header is None else Span(0, len(header), (), 0))
        read_header(told, (0, 0), building.times, "MTConnectStreams", rest.shape.dialect)
    except UnfitError as error:
        building.reject(start, limit, f"MTConnect document: {error}; {rest.found.fault}")
        return True
    return False


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
    for odd in found.oddities:
        last = next((key for key in reversed(odd.keys) if key), b"").decode(errors="replace")
        building.reject(odd.start, odd.end, f"unknown shape under '{last[:40]}'")


def _parse(data: bytes, span: Span | None) -> Any:
    if span is None:
        raise UnfitError("no Header")
    token = data[span.start : span.end]
    try:
        return orjson.loads(token)
    except orjson.JSONDecodeError as error:
        parsed = parse_with_words(token)
        if parsed is None:
            raise UnfitError(f"no JSON: {error.msg}") from error
        return parsed


def _uuid(token: bytes) -> object:
    try:
        return orjson.loads(token)
    except orjson.JSONDecodeError:
        return None


def _key(span: Span, depth: int) -> str:
    return span.keys[depth].decode(errors="replace")
