"""Strings kept once each: their codes are what the columns hold, and the dictionaries are made of them."""

# ruff: noqa: PLR0917 - a record for six arguments would cost more than it explains

from smelt.compiled import inlined, part
from smelt.mtconnect.scanner.instructions import (
    load_byte,
    load_int32,
    load_word,
    shift_right,
    store_byte,
    store_int32,
    store_word,
)
from smelt.mtconnect.scanner.state import COLUMN_OF_KIND, NO_ROOM, WORD, State, word_record_at
from smelt.mtconnect.scanner.text import word_at

_WORD_SIZE = WORD.itemsize
_MULTIPLIER = 0x9E3779B97F4A7C15 - (1 << 64)
_MAX_PROBES = 256  # words chosen to collide are left to the plain decoder


@inlined
def _mix(found: int, more: int) -> int:
    found = (found ^ more) * _MULTIPLIER
    return found ^ shift_right(found, 29)


@part
def _hash(s: State, at: int, length: int, kind: int) -> int:
    found = _mix(kind + 1, length)
    if length < 8:
        return _mix(found, word_at(s, at, length))
    end = at + length - 8
    while at < end:
        found = _mix(found, load_word(at))
        at += 8
    return _mix(found, load_word(end))


@part
def is_same(one: int, other: int, length: int) -> bool:
    """Tell whether the bytes at two addresses are the same."""
    if length >= 8:
        for i in range(0, length - 8, 8):
            if load_word(one + i) != load_word(other + i):
                return False
        return load_word(one + length - 8) == load_word(other + length - 8)
    same = True
    for i in range(length):
        same = same and load_byte(one + i) == load_byte(other + i)
    return same


@part
def find_word(s: State, at: int, length: int, kind: int) -> int:
    """Return the code of a word, a new one if it was not met before; NO_ROOM if there is none."""
    hashed = _hash(s, at, length, kind)
    slot = hashed & s.slot_mask
    for _ in range(_MAX_PROBES):
        index = load_int32(s.slots + slot * 4)
        if index == 0:
            return _add_word(s, at, length, kind, hashed, slot)
        known = word_record_at(s.word + (index - 1) * _WORD_SIZE)
        is_alike = known.hash == hashed and known.length == length and known.kind == kind
        if is_alike and is_same(s.letters + known.start, at, length):
            return known.code
        slot = (slot + 1) & s.slot_mask
    return NO_ROOM


@part
def _add_word(s: State, at: int, length: int, kind: int, hashed: int, slot: int) -> int:
    if s.words == s.word_capacity or s.letters_used + length > s.letter_capacity:
        s.is_full = 1 + length
        return NO_ROOM
    new = word_record_at(s.word + s.words * _WORD_SIZE)
    new.start, new.length, new.hash, new.kind = s.letters_used, length, hashed, kind
    for i in range(length):
        store_byte(s.letters + s.letters_used + i, load_byte(at + i))
    s.letters_used += length
    count = s.counts + COLUMN_OF_KIND[kind] * 8
    new.code = load_word(count)
    store_word(count, new.code + 1)
    s.words += 1
    store_int32(s.slots + slot * 4, s.words)
    return new.code


@part
def place_words(s: State) -> None:
    """Fill the empty slots of a larger table with the words that are known."""
    for index in range(s.words):
        slot = word_record_at(s.word + index * _WORD_SIZE).hash & s.slot_mask
        while load_int32(s.slots + slot * 4) != 0:
            slot = (slot + 1) & s.slot_mask
        store_int32(s.slots + slot * 4, index + 1)
