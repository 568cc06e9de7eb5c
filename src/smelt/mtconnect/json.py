"""MTConnect documents in the reference agent's JSON, version 1 or 2, joined without a sign as delivery streams do.

A document begins where its root key stands, which no valid string can hold (its quotes would be
escaped), so a torn one never takes its neighbours along.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import orjson

from smelt.mtconnect import xml2json
from smelt.mtconnect.json_documents import add_document
from smelt.mtconnect.json_scan import scan_document
from smelt.mtconnect.json_torn import read_torn
from smelt.mtconnect.json_values import BETWEEN, find_end
from smelt.mtconnect.records import Records
from smelt.mtconnect.rows import Building, Place
from smelt.mtconnect.scanner.reader import ScannedDocuments
from smelt.mtconnect.scanner.scan import Buffer
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Origin

_DOCUMENT = re.compile(rb'\{[ \t\r\n]*+"MTConnect(?:Streams|Devices|Assets|Error)"[ \t\r\n]*+:[ \t\r\n]*+(?=\{)')
NOWHERE = Origin()


def decode_json(data: Buffer, origin: Origin = NOWHERE) -> Decoded:
    """Decode every document in the bytes, and the records between them; never raises, whatever they are.

    The compiled scanner reads what is regular; what it leaves, the plain decoder reads in its place.

    Examples
    --------
    >>> decoded = decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}oops')
    >>> decoded.documents.num_rows, decoded.rejects
    (1, (Reject(offset=61, length=4, reason='neither an MTConnect document nor a record'),))
    """
    building = Building(origin)
    records = Records(building, decode_json)
    plain = _Plain(data)
    scanned = ScannedDocuments(data, building, lambda start, end: _read_document(building, plain.bytes, start, end))
    at = 0
    while (at := scanned.read(at)) < len(data):
        start = _find_document(data, at)
        at = records.read(plain.bytes, at, start)
        if at <= start < len(data):  # else it stands in an envelope that has been read
            at = _read_document(building, plain.bytes, start, _find_document(data, start + 1))
    return scanned.finish()


def decode_plain(data: bytes, origin: Origin = NOWHERE) -> Decoded:
    """Decode the same without the compiled scanner: slower, and the oracle of its tests."""
    building = Building(origin)
    records = Records(building, decode_plain)
    at = 0
    for start, limit in pairwise([*find_documents(data), len(data)]):
        if at <= start:  # else it stands in an envelope that has been read
            at = records.read(data, at, start)
        if at <= start:
            at = _read_document(building, data, start, limit)
    records.read(data, at, len(data))
    return building.finish()


class _Plain:
    """The data as bytes, for the plain decoder: copied where it was only a view, and not before it is needed."""

    def __init__(self, data: Buffer) -> None:
        self._data = data

    @cached_property
    def bytes(self) -> bytes:
        """The same bytes."""
        return self._data if isinstance(self._data, bytes) else bytes(self._data)


def _find_document(data: Buffer, at: int) -> int:
    """Return where the next document begins from `at` on, or the end."""
    match = _DOCUMENT.search(data, at)
    return len(data) if match is None else match.start()


def find_documents(data: bytes) -> Iterator[int]:
    """Return where documents begin, in order."""
    return (match.start() for match in _DOCUMENT.finditer(data))


def _read_document(building: Building, data: bytes, start: int, limit: int) -> int:
    """Read the document at `start` and return where it ends: whole if it can be parsed, else what is good of it."""
    end = start + len(data[start:limit].rstrip(BETWEEN))
    if _add_whole(building, data, start, end):
        return end
    behind = find_end(data, start, limit)
    if behind is not None and behind < end and _add_whole(building, data, start, behind):
        return behind
    return read_torn(building, data, start, limit, scan_document(data, start, limit))


def _add_whole(building: Building, data: bytes, start: int, end: int) -> bool:
    try:
        name, content = next(iter(orjson.loads(data[start:end]).items()))
        _add(building, name, content, Place(start, end - start))
    except (orjson.JSONDecodeError, DataError):
        return False
    return True


def _add(building: Building, name: str, content: Any, place: Place) -> None:
    """Add a document of the agent's own JSON, else one that was XML before."""
    if name != "MTConnectStreams" and xml2json.is_converted(content):
        xml2json.add_document(building, name, content, place)
        return
    try:
        add_document(building, name, content, place)
    except DataError:
        if not xml2json.is_converted(content):
            raise
        xml2json.add_document(building, name, content, place)
