"""MTConnect XML of every kind and schema version: Streams, Devices, Assets and Error documents, several in one file.

A document begins where its root element does (its declaration and style sheet before it), so a torn one
never takes its neighbours along. Local names count, whatever the namespace.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from smelt.mtconnect.encoding import utf8_of
from smelt.mtconnect.long.piece import Piece, placed
from smelt.mtconnect.probe.xml import read_probe_xml
from smelt.mtconnect.rows import Building
from smelt.mtconnect.xml.assets import read_assets
from smelt.mtconnect.xml.document import read_document
from smelt.mtconnect.xml.documents import BLANKS, Found, find_documents
from smelt.mtconnect.xml.plain import PlainDocuments, read_plain
from smelt.terms.errors import InputError
from smelt.terms.observation import DECODED_ROWS, Decoded, LandedProbe, Origin

NO_DOCUMENT = "no MTConnect document"
_SMALL = 1 << 16  # below that the parser is done before the scan is set up


def decode_xml(data: bytes, origin: Origin) -> Decoded:
    """Decode every document in the bytes; never raises, whatever they are.

    Parameters
    ----------
    data : documents with or without declarations, one behind the other; UTF-8, UTF-16, or what they declare.
    origin : its `sample_rates` place time series that do not tell theirs.

    Examples
    --------
    >>> decoded = decode_xml(b'<MTConnectStreams><Header instanceId="1"/><Streams/></MTConnectStreams>oops', Origin())
    >>> decoded.documents.num_rows, decoded.rejects
    (1, (Reject(offset=71, length=4, reason='no MTConnect document'),))
    """
    wide = utf8_of(data)
    if wide is not None:
        return placed(decode_xml(wide.data, origin), Piece(0, wide.data, None, wide.places))
    building = Building(origin)
    found = find_documents(data)
    borders = [*(document.start for document in found), len(data)]
    plain = read_plain(data, found, borders[1:], origin) if len(data) >= _SMALL else PlainDocuments()
    _reject_between(building, data, 0, borders[0])
    indexes: dict[int, int] = {}
    for place, (document, limit) in enumerate(zip(found, borders[1:], strict=True)):
        known = plain.documents.get(place)
        if known is None:
            end = _read(building, data, document, limit)
        else:
            indexes[place] = len(building.documents)
            building.documents.append(known)
            end = known.offset + known.length
        _reject_between(building, data, end, limit)
    decoded = building.finish()
    return replace(decoded, rows=_together(decoded.rows, plain.rows, indexes)) if indexes else decoded


def _together(rows: pa.Table, plain: pa.Table, indexes: dict[int, int]) -> pa.Table:
    """Join rows and the plain ones, whose documents are places, in the order of documents."""
    index = np.zeros(max(indexes) + 1, np.int32)
    index[list(indexes)] = list(indexes.values())
    column = plain.schema.get_field_index("document")
    moved = pa.array(index[plain["document"].to_numpy()])
    both = pa.concat_tables([rows, plain.set_column(column, DECODED_ROWS.field("document"), moved)])
    both = both.unify_dictionaries().combine_chunks()
    order = both["document"].to_numpy()
    return both if (order[1:] >= order[:-1]).all() else both.take(pa.array(np.argsort(order, kind="stable")))


def _read(building: Building, data: bytes, found: Found, limit: int) -> int:
    known, rejected = len(building.documents), len(building.rejects)
    end = read_document(building, data, found, limit)
    if len(building.documents) > known:
        if found.kind == "MTConnectAssets":
            read_assets(building, data, found, limit)
        if found.kind == "MTConnectDevices" and len(building.rejects) == rejected:
            _add_probe(building, data, found.start, end)
    return end


def _add_probe(building: Building, data: bytes, start: int, end: int) -> None:
    try:
        probe = read_probe_xml(data[start:end])
    except InputError as error:
        building.reject(start, end, f"device model: {error}")
        return
    building.probes.append(LandedProbe(len(building.documents) - 1, probe))


def _reject_between(building: Building, data: bytes, start: int, end: int) -> None:
    if start >= end:
        return
    gap = data[start:end]
    begin = end - len(gap.lstrip(BLANKS))
    building.reject(begin, start + len(gap.rstrip(BLANKS)), NO_DOCUMENT)
