"""Streams documents that are plain through and through, all of a file at once: nearly every document is one.

Only what xml.document would read in the same way is taken; a property test holds the two together.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.parsers import expat

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.json.header import UnfitError, read_header
from smelt.mtconnect.rows import Building, Document
from smelt.mtconnect.xml.document import read_document
from smelt.mtconnect.xml.documents import Found
from smelt.mtconnect.xml.plain_rows import plain_rows
from smelt.mtconnect.xml.session import unprefixed
from smelt.mtconnect.xml.words import Words
from smelt.mtconnect.xml_scanner.rows import CODE_AT, ITEM_AT, OTHER_WIDTH, ROW_WIDTH, TEXT_AT
from smelt.mtconnect.xml_scanner.scan import Scanned, scan
from smelt.mtconnect.xml_scanner.template import SLACK, TEMPLATE, TEMPLATES
from smelt.terms.observation import DECODED_ROWS, Origin

_CONTAINERS = (b"Samples", b"Events", b"Condition")
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_SHORTEST_ROW = len('<A dataItemId="a" sequence="1" timestamp="2020-01-01T00:00:00"/>')
_SHORTEST_OTHER, _SHORTEST_DEVICE = len("<A/>"), len('<DeviceStream uuid="a">')
_PROLOG = re.compile(
    rb"""(?:<\?xml\ version=["']1\.0["'](?:\ encoding=["'](?:utf|UTF)-8["'])?
    (?:\ standalone=["'](?:yes|no)["'])?\s*\?>)?\s*(?:<\?xml-stylesheet\ [^?<]*\?>\s*)*""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class PlainDocuments:
    """Plain documents by their place among those found, and their rows, in which `document` is that place."""

    documents: dict[int, Document] = field(default_factory=dict)
    rows: pa.Table = field(default_factory=DECODED_ROWS.empty_table)


def read_plain(data: bytes, found: Sequence[Found], limits: Sequence[int], origin: Origin) -> PlainDocuments:
    """Read the documents of a file that are plain; the others are not among what is returned."""
    places = [place for place, limit in enumerate(limits) if _is_clean(data, found[place], limit)]
    if not places:
        return PlainDocuments()
    scanned = _scan(data, [(found[place].root, limits[place]) for place in places])
    times = EventTimes()
    documents: dict[int, Document] = {}
    for place, (header, header_end, end) in zip(places, scanned.headers.tolist(), strict=True):
        document = None if end < 0 else _document(data, found[place], (header, header_end), end, times)
        if document is not None:
            documents[place] = document
    uuids = [data[start:end].decode() for _, start, end in scanned.devices.tolist()]
    known = {uuid: code for code, uuid in enumerate(dict.fromkeys(uuids))}
    devices = Words(np.array([known[uuid] for uuid in uuids], np.int32), list(known))
    found_rows = plain_rows(data, scanned.rows, scanned.numbers, devices, origin.sample_rates)
    for index in found_rows.unread:
        documents.pop(places[index], None)
    others = _read_others(data, scanned, places, documents, origin)
    rows = _of_places(found_rows.table, places, documents)
    return PlainDocuments(documents, pa.concat_tables([rows, *others]))


def _is_clean(data: bytes, found: Found, limit: int) -> bool:
    """Say whether the scan can tell what is in the document: UTF-8, and nothing odd before its root."""
    if found.kind != "MTConnectStreams" or _PROLOG.fullmatch(data, found.start, found.root) is None:
        return False
    text = data[found.root : limit]
    try:
        _ = text.isascii() or text.decode()
    except UnicodeError:
        return False
    return text.isascii() or not any(mark in text for mark in _NO_CHARACTERS)


def _scan(data: bytes, spans: list[tuple[int, int]]) -> Scanned:
    size = spans[-1][1] - spans[0][0]
    rows, others, devices = (size // shortest + 1 for shortest in (_SHORTEST_ROW, _SHORTEST_OTHER, _SHORTEST_DEVICE))
    out = Scanned(
        headers=np.full((len(spans), 3), -1, np.int64),
        devices=np.empty((devices, 3), np.int64),
        rows=np.empty((rows, ROW_WIDTH), np.int64),
        numbers=np.empty(rows, np.float64),
        others=np.empty((others, OTHER_WIDTH), np.int64),
        counts=np.zeros(3, np.int64),
    )
    buffer = np.frombuffer(data + bytes(SLACK), np.uint8)
    base = buffer.ctypes.data
    templates = np.zeros(TEMPLATES, TEMPLATE)
    scan(np.array(spans, np.int64) + base, out, templates.ctypes.data)
    devices, rows, others = out.counts.tolist()
    out.headers[out.headers >= 0] -= base
    out.devices[:devices, 1:] -= base
    out.rows[:rows, [ITEM_AT, TEXT_AT, CODE_AT]] -= base
    out.others[:others, 3:] -= base
    return out._replace(
        devices=out.devices[:devices], rows=out.rows[:rows], numbers=out.numbers[:rows], others=out.others[:others]
    )


def _document(data: bytes, found: Found, header: tuple[int, int], end: int, times: EventTimes) -> Document | None:
    attributes: dict[str, str] = {}
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, read: attributes.update(unprefixed(read))
    try:
        parser.Parse(data[slice(*header)], True)
        return read_header(attributes, (found.start, end - found.start), times, found.kind, "xml")
    except (expat.ExpatError, UnfitError):
        return None


def _read_others(
    data: bytes, scanned: Scanned, places: list[int], documents: dict[int, Document], origin: Origin
) -> list[pa.Table]:
    """Read the other observations with the parser; a document in which one cannot be read is not plain."""
    building = Building(Origin(sample_rates=origin.sample_rates))
    of_document: list[int] = []
    for index, others in groupby(scanned.others.tolist(), key=lambda other: other[0]):
        place = places[index]
        if place not in documents:
            continue
        alone = b"".join(_alone(data, scanned.devices, others))
        rejected = len(building.rejects)
        read_document(building, alone, Found(0, 0, "MTConnectStreams"), len(alone))
        of_document.append(place)
        if len(building.rejects) > rejected:
            del documents[place]
    return [_of_places(building.finish().rows, of_document, documents)] if of_document else []


def _alone(data: bytes, devices: NDArray[np.int64], others: Iterable[list[int]]) -> Iterator[bytes]:
    """Yield a document that holds these observations alone."""
    yield b'<MTConnectStreams><Header instanceId="0"/><Streams>'
    for (device, category), group in groupby(others, key=lambda other: (other[1], other[2])):
        _, start, end = devices[device].tolist()
        container = _CONTAINERS[category]
        yield b'<DeviceStream uuid="%s"><ComponentStream><%s>' % (data[start:end], container)
        yield from (data[first:behind] for *_, first, behind in group)
        yield b"</%s></ComponentStream></DeviceStream>" % container
    yield b"</Streams></MTConnectStreams>"


def _of_places(rows: pa.Table, places: Sequence[int], documents: dict[int, Document]) -> pa.Table:
    """Return the rows of the documents that are plain, with their places and instance ids."""
    index = rows["document"].to_numpy()
    is_kept = np.array([place in documents for place in places], np.bool_)[index]
    if not is_kept.all():
        rows, index = rows.filter(pa.array(is_kept)), index[is_kept]
    instances = [documents[place].instance_id if place in documents else None for place in places]
    columns = {
        "document": pa.array(np.array(places, np.int32)[index]),
        "instance_id": pa.array(instances, pa.int64()).take(pa.array(index)),
    }
    for name, column in columns.items():
        rows = rows.set_column(rows.schema.get_field_index(name), DECODED_ROWS.field(name), column)
    return rows
