"""Compiled scan of XML documents that are plain through and through; whatever is not is left to the parser.

Plain is a document of elements in the standard's order, without comments or processing instructions inside.
An observation in it is plain if its attributes are; what stands in it is a number, a text, or left to be read
where it lies. The others are named by where they lie.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, inlined, part
from smelt.mtconnect.event_units import EVENTS_WITH_UNITS
from smelt.mtconnect.scanner.instructions import load_byte, store_byte
from smelt.mtconnect.xml_scanner.describe import describe
from smelt.mtconnect.xml_scanner.rows import (
    CATEGORY,
    DEVICE,
    DOCUMENT,
    EVENT,
    FORM,
    HAS_UNITS,
    IS_MARKED,
    IS_TEXT,
    MARKED_UNITS,
    NO_PATTERN,
    TEXT_LENGTH,
)
from smelt.mtconnect.xml_scanner.tags import (
    FOUND,
    HAS_ENTITY,
    MOST_ATTRIBUTES,
    SIGNS,
    UUID,
    close_at,
    local_name,
    name_end,
    read_body,
    read_tag,
    skip_blanks,
)
from smelt.mtconnect.xml_scanner.template import follow, learn
from smelt.mtconnect.xml_scanner.values import LT, QUOTE, SLASH, Longs, which_word, words

_AT_HEADER, _AT_DEVICE, _AT_CATEGORY, _AT_OBSERVATION = 1, 2, 4, 5  # how many elements stand around
_CATEGORIES = words(b"Samples", b"Events", b"Condition")
_CONTAINERS = words(b"MTConnectStreams", b"Streams", b"DeviceStream", b"ComponentStream")
_HEADER = words(b"Header")
_WITH_UNITS = words(*(name.encode() for name in EVENTS_WITH_UNITS))


class Scanned(NamedTuple):
    """What is filled while documents are scanned.

    headers : (first byte, byte behind, end of the document) by document; -1 where a document is not plain.
    devices : (document, first byte, byte behind) of the uuids.
    rows, numbers : a row each of plain observations, as rows.py says.
    others : (document, device, category, first byte, byte behind) of the other observations.
    counts : how many devices, rows and others are filled.
    """

    headers: Longs
    devices: Longs
    rows: Longs
    numbers: NDArray[np.float64]
    others: Longs
    counts: Longs


class _Walk(NamedTuple):
    """What is known on the way: open elements' names, the tag read last, depth, category, device, a text."""

    stack: Longs
    spans: Longs
    found: Longs
    text: Longs
    place: Longs  # document, device, category, depth
    memory: Longs  # addresses of the templates, and of the last one


@entry
def scan(documents: Longs, out: Scanned, templates: int) -> None:
    """Scan documents, each [root, limit): addresses, as all places are; SLACK bytes behind the last can be read.

    Parameters
    ----------
    templates : address of TEMPLATES templates, zeros at first.
    """
    walk = _Walk(
        np.zeros((_AT_OBSERVATION + 1, 2), np.int64),
        np.zeros((MOST_ATTRIBUTES, 2), np.int64),
        np.zeros((FOUND, 2), np.int64),
        np.zeros(3, np.int64),
        np.zeros(4, np.int64),
        np.zeros(2, np.int64),
    )
    walk.memory[0] = templates
    for document in range(len(documents)):
        devices, rows, others = out.counts
        walk.place[0], walk.place[1], walk.place[2], walk.place[3] = document, -1, -1, 0
        out.headers[document, :] = -1
        at = _read_document(documents[document, 0], documents[document, 1], walk, out)
        if at < 0 or out.headers[document, 0] < 0:
            out.headers[document, :] = -1
            out.counts[0], out.counts[1], out.counts[2] = devices, rows, others
        else:
            out.headers[document, 2] = at


@part
def _read_document(at: int, limit: int, walk: _Walk, out: Scanned) -> int:
    """Return the end of the document, or -1."""
    while True:
        depth = walk.place[3]
        at = skip_blanks(at, limit)
        if at + 1 >= limit or load_byte(at) != LT:
            return -1
        if load_byte(at + 1) == SLASH:
            if depth == 0:
                return -1
            at = close_at(at, limit, walk.stack[depth - 1])
            walk.place[3] = depth - 1
            if at < 0 or depth == 1:
                return at
            continue
        if depth == _AT_OBSERVATION:
            end = _follow(at, limit, walk, out)
            if end >= 0:
                at = end
                continue
        start, name = at, walk.stack[depth]
        name[0], name[1] = at + 1, name_end(at + 1, limit)
        at = -1 if name[0] == name[1] else read_tag(name[1], limit, walk.spans, walk.found)
        if at < 0:
            return -1
        is_empty = load_byte(at) == SLASH
        at += 2 if is_empty else 1
        walk.text[0] = at
        if depth == _AT_OBSERVATION:
            at = _read_observation(start, limit, walk, out) if not is_empty else _empty(start, at, walk, out)
        elif not _is_container(start, at, walk, out):
            return -1
        elif out.headers[walk.place[0], 0] == start:
            at = at if is_empty else close_at(at, limit, name)
            out.headers[walk.place[0], 1] = at
        else:
            walk.place[3] += 0 if is_empty else 1
        if at < 0 or (is_empty and depth == 0):
            return -1


@part
def _is_container(start: int, at: int, walk: _Walk, out: Scanned) -> bool:
    """Note what a start tag opens; False if it does not belong there."""
    document, depth, name = walk.place[0], walk.place[3], walk.stack[walk.place[3]]
    local = local_name(name[0], name[1])
    if depth == _AT_HEADER and which_word(local, name[1], _HEADER) >= 0:
        is_first = out.headers[document, 0] < 0
        out.headers[document, 0] = start
        return is_first
    if walk.found[SIGNS, HAS_ENTITY] >= 0 or (depth >= _AT_HEADER and out.headers[document, 0] < 0):
        return False
    if depth == _AT_CATEGORY:
        walk.place[2] = which_word(local, name[1], _CATEGORIES)
        return walk.place[2] >= 0
    if depth == _AT_DEVICE:
        uuid = walk.found[UUID]
        if uuid[0] == uuid[1] or load_byte(uuid[1]) != QUOTE:
            return False
        device = out.devices[out.counts[0]]
        device[0], device[1], device[2] = document, uuid[0], uuid[1]
        walk.place[1] = out.counts[0]
        out.counts[0] += 1
    return which_word(local, name[1], _CONTAINERS) == depth


@part
def _read_observation(start: int, limit: int, walk: _Walk, out: Scanned) -> int:
    """Read an observation whose start tag was read last; returns its end, or -1."""
    end = read_body(walk.text, limit, walk.stack[_AT_OBSERVATION])
    return _add(start, end, walk, out) if end >= 0 else -1


@part
def _empty(start: int, end: int, walk: _Walk, out: Scanned) -> int:
    walk.text[1], walk.text[2] = end, 0
    return _add(start, end, walk, out)


@part
def _add(start: int, end: int, walk: _Walk, out: Scanned) -> int:
    index, name = out.counts[1], walk.stack[_AT_OBSERVATION]
    row = out.rows[index]
    row[DOCUMENT], row[DEVICE], row[CATEGORY] = walk.place[0], walk.place[1], walk.place[2]
    name[0] = local_name(name[0], name[1])
    if not describe(row, out.numbers[index : index + 1], walk.found, (name, walk.text)):
        return _add_other(start, end, walk, out)
    has_units = row[CATEGORY] == EVENT and which_word(name[0], name[1], _WITH_UNITS) >= 0
    form = HAS_UNITS if has_units else IS_TEXT
    out.counts[1] += 1
    if row[FORM] < IS_MARKED:
        row[FORM] = form if row[FORM] == IS_TEXT else row[FORM]
        if row[TEXT_LENGTH] != NO_PATTERN:
            learn((start, end), walk.memory, row, walk.found, form)
    elif row[FORM] == IS_MARKED and has_units:
        row[FORM] = MARKED_UNITS
    return end


@inlined
def _follow(at: int, limit: int, walk: _Walk, out: Scanned) -> int:
    """Add the observation at `at` if a template fits it; returns its end, or -1."""
    index = out.counts[1]
    row = out.rows[index]
    row[DOCUMENT], row[DEVICE], row[CATEGORY] = walk.place[0], walk.place[1], walk.place[2]
    out.numbers[index] = np.nan
    end = follow(at, limit, walk.memory, row, out.numbers[index : index + 1])
    out.counts[1] += 1 if end >= 0 else 0
    return end


@part
def _add_other(start: int, end: int, walk: _Walk, out: Scanned) -> int:
    other = out.others[out.counts[2]]
    other[0], other[1], other[2], other[3], other[4] = walk.place[0], walk.place[1], walk.place[2], start, end
    out.counts[2] += 1
    return end


@entry
def copy_spans(starts: Longs, offsets: Longs, copied: int) -> None:
    """Copy the bytes at the addresses `starts` one behind the other to `copied`; `offsets` say how long they are."""
    for i in range(len(starts)):
        at, target = starts[i], offsets[i]
        for k in range(offsets[i + 1] - target):
            store_byte(copied + target + k, load_byte(at + k))
