"""Decodes recorded streams part by part, many parts at once where a document says all that has to be known."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from smelt.mtconnect.http_response import Body, open_response
from smelt.mtconnect.merge import merge
from smelt.mtconnect.multipart import Part, find_boundary, read_parts
from smelt.mtconnect.unpack import MAGIC, unpack
from smelt.terms.observation import DECODED_DOCUMENTS, Decoded, Origin, Reject

Decode = Callable[[bytes, Origin], Decoded]


class _Known(NamedTuple):
    """A part and the kind of what it holds."""

    part: Part
    kind: bytes


_DOCUMENTS = (b"<", b"{")

_RESPONSE = re.compile(rb"HTTP/[1-3](?:\.[01])? [0-9]{3}[^\r\n]{0,200}\r?\n(?=[\w-]+:)")
_TELLS_ALL = re.compile(rb'[\s\xef\xbb\xbf]*+(?:(<)[?!\w]|\{\s*+"MTConnect)')
_RECORD = re.compile(rb"[\s\xef\xbb\xbf]*+[{\[]")
_BEFORE_RESPONSE = (b"", b"\n", b">", b"}", b"]")  # a document may end without a line end
_MOST_PARTS = 1000
_MOST_RECORDS = 20_000
_TOGETHER_US = 60_000_000
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
    borders = sorted({0, *_responses(data), len(data)})
    found = []
    for start, end in pairwise(borders):
        body = open_response(data[start:end])
        found.append(_in_file(_decode_body(body, origin, decode_part), body, start))
    decoded = merge(found) if found else decode_part(b"", origin)
    return replace(decoded, rejects=tuple(sorted(decoded.rejects, key=lambda reject: reject.offset)))


def _responses(data: bytes) -> Iterator[int]:
    """Return where the heads of responses begin."""
    at = data.find(b"HTTP/")
    while at >= 0:
        if data[at - 1 : at] in _BEFORE_RESPONSE and _RESPONSE.match(data, at) is not None:
            yield at
        at = data.find(b"HTTP/", at + 1)


def _decode_body(body: Body, origin: Origin, decode_part: Decode) -> Decoded:
    boundary = find_boundary(body.data, body.content_type)
    parts: Iterable[Part] = [Part(0, len(body.data))] if boundary is None else read_parts(body.data, boundary)
    return decode_parts(body.data, parts, origin, decode_part)


def decode_parts(data: bytes, parts: Iterable[Part], origin: Origin, decode_part: Decode) -> Decoded:
    """Decode the parts of bytes, each with its own source, key and arrival; offsets are those of the bytes."""
    decoded = [
        _decode_run(data, group, origin, decode_part)
        for run in _runs(data, parts)
        for group in ([run] if run[0].kind in _DOCUMENTS else _groups(run))
    ]
    return merge(decoded) if decoded else decode_part(b"", origin)


def _runs(data: bytes, parts: Iterable[Part]) -> Iterator[list[_Known]]:
    """Group neighbours that can be decoded together: documents of one kind that tell all, or records."""
    run: list[_Known] = []
    size = 0
    for part in parts:
        kind = _kind(data, part)
        most = _MOST_PARTS if kind in _DOCUMENTS else _MOST_RECORDS
        if run and (kind == b"" or kind != run[-1].kind or len(run) >= most or size > _MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(_Known(part, kind))
        size += part.end - part.start
    if run:
        yield run


def _kind(data: bytes, part: Part) -> bytes:
    """Return what a part begins with: "<" or "{" of a document, "[" of records, nothing of anything else."""
    if part.fault is not None:
        return b""
    match = _TELLS_ALL.match(data, part.start, part.end)
    if match is not None:
        return match[1] or b"{"
    return b"[" if _RECORD.match(data, part.start, part.end) is not None else b""


def _groups(run: list[_Known]) -> Iterator[list[_Known]]:
    """Group records of the same minute that came the same way: their origin tells whose they are."""
    groups: dict[tuple[str | None, str | None, int], list[_Known]] = {}
    for known in run:
        part = known.part
        minute = (part.received_at_us or 0) // _TOGETHER_US
        groups.setdefault((part.source, part.record_key, minute), []).append(known)
    yield from groups.values()


def _decode_run(data: bytes, run: list[_Known], origin: Origin, decode_part: Decode) -> Decoded:
    """Decode parts at once; if anything in them is bad, halve by halve, so that a bad one stands alone."""
    first, kind = run[0]
    if len(run) == 1:
        return _decode_one(data, first, origin, decode_part)
    pieces = [data[part.start : part.end] for part, _ in run]
    shared = Part(0, 0) if kind in _DOCUMENTS else first
    decoded = decode_part(b"\n".join(pieces), _origin(origin, shared))
    if decoded.rejects:
        half = len(run) // 2
        return merge([_decode_run(data, part, origin, decode_part) for part in (run[:half], run[half:])])
    starts = np.array([0, *accumulate(len(piece) + 1 for piece in pieces)][:-1])
    shift = np.array([part.start for part, _ in run]) - starts
    offsets = decoded.documents["offset"].to_numpy()
    lasts = offsets + decoded.documents["length"].to_numpy() - 1
    places, last_places = (np.searchsorted(starts, at, side="right") - 1 for at in (offsets, lasts))
    moved = offsets + shift[places]
    chosen = [run[place].part for place in places.tolist()]
    columns = {
        "offset": moved,
        "length": lasts + shift[last_places] + 1 - moved,
        "source": [origin.source if part.source is None else part.source for part in chosen],
        "received_at": [
            origin.received_at_us if part.received_at_us is None else part.received_at_us for part in chosen
        ],
    }
    return replace(decoded, documents=_with_columns(decoded.documents, columns))


def _origin(origin: Origin, part: Part) -> Origin:
    return replace(
        origin,
        source=origin.source if part.source is None else part.source,
        record_key=part.record_key,
        received_at_us=origin.received_at_us if part.received_at_us is None else part.received_at_us,
    )


def _decode_one(data: bytes, part: Part, origin: Origin, decode_part: Decode) -> Decoded:
    length = part.end - part.start
    if part.fault is not None:
        return replace(decode_part(b"", origin), rejects=(Reject(part.start, length, part.fault),))
    own = _origin(origin, part)
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


def _with_columns(documents: pa.Table, columns: Mapping[str, object]) -> pa.Table:
    for name, values in columns.items():
        field = DECODED_DOCUMENTS.field(name)
        documents = documents.set_column(documents.schema.get_field_index(name), field, pa.array(values, field.type))
    return documents
