"""The observations of one category of a component: by the template that came next the last time, else by member."""

import numpy as np

from smelt.compiled import part
from smelt.mtconnect.scanner.instructions import load_word, store_word
from smelt.mtconnect.scanner.observation import leave_over, read_observation
from smelt.mtconnect.scanner.state import BLOCK, CONDITION, ELEMENT, NO_ROOM, State, block_at, template_at
from smelt.mtconnect.scanner.template import follow, learn
from smelt.mtconnect.scanner.text import (
    CLOSE,
    CLOSE_LIST,
    COMMA,
    OPEN,
    OPEN_LIST,
    byte_at,
    first_member,
    key_of,
    skip_blanks,
    word,
)
from smelt.mtconnect.scanner.words import find_word
from smelt.terms.observation import LEVELS

_BLOCK_SIZE = BLOCK.itemsize
_LOWER = 0x2020202020202020
_SERIES = b"TimeSeries"
_TIME_SERI, _ME_SERIES = word(_SERIES), word(_SERIES[-8:])
_LEVELS = np.array([key_of(level.lower().encode()) | (0, _LOWER, _LOWER) for level in LEVELS])


@part
def open_list(s: State, at: int, category: int) -> bool:
    """Note the element whose list of version 2 begins at `at`; tell whether it may: none stands twice."""
    s.level = 0
    _open_element(s)
    element = find_word(s, s.key, s.key_length, ELEMENT)
    if byte_at(s, at) != OPEN_LIST or element == NO_ROOM or load_word(s.visits + element * 8) == s.visit:
        return False
    store_word(s.visits + element * 8, s.visit)
    return category != CONDITION or _read_level(s)


@part
def _open_element(s: State) -> None:
    """Take the key read last for the name of the element."""
    s.element, s.element_length = s.key, s.key_length
    end = s.key + s.key_length
    is_long = s.key_length >= len(_SERIES)
    s.in_series = 1 if is_long and load_word(end - 10) == _TIME_SERI and s.key_last == _ME_SERIES else 0


@part
def _read_level(s: State) -> bool:
    """Take the key read last for a level: its place in LEVELS; tell whether it is one."""
    first, last = s.key_first | _LOWER, s.key_last | _LOWER
    for level in range(4):
        if s.key_length == _LEVELS[level, 0] and first == _LEVELS[level, 1] and last == _LEVELS[level, 2]:
            s.level = level
            return True
    return False


@part
def read_list(s: State, at: int, category: int) -> int:
    """Read one element's list of version 2, or a category's list of version 1; returns its end."""
    at = skip_blanks(s, at + 1)
    if byte_at(s, at) == CLOSE_LIST:
        return at + 1
    if s.is_version_1 == 0 or category != CONDITION:
        _add_block(s, category, s.level)
    before, is_first = 0, True
    while True:
        last = s.last
        guess, end = 0, -1
        if last != 0 and s.in_series == 0:
            guess = template_at(last).after if is_first else template_at(last).next
        for attempt in range(3):  # what came next the last time, the same item again, the one before
            if guess != 0:
                end = follow(s, guess, at, category)
            if end >= 0 or is_first or s.in_series != 0:
                break
            guess = last if attempt == 0 else before
        if end < 0:
            end = _walk(s, at, category)
            if end < 0:
                return -1
            guess = s.learned
        if guess != 0 and last != 0:
            if is_first:
                template_at(last).after = guess
            else:
                template_at(last).next = guess
        if guess != 0:
            before, is_first = last, False
            if s.learned != 0:
                s.last = guess
        s.learned = 0
        at = skip_blanks(s, end)
        byte = byte_at(s, at)
        if byte == CLOSE_LIST:
            return at + 1
        if byte != COMMA:
            return -1
        at = skip_blanks(s, at + 1)


@part
def _walk(s: State, at: int, category: int) -> int:
    """Read an observation by its members, or leave it over; learns its template."""
    s.learned = 0
    inner = at if s.is_version_1 == 0 else _open_box(s, at, category)
    if inner < 0:
        return -1
    end = read_observation(s, inner, category)
    is_left = end < 0
    if is_left:
        end = leave_over(s, inner, category)
    if s.is_version_1 == 1 and end >= 0:
        end = skip_blanks(s, end)
        end = end + 1 if byte_at(s, end) == CLOSE else -1
    if end >= 0 and not is_left and (s.is_version_1 == 0 or category != CONDITION):
        s.learned = learn(s, at, end, s.item_code, category)
    return end


@part
def _open_box(s: State, at: int, category: int) -> int:
    """Read the one key of a box, which is the element or a Condition's level; returns where the observation begins."""
    inner = first_member(s, at + 1) if byte_at(s, at) == OPEN else -1
    if inner < 0 or s.key_length < 0:
        return -1
    _open_element(s)
    if category == CONDITION:
        if not _read_level(s) or s.rows == s.row_capacity:
            return -1
        _add_block(s, category, s.level)
    return inner


@part
def _add_block(s: State, category: int, level: int) -> None:
    """Let the rows to come, of which there is one at least, be of this category and level."""
    new = block_at(s.block + s.blocks * _BLOCK_SIZE)
    new.row, new.device, new.category, new.level = s.rows, -1, category, level
    s.blocks += 1
