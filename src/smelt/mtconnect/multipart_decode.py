"""Decodes recorded streams part by part, many parts at once where a document says all that has to be known."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa

from smelt.mtconnect.http_response import Body, open_response
from smelt.mtconnect.merge import merge
from smelt.mtconnect.multipart import Part, find_boundary, read_parts
from smelt.mtconnect.unpack import MAGIC, unpack
from smelt.terms.observation import DECODED_DOCUMENTS, Decoded, Origin, Reject

Decode = Callable[[bytes, Origin], Decoded]

_RESPONSE = re.compile(rb"(?:\A|(?<=\n))HTTP/1\.[01] [0-9]{3}[^\r\n]*\r?\n(?=[\w-]+:)")
_TELLS_ALL = re.compile(rb'[\s\xef\xbb\xbf]*+(?:(<)[?!\w]|\{\s*+"MTConnect)')
_MOST_PARTS = 1000
_MOST_BYTES = 8 << 20


def decode_multipart(data: bytes, origin: Origin, decode_part: Decode) -> Decoded:
    """Decode the documents of a recorded stream; never raises.

    Parameters
    ----------
    data : parts, one behind the other, or HTTP responses as received, head and chunk framing included.
    decode_part : decodes the plain bytes of one document or of several, joined.

    Returns
    -------
    Offsets are those of `data`, within chunk framing too; a document knows its part's Content-Location and
    Received-At.
    """
    heads = [match.start() for match in _RESPONSE.finditer(data)]
    borders = sorted({0, *heads, len(data)})
    found = []
    for start, end in pairwise(borders):
        body = open_response(data[start:end])
        found.append(_in_file(_decode_body(body, origin, decode_part), body, start))
    return merge(found) if found else decode_part(b"", origin)


def _decode_body(body: Body, origin: Origin, decode_part: Decode) -> Decoded:
    boundary = find_boundary(body.data, body.content_type)
    parts = [Part(0, len(body.data))] if boundary is None else read_parts(body.data, boundary)
    decoded = [_decode_run(body.data, run, origin, decode_part) for run in _runs(body.data, parts)]
    return merge(decoded) if decoded else decode_part(b"", origin)


def _runs(data: bytes, parts: Sequence[Part] | Iterator[Part]) -> Iterator[list[Part]]:
    """Group neighbours that can be decoded together: documents of one kind that do not depend on their origin."""
    run: list[Part] = []
    kind: object = None
    size = 0
    for part in parts:
        match = None if part.fault is not None else _TELLS_ALL.match(data, part.start, part.end)
        this = None if match is None else match[1] or b"{"
        if run and (this is None or this != kind or len(run) >= _MOST_PARTS or size > _MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(part)
        kind = this
        size += part.end - part.start
    if run:
        yield run


def _decode_run(data: bytes, run: list[Part], origin: Origin, decode_part: Decode) -> Decoded:
    """Decode parts at once; if anything in them is bad, halve by halve, so that a bad one stands alone."""
    if len(run) == 1:
        return _decode_one(data, run[0], origin, decode_part)
    pieces = [data[part.start : part.end] for part in run]
    decoded = decode_part(b"\n".join(pieces), replace(origin, source=None, record_key=None, received_at_us=None))
    if decoded.rejects:
        half = len(run) // 2
        return merge([_decode_run(data, part, origin, decode_part) for part in (run[:half], run[half:])])
    starts = np.array([0, *accumulate(len(piece) + 1 for piece in pieces)][:-1])
    offsets = decoded.documents["offset"].to_numpy()
    places = np.searchsorted(starts, offsets, side="right") - 1
    moved = offsets - starts[places] + np.array([part.start for part in run])[places]
    chosen = [run[place] for place in places.tolist()]
    columns = {
        "offset": moved,
        "source": [origin.source if part.source is None else part.source for part in chosen],
        "received_at": [
            origin.received_at_us if part.received_at_us is None else part.received_at_us for part in chosen
        ],
    }
    return replace(decoded, documents=_with_columns(decoded.documents, columns))


def _decode_one(data: bytes, part: Part, origin: Origin, decode_part: Decode) -> Decoded:
    length = part.end - part.start
    if part.fault is not None:
        return replace(decode_part(b"", origin), rejects=(Reject(part.start, length, part.fault),))
    own = replace(
        origin,
        source=origin.source if part.source is None else part.source,
        record_key=part.record_key,
        received_at_us=origin.received_at_us if part.received_at_us is None else part.received_at_us,
    )
    body = data[part.start : part.end]
    if not body.startswith(MAGIC):
        return _moved(decode_part(body, own), lambda at: part.start + at)
    unpacked = unpack(body)
    decoded = decode_part(unpacked.data, own)
    outside = (*unpacked.rejects, *decoded.rejects)
    rejects = tuple(Reject(part.start, length, f"within a gzip part, byte {r.offset}: {r.reason}") for r in outside)
    count = decoded.documents.num_rows
    columns = {"offset": np.full(count, part.start), "length": np.full(count, length)}
    return replace(decoded, documents=_with_columns(decoded.documents, columns), rejects=rejects)


def _in_file(decoded: Decoded, body: Body, start: int) -> Decoded:
    if start == 0 and body.starts == body.file_starts:
        return decoded
    return _moved(decoded, lambda at: start + body.in_file(at))


def _moved(decoded: Decoded, move: Callable[[int], int]) -> Decoded:
    """Return the same with every offset moved; lengths span what is moved."""
    spans = zip(decoded.documents["offset"].to_pylist(), decoded.documents["length"].to_pylist(), strict=True)
    moved = [_span(at, length, move) for at, length in spans]
    columns = {"offset": [at for at, _ in moved], "length": [length for _, length in moved]}
    rejects = tuple(Reject(*_span(r.offset, r.length, move), r.reason) for r in decoded.rejects)
    return replace(decoded, documents=_with_columns(decoded.documents, columns), rejects=rejects)


def _span(at: int, length: int, move: Callable[[int], int]) -> tuple[int, int]:
    start = move(at)
    return start, move(at + length - 1) + 1 - start if length else 0


def _with_columns(documents: pa.Table, columns: dict[str, object]) -> pa.Table:
    for name, values in columns.items():
        field = DECODED_DOCUMENTS.field(name)
        documents = documents.set_column(documents.schema.get_field_index(name), field, pa.array(values, field.type))
    return documents
