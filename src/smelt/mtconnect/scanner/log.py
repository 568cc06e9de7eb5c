"""Scans an adapter's log for its plain lines, `timestamp|key|value`: the compiled loop, and the memory it works in."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, part
from smelt.mtconnect.scanner.clock import parse_time
from smelt.mtconnect.scanner.instructions import load_byte, load_int32, load_word, store_float, store_int32, store_word
from smelt.mtconnect.scanner.number import parse_number
from smelt.mtconnect.scanner.state import (
    EVENT_NUMBER,
    EVENT_TEXT,
    IS_UNAVAILABLE,
    ITEM,
    ITEM_COLUMN,
    LEFTOVER,
    NO_ROOM,
    NO_WORD,
    QUOTED,
    SLACK,
    STATE,
    TEXT_COLUMN,
    State,
    address_of,
    leftover_at,
    set_fields,
    state_at,
)
from smelt.mtconnect.scanner.text import word
from smelt.mtconnect.scanner.word_table import WordTable
from smelt.mtconnect.scanner.words import find_word, place_words

NUMBER, TEXT, OTHER = np.arange(1, 4)  # what the value of a key is; 0: nobody said it yet
VECTOR = EVENT_NUMBER  # a kind of words: numbers with a blank between them
_LONGEST_KEY = 120
_SHORTEST_LINE = 20
_BLANK, _BAR, _FEED, _RETURN = 0x20, 0x7C, 0x0A, 0x0D
_UNAVAIL, _AILABLE = word(b"unavaila"), word(b"vailable")
_LOWER = 0x2020202020202020
_OTHER_LINE, _NEW_KEY = -1, -2
_LEFTOVER_SIZE = LEFTOVER.itemsize


@part
def _find_key(s: State, at: int) -> int:
    """Read the key from `at` on into s.item_code and return where its bar is."""
    end = at
    while load_byte(end) != _BAR:
        if load_byte(end) < 0x20 or end - at > _LONGEST_KEY:
            return _OTHER_LINE
        end += 1
    if end == at:
        return _OTHER_LINE
    s.item_code = find_word(s, at, end - at, ITEM)
    return end if s.item_code != NO_ROOM else _OTHER_LINE


@part
def _line_end(s: State, at: int) -> int:
    """Return where the line feed is that ends the line, or the end of the log."""
    while at < s.end and load_byte(at) != _FEED:
        at += 1
    return at


@part
def _read_numbers(s: State, at: int) -> int:
    """Read one number into s.number, or several as a word into s.code; returns where the line ends."""
    start, count = at, 0
    while at < s.safe:
        at = parse_number(s, at, QUOTED)
        count += 1
        if at < 0 or load_byte(at) != _BLANK:
            break
        at += 1
    end = at + 1 if at >= 0 and load_byte(at) == _RETURN else at
    if end < 0 or load_byte(end) != _FEED:
        return _OTHER_LINE
    if count > 1:
        s.number = np.nan
        s.code = find_word(s, start, at - start, VECTOR)
    return end if s.code != NO_ROOM else _OTHER_LINE


@part
def _read_text(s: State, at: int, is_number: bool) -> int:
    """Read a value that is no number into s.code and return where its line ends."""
    end = at
    while end < s.end and load_byte(end) != _FEED:
        if load_byte(end) == _BAR:
            return _OTHER_LINE
        end += 1
    length = end - at
    if length > 0 and load_byte(end - 1) == _RETURN:
        length -= 1
    if length == 11 and load_word(at) | _LOWER == _UNAVAIL and load_word(at + 3) | _LOWER == _AILABLE:
        s.code = IS_UNAVAILABLE
        return end
    if is_number or (length > 11 and (load_byte(at) == _BLANK or load_byte(at + length - 1) == _BLANK)):
        return _OTHER_LINE  # the word with blanks around it, perhaps
    s.code = find_word(s, at, length, EVENT_TEXT)
    return end if s.code != NO_ROOM else _OTHER_LINE


@part
def _read_line(s: State, at: int) -> int:
    """Read a plain line as the next row; returns where it ends, or why it is none."""
    at = parse_time(s, at)
    if at < 0 or load_byte(at) != _BAR:
        return _OTHER_LINE
    at = _find_key(s, at + 1)
    if at < 0:
        return at
    meaning = load_int32(s.meaning + s.item_code * 4)
    if meaning == 0:
        return _NEW_KEY
    if meaning == OTHER:
        return _OTHER_LINE
    s.number, s.code = np.nan, NO_WORD
    end = _read_numbers(s, at + 1) if meaning == NUMBER else _OTHER_LINE
    if end < 0:
        s.number, s.code = np.nan, NO_WORD
        end = _read_text(s, at + 1, meaning == NUMBER)
    if end >= 0:
        row = s.rows
        store_word(s.event_time + row * 8, s.time)
        store_float(s.value + row * 8, s.number)
        store_int32(s.item + row * 4, s.item_code)
        store_int32(s.text + row * 4, s.code)
        s.rows = row + 1
    return end


@entry
def scan_lines(address: int, at: int) -> int:
    """Read lines from `at` on; returns where a key stands that nobody explained (s.item_code), or the end.

    If `is_full` is set then, the table of words has to be made larger before it goes on.
    """
    s = state_at(address)
    if s.is_full != 0:
        place_words(s)
        s.is_full = 0
    while at < s.end:
        end = _read_line(s, at) if at < s.safe else _OTHER_LINE
        if s.is_full != 0 or end == _NEW_KEY:
            return at
        if end < 0:
            end = _line_end(s, at)
            left = leftover_at(s.leftover + s.leftovers * _LEFTOVER_SIZE)
            left.row, left.start, left.end, left.element = s.rows, at, end, s.count
            s.leftovers += 1
        s.count += 1
        at = end + 1
    return at


class LogScan:
    """The memory of a scan of one log; columns are valid up to `rows`.

    `explain` says what a key's value is: NUMBER, TEXT or OTHER; it is asked once for each.
    """

    def __init__(self, data: bytes, explain: Callable[[str], int]) -> None:
        lines = len(data) // _SHORTEST_LINE + 2 + data.count(b"\n")
        self._explain = explain
        kinds = {"event_time": np.int64, "value": np.float64, "item": np.int32, "text": np.int32}
        self._columns: dict[str, NDArray[Any]] = {name: np.empty(lines, kind) for name, kind in kinds.items()}
        self._leftovers = np.empty(lines, LEFTOVER)
        self._state = np.zeros(1, STATE)
        self._words = WordTable(self._state, 4096)
        self._meaning = np.zeros(self._words.capacity, np.int32)
        self._base = address_of(np.frombuffer(data, np.uint8))
        end = self._base + len(data)
        self._set(base=self._base, end=end, safe=end - SLACK, date_last=-1, leftover=address_of(self._leftovers))
        self._set(meaning=address_of(self._meaning))
        self._set(**{name: address_of(column) for name, column in self._columns.items()})
        self._run(end)

    @property
    def rows(self) -> dict[str, NDArray[Any]]:
        """The plain lines: event_time, value, item (the key's code), text (a code, NO_WORD or IS_UNAVAILABLE)."""
        count = int(self._state["rows"][0])
        return {name: column[:count] for name, column in self._columns.items()}

    @property
    def others(self) -> NDArray[Any]:
        """The other lines: number of plain ones before (`row`), `start`, `end`, number of the line (`element`)."""
        found = self._leftovers[: int(self._state["leftovers"][0])].copy()
        found["start"] -= self._base
        found["end"] -= self._base
        return found

    @property
    def keys(self) -> list[str]:
        """The keys, by their codes."""
        return self._words.of_column(ITEM_COLUMN)[0]

    @property
    def texts(self) -> tuple[list[str], NDArray[np.int64]]:
        """The texts, by their codes, and of each whether it is EVENT_TEXT or a VECTOR."""
        return self._words.of_column(TEXT_COLUMN)

    def _run(self, end: int) -> None:
        address, at = address_of(self._state), self._base
        while at < end:
            at = scan_lines(address, at)
            if self._words.make_room():
                meaning = np.zeros(self._words.capacity, np.int32)
                meaning[: self._meaning.size] = self._meaning
                self._meaning = meaning
                self._set(meaning=address_of(meaning))
            elif at < end:
                self._meaning[int(self._state["item_code"][0])] = self._explain(self._words.newest())

    def _set(self, **fields: int) -> None:
        set_fields(self._state, **fields)
