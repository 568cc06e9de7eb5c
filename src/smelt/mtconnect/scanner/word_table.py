"""The memory of the words that a scan meets; it holds a copy of their bytes, so that the data may go."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.mtconnect.scanner.state import COLUMN_OF_KIND, WORD, address_of, set_fields

_SLOTS_A_WORD = 4
_LETTERS_A_WORD = 32
_LARGE = 16 << 20  # bytes of words: more grow less at once
_COLUMNS = 1 + int(COLUMN_OF_KIND.max())


class WordTable:
    """Words by their codes, for a scan whose state is `state`; compiled code adds to it until it is full."""

    def __init__(self, state: NDArray[Any], capacity: int) -> None:
        self._state = state
        self._records = np.empty(0, WORD)
        self._letters = np.empty(0, np.uint8)
        self._counts = np.zeros(_COLUMNS, np.int64)
        set_fields(state, counts=address_of(self._counts))
        self._make_room(capacity, capacity * _LETTERS_A_WORD)

    @property
    def capacity(self) -> int:
        """How many words there is room for."""
        return self._records.size

    def make_room(self) -> bool:
        """Make the table larger if a word found no room; the scan itself puts the known ones into it."""
        wanted = int(self._state["is_full"][0])
        if wanted:
            self._make_room(
                self._records.size * 4, self._letters.size * (4 if self._letters.size < _LARGE else 2) + wanted
            )
        return wanted > 0

    def _make_room(self, words: int, letters: int) -> None:
        records, bytes_of_words = np.empty(words, WORD), np.empty(letters, np.uint8)
        records[: self._records.size] = self._records
        bytes_of_words[: self._letters.size] = self._letters
        self._records, self._letters = records, bytes_of_words
        self._slots, self._visits = np.zeros(words * _SLOTS_A_WORD, np.int32), np.zeros(words, np.int64)
        set_fields(
            self._state, word=address_of(records), word_capacity=words, letters=address_of(bytes_of_words),
            letter_capacity=letters, slots=address_of(self._slots), slot_mask=self._slots.size - 1,
            visits=address_of(self._visits),
        )  # fmt: skip

    def of_column(self, column: int) -> tuple[list[str], NDArray[np.int64]]:
        """Return the words of a column by their codes, and the kind of each."""
        words = self._records[: int(self._state["words"][0])]
        words = words[COLUMN_OF_KIND[words["kind"]] == column]
        return self._texts(words), words["kind"]

    def newest(self) -> str:
        """Return the word that was added last."""
        count = int(self._state["words"][0])
        return self._texts(self._records[count - 1 : count])[0]

    def _texts(self, words: NDArray[Any]) -> list[str]:
        letters = self._letters.data
        starts, ends = words["start"].tolist(), (words["start"] + words["length"]).tolist()
        text: Callable[..., str] = str
        return [text(letters[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]
