"""A document's Header, member by member; one that is not plain is left to the plain decoder."""

from smelt.compiled import part
from smelt.mtconnect.scanner.clock import parse_time
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.scanner.state import NO_ROOM, NO_TIME, NO_WORD, SENDER, State
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
)
from smelt.mtconnect.scanner.values import sequence_at
from smelt.mtconnect.scanner.words import find_word

_INSTANCE_KEY, _SENDER_KEY, _CREATED_KEY = key_of(b"instanceId"), key_of(b"sender"), key_of(b"creationTime")
_FIRST_KEY, _NEXT_KEY, _LAST_KEY = key_of(b"firstSequence"), key_of(b"nextSequence"), key_of(b"lastSequence")


@part
def read_header(s: State, at: int) -> None:
    """Read the Header at `at`, whose grammar has been checked; without an instance id it is not plain."""
    s.sender, s.created_at, s.instance_id = NO_WORD, NO_TIME, -1
    s.first_sequence, s.next_sequence, s.last_sequence = -1, -1, -1
    at = first_member(s, at + 1) if byte_at(s, at) == OPEN else -1
    while at >= 0 and s.key_length >= 0:
        at = _read_member(s, at) if at <= s.safe else -1
        if at >= 0:
            at = next_member(s, at)
    if at < 0:
        s.instance_id = -1


@part
def _read_member(s: State, at: int) -> int:
    """Read the member whose value is at `at`; one that matters and stands twice is not plain."""
    if is_key(s, _INSTANCE_KEY):
        end, number = _number_at(at)
        is_first, s.instance_id = s.instance_id < 0, number
    elif is_key(s, _FIRST_KEY):
        end, number = _number_at(at)
        is_first, s.first_sequence = s.first_sequence < 0, number
    elif is_key(s, _NEXT_KEY):
        end, number = _number_at(at)
        is_first, s.next_sequence = s.next_sequence < 0, number
    elif is_key(s, _LAST_KEY):
        end, number = _number_at(at)
        is_first, s.last_sequence = s.last_sequence < 0, number
    elif is_key(s, _CREATED_KEY):
        end, is_first = _end_of_time(s, at), s.created_at == NO_TIME
        s.created_at = s.time
    elif is_key(s, _SENDER_KEY):
        is_first, end = s.sender == NO_WORD, _end_of_sender(s, at)
    else:
        return skip_value(s, at)
    return end if is_first else -1


@part
def _number_at(at: int) -> tuple[int, int]:
    """Return the end of a number, sent as one or as text, and the number; -1 if it is not plain."""
    if load_byte(at) != QUOTE:
        return sequence_at(at)
    end, number = sequence_at(at + 1)
    return (end + 1 if end >= 0 and load_byte(end) == QUOTE else -1), number


@part
def _end_of_time(s: State, at: int) -> int:
    end = parse_time(s, at + 1) if load_byte(at) == QUOTE else -1
    return end + 1 if end >= 0 and load_byte(end) == QUOTE else -1


@part
def _end_of_sender(s: State, at: int) -> int:
    s.escaped = 0
    end = string_end(s, at + 1) if load_byte(at) == QUOTE else -1
    if end < 0 or s.escaped != 0:
        return -1
    s.sender = find_word(s, at + 1, end - at - 1, SENDER)
    return end + 1 if s.sender != NO_ROOM else -1
