"""Observations of one data item differ in sequence, time and value only: the bytes around them are compared whole.

A template is learned from an observation that was walked: its bytes up to the first hole, between the
holes and behind the last one. Which template fits next is told by what followed the last time.
"""

import numpy as np

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.clock import parse_time
from smelt.mtconnect.scanner.instructions import (
    copy_32,
    differing,
    load_byte,
    load_word,
    store_float,
    store_int32,
    store_word,
)
from smelt.mtconnect.scanner.number import short_number
from smelt.mtconnect.scanner.state import (
    LENGTHS,
    NO_VALUE,
    NO_WORD,
    PIECE,
    PIECES,
    SAMPLE,
    TEMPLATE,
    State,
    template_at,
)
from smelt.mtconnect.scanner.text import COMMA
from smelt.mtconnect.scanner.values import read_number, read_string, sequence_at

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
        note_long(s, row)
    s.rows = row + 1


@part
def note_long(s: State, row: int) -> None:
    """Note a row whose number may have more than 15 digits."""
    store_word(s.long + s.longs * 8, row)
    s.longs += 1
    s.is_long = 0


@inlined
def is_piece(at: int, piece: int, length: int) -> bool:
    """Tell whether the bytes at `at` are those of a piece; both are read 32 at a time."""
    while length > 32:
        if differing(at, piece) != 0:
            return False
        at, piece, length = at + 32, piece + 32, length - 32
    return differing(at, piece) << (64 - length) == 0


@part
def follow(s: State, address: int, at: int, category: int) -> int:
    """Read observations from `at` on as long as each fits the template that followed the last time.

    Returns the end of the last one that fits, -1 if not even the first does; s.last is its template.
    """
    end, row = -1, s.rows
    while address != 0 and at <= s.safe and row < s.row_capacity:
        t = template_at(address)
        if t.category != category or not is_piece(at, address + PIECES, load_word(address + LENGTHS)):
            break
        at += load_word(address + LENGTHS)
        holes, number, code = t.holes, np.nan, NO_WORD
        for k in range(1, t.count + 1):
            hole = holes & 0xFF
            holes >>= 8
            if hole == _SEQUENCE:
                at, count = sequence_at(at)
                store_word(s.sequence + row * 8, count)
            elif hole == _TIME:
                at = parse_time(s, at)
                store_word(s.event_time + row * 8, s.time)
            else:
                start, at = at, -1
                if category == SAMPLE and hole == _NUMBER:
                    at, number = short_number(start)
                if at < 0:
                    at = read_number(s, start, category) if hole == _NUMBER else read_string(s, start, category)
                    number, code = s.number, s.code
            length = load_word(address + LENGTHS + 8 * k)
            if at < 0 or at > s.safe or not is_piece(at, address + PIECES + PIECE * k, length):
                return end
            at += length
        store_float(s.value + row * 8, number)
        store_int32(s.item + row * 4, t.item)
        store_int32(s.text + row * 4, code)
        store_int32(s.native_code + row * 4, t.native_code)
        if s.is_long != 0:
            note_long(s, row)
        row += 1
        s.rows, s.last = row, address
        end = at
        if load_byte(at) != COMMA:
            break
        at += 1
        address = t.next
    return end


@part
def learn(s: State, start: int, end: int, item: int, category: int) -> int:
    """Keep the observation that was walked last as its item's template; returns its address, 0 if it makes none."""
    if item >= s.template_capacity or s.is_series != 0:
        return 0
    address = s.templates + item * _TEMPLATE_SIZE
    t = template_at(address)
    t.category, t.item, t.native_code, t.holes = -1, item, s.native, 0
    t.count = 2 if s.form == NO_VALUE else 3
    at = start
    for k in range(t.count):
        hole_at, hole_end, hole = _next_hole(s, at)
        if not _keep_piece(s, address, k, at, hole_at):
            return 0
        t.holes |= hole << (8 * k)
        at = hole_end
    if not _keep_piece(s, address, t.count, at, end):
        return 0
    t.category = category
    return address


@part
def _next_hole(s: State, at: int) -> tuple[int, int, int]:
    """Return where the first hole behind `at` begins and ends, and what it is."""
    found, end, hole = s.end, s.end, _NUMBER
    if s.sequence_at >= at:
        found, end, hole = s.sequence_at, s.sequence_end, _SEQUENCE
    if s.time_at >= at and s.time_at < found:
        found, end, hole = s.time_at, s.time_end, _TIME
    if s.form != NO_VALUE and s.value_at >= at and s.value_at < found:
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
    s.number, s.code, s.form, s.native, s.is_long, s.is_list = np.nan, NO_WORD, NO_VALUE, NO_WORD, 0, 0
