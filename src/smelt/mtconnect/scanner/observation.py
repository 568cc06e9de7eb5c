"""One observation, member by member, whatever their order; what is not plain is left to the plain decoder."""

from smelt.compiled import part
from smelt.mtconnect.scanner.clock import parse_time
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.scanner.state import (
    BARE,
    CONDITION,
    IS_UNAVAILABLE,
    ITEM,
    LEFTOVER,
    NATIVE_CODE,
    NO_ROOM,
    NO_WORD,
    QUOTED,
    SAMPLE,
    State,
    leftover_at,
)
from smelt.mtconnect.scanner.template import add_row, reset_value
from smelt.mtconnect.scanner.text import (
    OPEN,
    QUOTE,
    byte_at,
    first_member,
    is_key,
    key_of,
    next_member,
    skip_value,
    string_end,
    word,
)
from smelt.mtconnect.scanner.values import read_number, read_string, sequence_at
from smelt.mtconnect.scanner.words import find_word

_ITEM, _SEQUENCE, _TIME, _VALUE, _CODE, _OTHER_CODE = 1, 2, 4, 8, 16, 32
_LEFTOVER_SIZE = LEFTOVER.itemsize
_ITEM_KEY, _SEQUENCE_KEY = key_of(b"dataItemId"), key_of(b"sequence")
_TIME_KEY, _VALUE_KEY = key_of(b"timestamp"), key_of(b"value")
_CODE_KEY, _RESET_KEY, _CONDITION_KEY = key_of(b"nativeCode"), key_of(b"resetTriggered"), key_of(b"conditionId")
_RATE_KEY, _COUNT_KEY = key_of(b"sampleRate"), key_of(b"sampleCount")
_ROOT = word(b"MTConnect")


@part
def read_observation(s: State, at: int, category: int) -> int:
    """Append the row of the observation whose bracket is at `at` and return its end; -1 if it is not plain."""
    if at > s.safe or byte_at(s, at) != OPEN:
        return -1
    s.seen, s.code_length, s.other_length, s.is_series = 0, 0, 0, s.in_series
    reset_value(s)
    at = first_member(s, at + 1)
    while at >= 0 and s.key_length >= 0:
        if at > s.safe:
            return -1
        at = _read_member(s, at, category)
        if at >= 0:
            at = next_member(s, at)
    needed = 7 if category == CONDITION else 15
    if at < 0 or s.seen & needed != needed or s.rows == s.row_capacity:
        return -1
    if s.is_series != 0 and (s.is_list != 0 or s.form == QUOTED):
        return -1
    if s.code_length > 0:
        s.native = find_word(s, s.code_at, s.code_length, NATIVE_CODE)
    elif s.other_length > 0:
        s.native = find_word(s, s.other_at, s.other_length, NATIVE_CODE)
    s.item_code = find_word(s, s.item_at, s.item_length, ITEM)
    if min(s.item_code, s.native) == NO_ROOM:
        return -1
    add_row(s, s.item_code, s.native)
    return at


@part
def _read_member(s: State, at: int, category: int) -> int:
    """Read the member whose value is at `at`; one that matters and stands twice is not plain."""
    if is_key(s, _ITEM_KEY):
        member, end = _ITEM, _plain_string_end(s, at)
        s.item_at, s.item_length = at + 1, end - at - 2
        end = end if s.item_length > 0 else -1
    elif is_key(s, _SEQUENCE_KEY):
        member = _SEQUENCE
        end, s.count = sequence_at(at)
        s.sequence_at, s.sequence_end = at, end
    elif is_key(s, _TIME_KEY):
        member, end = _TIME, _read_time(s, at)
    elif is_key(s, _VALUE_KEY):
        member, end = _VALUE, _read_value(s, at, category)
    elif is_key(s, _CODE_KEY) and category != SAMPLE:
        member, end = _CODE, _plain_string_end(s, at)
        s.code_at, s.code_length = at + 1, end - at - 2
    elif is_key(s, _CONDITION_KEY) if category == CONDITION else is_key(s, _RESET_KEY):
        member, end = _OTHER_CODE, _plain_string_end(s, at)
        s.other_at, s.other_length = at + 1, end - at - 2
    else:
        s.is_series |= 1 if is_key(s, _RATE_KEY) or is_key(s, _COUNT_KEY) else 0
        is_document = s.key_first == _ROOT and byte_at(s, at) == OPEN
        return -1 if is_document else skip_value(s, at)
    if s.seen & member != 0:
        return -1
    s.seen |= member
    return end


@part
def _plain_string_end(s: State, at: int) -> int:
    """Return the end of a string without escapes."""
    if load_byte(at) != QUOTE:
        return -1
    s.escaped = 0
    end = string_end(s, at + 1)
    return end + 1 if end >= 0 and s.escaped == 0 else -1


@part
def _read_time(s: State, at: int) -> int:
    if load_byte(at) != QUOTE:
        return -1
    end = parse_time(s, at + 1)
    s.time_at, s.time_end = at + 1, end
    return end + 1 if end >= 0 and load_byte(end) == QUOTE else -1


@part
def _read_value(s: State, at: int, category: int) -> int:
    if load_byte(at) != QUOTE:
        end = read_number(s, at, category)
        s.value_at, s.value_end, s.form = at, end, BARE
        return end
    end = read_string(s, at + 1, category)
    if category == SAMPLE and s.code == IS_UNAVAILABLE:
        s.value_at, s.value_end, s.form = at, end + 1, BARE
    else:
        s.value_at, s.value_end, s.form = at + 1, end, QUOTED
    return end + 1 if end >= 0 else -1


@part
def leave_over(s: State, at: int, category: int) -> int:
    """Note the observation at `at` for the plain decoder, with an empty row in its place; returns its end."""
    end = skip_value(s, at) if byte_at(s, at) == OPEN else -1
    if end < 0 or s.rows == s.row_capacity:
        return -1
    left = leftover_at(s.leftover + s.leftovers * _LEFTOVER_SIZE)
    left.row, left.start, left.end, left.category = s.rows, at, end, category
    left.element, left.element_end, left.block = s.element, s.element + s.element_length, s.blocks - 1
    s.leftovers += 1
    reset_value(s)
    s.count, s.time = 0, 0
    add_row(s, NO_WORD, NO_WORD)
    return end
