"""MTConnect documents in the reference agent's JSON, version 1 or 2, joined without a sign as delivery streams do.

A document begins where its root key stands, which no valid string can hold (its quotes would be
escaped), so a torn one never takes its neighbours along.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson

from smelt.mtconnect.json_header import UnfitError, read_header
from smelt.mtconnect.json_scan import scan_document
from smelt.mtconnect.json_streams import read_streams
from smelt.mtconnect.json_torn import read_torn
from smelt.mtconnect.rows import Building
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Dialect, Kind, Origin

BETWEEN = b" \t\r\n,[]\x1e\xef\xbb\xbf"
_DOCUMENT = re.compile(rb'\{[ \t\r\n]*+"MTConnect(?:Streams|Devices|Assets|Error)"[ \t\r\n]*+:[ \t\r\n]*+(?=\{)')


NOWHERE = Origin()


def decode_json(data: bytes, origin: Origin = NOWHERE) -> Decoded:
    """Decode every document in the bytes; never raises, whatever they are.

    Examples
    --------
    >>> decoded = decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}oops')
    >>> decoded.documents.num_rows, decoded.rejects
    (1, (Reject(offset=61, length=4, reason='no MTConnect document'),))
    """
    building = Building(origin)
    starts = list(find_documents(data))
    _reject_between(building, data, 0, starts[0] if starts else len(data))
    for start, limit in pairwise([*starts, len(data)]):
        end = _read_document(building, data, start, limit)
        _reject_between(building, data, end, limit)
    return building.finish()


def find_documents(data: bytes) -> Iterator[int]:
    """Return where documents begin, in order."""
    return (match.start() for match in _DOCUMENT.finditer(data))


def _read_document(building: Building, data: bytes, start: int, limit: int) -> int:
    """Read the document at `start` and return where it ends: whole if it can be parsed, else what is good of it."""
    end = start + len(data[start:limit].rstrip(BETWEEN))
    if _add_whole(building, data, start, end):
        return end
    found = scan_document(data, start, limit)
    if found.fault is None and found.end < end and _add_whole(building, data, start, found.end):
        return found.end
    return read_torn(building, data, start, limit, found)


def _add_whole(building: Building, data: bytes, start: int, end: int) -> bool:
    try:
        name, content = next(iter(orjson.loads(data[start:end]).items()))
        if name == "MTConnectStreams":
            _add_streams(building, content, start, end - start)
        else:
            _add_header(building, name, content, start, end - start)
    except (orjson.JSONDecodeError, DataError):
        return False
    return True


def _add_streams(building: Building, content: Any, start: int, length: int) -> None:
    streams = content.get("Streams")
    dialect: Dialect = "json-v1" if isinstance(streams, list) else "json-v2"
    document = read_header(content.get("Header"), (start, length), building.times, "MTConnectStreams", dialect)
    devices = read_streams(streams, building.times, building.origin.sample_rates)
    building.documents.append(document)
    for device in devices:
        building.add_rows(device.device_uuid, device.rows)


def _add_header(building: Building, kind: Kind, content: Any, start: int, length: int) -> None:
    """Devices, Assets and Error documents hold no observations, but their header is evidence of contact."""
    try:
        building.documents.append(read_header(content.get("Header"), (start, length), building.times, kind))
    except UnfitError:
        return


def _reject_between(building: Building, data: bytes, start: int, end: int) -> None:
    if start >= end:
        return
    gap = data[start:end]
    begin = end - len(gap.lstrip(BETWEEN))
    building.reject(begin, start + len(gap.rstrip(BETWEEN)), "no MTConnect document")
