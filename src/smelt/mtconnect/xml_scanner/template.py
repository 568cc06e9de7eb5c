"""Observations of one data item differ in sequence, time and text only: the bytes around them are compared whole.

A template is learned from an observation that was described; which comes next is told by what followed the last time.
"""

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import copy_32, load_byte, load_word, shift_right, store_word
from smelt.mtconnect.scanner.state import record_at
from smelt.mtconnect.scanner.template import is_piece
from smelt.mtconnect.xml_scanner.rows import (
    CATEGORY,
    CODE_AT,
    CODE_LENGTH,
    CONDITION,
    FORM,
    IS_NUMBER,
    IS_UNAVAILABLE,
    ITEM_AT,
    ITEM_LENGTH,
    LEVEL,
    SAMPLE,
    SEQUENCE,
    TEXT_AT,
    TEXT_LENGTH,
    TIME,
)
from smelt.mtconnect.xml_scanner.tags import NUMBER, STAMP, is_blank, is_mark
from smelt.mtconnect.xml_scanner.values import (
    LT,
    NINE,
    NO_TIME,
    ZERO,
    Longs,
    first_word,
    parse_number,
    parse_time,
    which_word,
    words,
)

TEMPLATES = 1 << 11
SLACK = 256  # behind the data: a piece is compared 32 bytes at a time
_PIECE = 160  # the longest piece
_CONSTANTS = (
    "category",
    "form",
    "level",
    "is_empty",
    "next",
    "length",
    "is_time_first",
    "item_at",
    "item_length",
    "code_at",
    "code_length",
)
TEMPLATE = np.dtype(
    [(name, np.int64) for name in _CONSTANTS] + [("lengths", np.int64, (4,)), ("pieces", np.uint8, (4 * _PIECE,))]
)
_SIZE = TEMPLATE.itemsize
_LENGTHS, _PIECES = (TEMPLATE.fields[name][1] for name in ("lengths", "pieces"))  # type: ignore[index]
_MULTIPLIER = 0x9E3779B97F4A7C15 - (1 << 64)
_MOST_DIGITS, _LONGEST_STAMP = 18, 40
_UNAVAILABLE = words(b"UNAVAILABLE")
_template_at = record_at(TEMPLATE)


@part
def follow(at: int, limit: int, memory: Longs, row: Longs, number: NDArray[np.float64]) -> int:
    """Fill a row from the observation at `at` if one of two templates fits it; returns its end, or -1.

    They are the one that followed the last one before, and the last one itself. `row` knows its category.

    Parameters
    ----------
    memory : addresses of the templates, and of the last one that fitted or was learned, 0 if there is none.
    """
    last = memory[1]
    if last == 0:
        return -1
    guess = _template_at(last).next
    end = _fit(guess, at, limit, row, number) if guess != 0 else -1
    if end < 0 and guess != last:
        guess = last
        end = _fit(guess, at, limit, row, number)
    if end >= 0:
        _template_at(last).next = guess
        memory[1] = guess
    return end


@inlined
def _is_next(address: int, k: int, at: int) -> bool:
    return is_piece(at, address + _PIECES + _PIECE * k, load_word(address + _LENGTHS + 8 * k))


@part
def _fit(address: int, at: int, limit: int, row: Longs, number: NDArray[np.float64]) -> int:
    t = _template_at(address)
    if t.category != row[CATEGORY] or at + t.length > limit or not _is_next(address, 0, at):
        return -1
    at += load_word(address + _LENGTHS)
    for k in range(1, 3):
        at = _read_stamp(address, k, at, row) if (k == 1) == (t.is_time_first != 0) else _read_sequence(at, row)
        if at < 0 or at > limit or not _is_next(address, k, at):
            return -1
        at += load_word(address + _LENGTHS + 8 * k)
    number[0], row[FORM], row[LEVEL], row[TEXT_AT] = np.nan, t.form, t.level, at
    end = at
    if t.is_empty == 0:
        end = _text_end(at, limit)
        if end < 0 or not _is_next(address, 3, end) or (t.category == SAMPLE and at == end):
            return -1
        if which_word(at, end, _UNAVAILABLE) >= 0:
            row[FORM] = IS_UNAVAILABLE
        elif t.category == SAMPLE:
            number[0] = parse_number(at, end)
            row[FORM] = t.form if np.isnan(number[0]) else IS_NUMBER
    row[TEXT_LENGTH] = end - at
    end += load_word(address + _LENGTHS + 24)
    row[ITEM_AT], row[ITEM_LENGTH], row[CODE_AT], row[CODE_LENGTH] = t.item_at, t.item_length, t.code_at, t.code_length
    return end if end <= limit else -1


@inlined
def _read_sequence(at: int, row: Longs) -> int:
    start, sequence = at, 0
    while load_byte(at) >= ZERO and load_byte(at) <= NINE and at - start <= _MOST_DIGITS:
        sequence = sequence * 10 + load_byte(at) - ZERO
        at += 1
    row[SEQUENCE] = sequence
    return at if at > start and at - start <= _MOST_DIGITS else -1


@inlined
def _read_stamp(address: int, k: int, at: int, row: Longs) -> int:
    """Read up to the quote that the next piece begins with."""
    end, quote = at, load_byte(address + _PIECES + _PIECE * k)
    while load_byte(end) != quote and end - at < _LONGEST_STAMP:
        end += 1
    row[TIME] = parse_time(at, end)
    return end if row[TIME] != NO_TIME else -1


@inlined
def _text_end(at: int, limit: int) -> int:
    """Return where a text ends that is plain and has no blanks around it, or -1."""
    end = at
    while end < limit and load_byte(end) != LT:
        if is_mark(end):
            return -1
        end += 1
    return -1 if end > at and (is_blank(load_byte(at)) or is_blank(load_byte(end - 1))) else end


@part
def learn(span: tuple[int, int], memory: Longs, row: Longs, found: Longs, form: int) -> None:
    """Keep the observation of those bytes, which was described last, as its data item's template.

    Conditions are of one form only where they say nothing: as elements without an end tag.

    Parameters
    ----------
    found : its attributes, as read_tag finds them.
    form : of a text in it that is no number.
    """
    start, end = span
    text = row[TEXT_AT]
    is_empty = 1 if text == end else 0
    if row[CATEGORY] == CONDITION and is_empty == 0:
        return
    item, length = row[ITEM_AT], row[ITEM_LENGTH]
    mixed = (
        first_word(item, length) ^ first_word(item + max(length - 8, 0), min(length, 8)) * 31 ^ length
    ) * _MULTIPLIER
    address = memory[0] + shift_right(mixed, 53) * _SIZE
    t = _template_at(address)
    t.category, t.length = -1, 0
    t.is_time_first = 1 if found[STAMP, 0] < found[NUMBER, 0] else 0
    first, second = (STAMP, NUMBER) if t.is_time_first != 0 else (NUMBER, STAMP)
    borders = (
        start,
        found[first, 0],
        found[first, 1],
        found[second, 0],
        found[second, 1],
        text,
        text + row[TEXT_LENGTH],
        end,
    )
    for k in range(4):
        size = borders[2 * k + 1] - borders[2 * k]
        if size > _PIECE:
            return
        store_word(address + _LENGTHS + 8 * k, size)
        t.length += size
        for i in range(0, size, 32):
            copy_32(borders[2 * k] + i, address + _PIECES + _PIECE * k + i)
    t.form, t.level, t.is_empty = form, row[LEVEL], is_empty
    t.category, t.item_at, t.item_length, t.code_at, t.code_length = (
        row[CATEGORY],
        item,
        length,
        row[CODE_AT],
        row[CODE_LENGTH],
    )
    if memory[1] != 0:
        _template_at(memory[1]).next = address
    memory[1] = address
