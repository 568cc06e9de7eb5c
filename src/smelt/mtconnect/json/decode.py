"""MTConnect documents in the reference agent's JSON, version 1 or 2, joined without a sign as delivery streams do.

A document begins where its root key stands, which no valid string can hold (its quotes would be
escaped), so a torn one never takes its neighbours along.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson

from smelt.mtconnect.json import xml2json
from smelt.mtconnect.json.documents import add_document
from smelt.mtconnect.json.repeats import parse_joined
from smelt.mtconnect.json.scan import scan_document
from smelt.mtconnect.json.tear import find_tear
from smelt.mtconnect.json.torn import add_rest, read_torn, reject_headless, scan_rest
from smelt.mtconnect.json.values import BETWEEN, find_end
from smelt.mtconnect.records.decode import Records
from smelt.mtconnect.rows import Building, Place
from smelt.mtconnect.scanner.reader import ScannedDocuments
from smelt.mtconnect.scanner.scan import Buffer
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Origin

_DOCUMENT = re.compile(rb'\{[ \t\r\n]*+"MTConnect(?:Streams|Devices|Assets|Error)"[ \t\r\n]*+:[ \t\r\n]*+(?=\{)')
NOWHERE = Origin()
_PLAIN_ROW = 200  # bytes of a row that is Python objects, about


def decode_json(data: Buffer, origin: Origin = NOWHERE) -> Decoded:
    """Decode every document in the bytes, and the records between them; never raises, whatever they are.

    Examples
    --------
    >>> decoded = decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}oops')
    >>> decoded.documents.num_rows, decoded.rejects
    (1, (Reject(offset=61, length=4, reason='neither an MTConnect document nor a record'),))
    """
    reading = JsonReading(origin)
    reading.read(data)
    return reading.finish()


class JsonReading:
    """Decodes one buffer after the other, each for itself; offsets count as if they stood behind one another.

    The compiled scanner reads what is regular; what it leaves, the plain decoder reads in its place.

    Parameters
    ----------
    plain_below : so many bytes are read without compiled code, for it has to be loaded first.
    """

    def __init__(self, origin: Origin = NOWHERE, plain_below: int = 0) -> None:
        self._building = Building(origin)
        self._scanned: ScannedDocuments | None = None
        self._plain_left = plain_below
        self._data: Buffer = b""

    def __len__(self) -> int:
        """Rows so far, or some more: of what was scanned some may still be left out."""
        return len(self._building) + (0 if self._scanned is None else len(self._scanned))

    @property
    def nbytes(self) -> int:
        """Bytes that rows and texts take so far, about."""
        return len(self._building) * _PLAIN_ROW + (0 if self._scanned is None else self._scanned.nbytes)

    @property
    def has_probe(self) -> bool:
        """Say whether a device model is among what was read: it may tell what following buffers need."""
        return bool(self._building.probes)

    def read(self, data: Buffer) -> None:
        """Decode every document in a buffer, and the records between them; never raises, whatever they are."""
        self._data = data
        self._plain_left -= len(data)
        if self._scanned is None and self._plain_left < 0:
            self._scanned = ScannedDocuments(self._building)
        if self._scanned is not None:
            self._scanned.open(data)
        records = Records(self._building, decode_json)
        at = 0
        while (at := self._scan(at)) < len(data):
            start = _find_document(data, at)
            at = records.read(self._bytes(), at, start)
            if at <= start < len(data):  # else it stands in an envelope that has been read
                at = self._read_irregular(start, _find_document(data, start + 1))
        self._building.close(len(data))

    def _scan(self, at: int) -> int:
        return at if self._scanned is None else self._scanned.read(at, self._read_document)

    def _read_irregular(self, start: int, limit: int) -> int:
        """Read a document that was not scanned, and return where it ends; of a torn one most can be."""
        tear = None if self._scanned is None else find_tear(self._bytes(), start, limit)
        rest = None if tear is None else scan_rest(self._bytes(), limit, tear)
        if tear is None or rest is None or self._scanned is None:
            return self._read_document(start, limit)
        if not tear.head:
            is_read = reject_headless(self._building, rest, start, limit)
            return limit if is_read else self._read_document(start, limit)
        end = limit

        def read_plain() -> None:
            nonlocal end
            end = self._read_document(start, limit)

        if self._scanned.read_copy(tear.head, read_plain):
            add_rest(self._building, rest, start, limit)
        return end

    def _read_document(self, start: int, limit: int) -> int:
        return _read_document(self._building, self._bytes(), start, limit)

    def _bytes(self) -> bytes:
        """Return the buffer as bytes, for the plain decoder: copied where it was only a view."""
        if not isinstance(self._data, bytes):
            self._data = bytes(self._data)
        return self._data

    def finish(self) -> Decoded:
        """Return everything that was read."""
        return self._building.finish() if self._scanned is None else self._scanned.finish()


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
        name, content = next(iter(parse_joined(data[start:end]).items()))
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
        if xml2json.is_unmarked(content):
            xml2json.add_document(building, name, content, place)
        else:
            add_document(building, name, content, place, has_singles=True)
