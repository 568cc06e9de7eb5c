"""Observations of one data item differ in sequence, time and value only: the bytes around them are compared whole.

A template is learned from an observation that was walked: its bytes up to the first hole, between the
holes and behind the last one. Which template fits next is told by what followed the last time.
"""

import numpy as np

from smelt.mtconnect.scanner.clock import parse_time
from smelt.mtconnect.scanner.compiled import inlined, spliced
from smelt.mtconnect.scanner.instructions import copy_32, differing, load_word, store_float, store_int32, store_word
from smelt.mtconnect.scanner.state import LENGTHS, NO_VALUE, NO_WORD, PIECE, PIECES, TEMPLATE, State, template_at
from smelt.mtconnect.scanner.values import read_number, read_sequence, read_string

_NUMBER, _STRING, _SEQUENCE, _TIME = range(4)  # kinds of holes; the first two are BARE and QUOTED
_TEMPLATE_SIZE = TEMPLATE.itemsize


@inlined
def add_row(s: State, item: int, native_code: int) -> None:
    """Append a row of the sequence, time and value that were read last."""
    row = s.rows
    store_word(s.sequence + row * 8, s.count)
    store_word(s.event_time + row * 8, s.time)
    store_float(s.value + row * 8, s.number)
    store_int32(s.item + row * 4, item)
    store_int32(s.text + row * 4, s.code)
    store_int32(s.native_code + row * 4, native_code)
    if s.is_long != 0:
        store_word(s.long + s.longs * 8, row)
        s.longs += 1
        s.is_long = 0
    s.rows = row + 1


@inlined
def _is_piece(at: int, piece: int, length: int) -> bool:
    while length > 32:
        if differing(at, piece) != 0:
            return False
        at, piece, length = at + 32, piece + 32, length - 32
    return differing(at, piece) << (64 - length) == 0


@spliced
def follow(s: State, address: int, at: int, category: int) -> int:
    """Read the observation at `at` if it fits the template at an address; returns its end, or -1."""
    t = template_at(address)
    if t.category != category:
        return -1
    s.code, s.is_long = NO_WORD, 0
    holes, piece = t.holes, address + PIECES
    for k in range(3):
        length = load_word(address + LENGTHS + k * 8)
        if at > s.safe or not _is_piece(at, piece, length):
            return -1
        at += length
        piece += PIECE
        hole = holes & 0xFF
        holes >>= 8
        if hole == _SEQUENCE:
            at = read_sequence(s, at)
        elif hole == _TIME:
            at = parse_time(s, at)
        elif hole == _NUMBER:
            at = read_number(s, at, category)
        else:
            at = read_string(s, at, category)
        if at < 0:
            return -1
    length = load_word(address + LENGTHS + 24)
    if at > s.safe or not _is_piece(at, piece, length):
        return -1
    add_row(s, t.item, t.native_code)
    return at + length


@spliced
def learn(s: State, start: int, end: int, item: int, category: int) -> int:
    """Keep the observation that was walked last as its item's template; returns its address, 0 if it makes none."""
    if item >= s.template_capacity or s.form == NO_VALUE:
        return 0
    address = s.templates + item * _TEMPLATE_SIZE
    t = template_at(address)
    t.category, t.item, t.native_code, t.holes = -1, item, s.native, 0
    at = start
    for k in range(3):
        hole_at, hole_end, hole = _next_hole(s, at)
        if not _keep_piece(s, address, k, at, hole_at):
            return 0
        t.holes |= hole << (8 * k)
        at = hole_end
    if not _keep_piece(s, address, 3, at, end):
        return 0
    t.category = category
    return address


@spliced
def _next_hole(s: State, at: int) -> tuple[int, int, int]:
    """Return where the first hole behind `at` begins and ends, and what it is."""
    found, end, hole = s.end, s.end, _NUMBER
    if s.sequence_at >= at:
        found, end, hole = s.sequence_at, s.sequence_end, _SEQUENCE
    if s.time_at >= at and s.time_at < found:
        found, end, hole = s.time_at, s.time_end, _TIME
    if s.value_at >= at and s.value_at < found:
        found, end, hole = s.value_at, s.value_end, s.form
    return found, end, hole


@inlined
def _keep_piece(s: State, address: int, k: int, at: int, end: int) -> bool:
    """Copy the bytes [at, end) as a template's piece k."""
    length = end - at
    if length > PIECE or at > s.safe:
        return False
    store_word(address + LENGTHS + k * 8, length)
    for i in range(0, length, 32):
        copy_32(at + i, address + PIECES + k * PIECE + i)
    return True


@inlined
def reset_value(s: State) -> None:
    """Forget the value of the observation before."""
    s.number, s.code, s.form, s.native, s.is_long = np.nan, NO_WORD, NO_VALUE, NO_WORD, 0
