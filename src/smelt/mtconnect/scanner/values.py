"""What an observation's members say: its sequence, and its value by category, to the state's fields."""

import numpy as np

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import load_byte, load_word
from smelt.mtconnect.scanner.number import TENS, ZEROS, count_digits, join_digits, parse_number
from smelt.mtconnect.scanner.state import (
    BARE,
    CONDITION,
    CONTAINER,
    ESCAPED_EVENT,
    ESCAPED_MESSAGE,
    EVENT,
    EVENT_NUMBER,
    EVENT_TEXT,
    IS_UNAVAILABLE,
    MESSAGE,
    NO_ROOM,
    NO_WORD,
    QUOTED,
    SAMPLE,
    VECTOR,
    State,
)
from smelt.mtconnect.scanner.text import (
    CLOSE_LIST,
    COMMA,
    OPEN,
    OPEN_LIST,
    QUOTE,
    byte_at,
    number_end,
    skip_blanks,
    skip_value,
    string_end,
    word,
)
from smelt.mtconnect.scanner.words import find_word

_UNAVAIL, _AILABLE = word(b"UNAVAILA"), word(b"VAILABLE")
_LONGEST_VECTOR = 512


@inlined
def sequence_at(at: int) -> tuple[int, int]:
    """Return the end of an integer of 1 to 15 digits, and the integer; -1 if it is not like that."""
    spread = load_word(at) ^ ZEROS
    count = count_digits(spread)
    if count == 0 or (spread & 0xFF == 0 and count > 1):
        return -1, 0
    found = join_digits(spread, count)
    at += count
    if count == 8:
        spread = load_word(at) ^ ZEROS
        count = count_digits(spread)
        if count == 8:
            return -1, 0
        if count > 0:
            found = found * TENS[count] + join_digits(spread, count)
            at += count
    return at, found


@part
def read_string(s: State, at: int, category: int) -> int:
    """Read a value within quotes, from behind the first one; returns where the second one is."""
    s.number = np.nan
    s.escaped = 0
    s.code = NO_WORD
    end = string_end(s, at)
    if end < 0 or (s.escaped != 0 and category == SAMPLE):
        return -1
    length = end - at
    if length == 11 and category != CONDITION and load_word(at) == _UNAVAIL and load_word(at + 3) == _AILABLE:
        s.code = IS_UNAVAILABLE
        return end
    if category == SAMPLE:
        return end if length < 32 and parse_number(s, at, QUOTED) == end else -1
    if length > 0 or category == EVENT:
        s.code = find_word(s, at, length, _kind_of_text(s, category))
    return end if s.code != NO_ROOM else -1


@inlined
def _kind_of_text(s: State, category: int) -> int:
    if category == EVENT:
        return EVENT_TEXT if s.escaped == 0 else ESCAPED_EVENT
    return MESSAGE if s.escaped == 0 else ESCAPED_MESSAGE


@part
def read_number(s: State, at: int, category: int) -> int:
    """Read a value that is a number: s.number, or for an Event its text as it stands; returns its end.

    A Sample's `"UNAVAILABLE"`, quotes included, counts as one: it comes and goes where numbers stand. So do vectors,
    sets and tables.
    """
    s.code = NO_WORD
    byte = load_byte(at)
    is_container = byte in (OPEN, OPEN_LIST)
    if category == SAMPLE and byte != QUOTE and not is_container:
        return parse_number(s, at, BARE)
    s.number = np.nan
    if is_container:
        return _read_container(s, at, byte) if category != CONDITION else -1
    if category == SAMPLE:
        end = read_string(s, at + 1, category)
        return end + 1 if end >= 0 and s.code == IS_UNAVAILABLE else -1
    end = number_end(s, at) if category == EVENT else -1
    if end >= 0:
        s.code = find_word(s, at, end - at, EVENT_NUMBER)
    return end if s.code != NO_ROOM else -1


@part
def _read_container(s: State, at: int, byte: int) -> int:
    """Read a list or an object, whose JSON as it stands becomes a word; returns its end."""
    if byte == OPEN_LIST and s.in_series != 0:
        return -1
    s.is_list = 1 if byte == OPEN_LIST else 0
    end = _vector_end(s, at) if byte == OPEN_LIST else -1
    kind = VECTOR if end >= 0 else CONTAINER
    if end < 0:
        end = skip_value(s, at)
    s.code = find_word(s, at, end - at, kind) if end >= 0 else NO_ROOM
    return end if s.code != NO_ROOM else -1


@part
def _vector_end(s: State, at: int) -> int:
    """Return the end of a list of numbers; -1 if it is none, or a long one."""
    start = at
    byte = COMMA
    while byte == COMMA:
        at = number_end(s, skip_blanks(s, at + 1))
        if at < 0 or at - start > _LONGEST_VECTOR:
            return -1
        at = skip_blanks(s, at)
        byte = byte_at(s, at)
    return at + 1 if byte == CLOSE_LIST else -1
