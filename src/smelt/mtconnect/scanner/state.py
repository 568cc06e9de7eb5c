"""What the scanner remembers while it walks: records that compiled code reads by address, fields by name."""

from typing import Any

import numpy as np
from numba import from_dtype, types
from numpy.typing import NDArray

from smelt.compiled import instruction

State = Any  # a record of type STATE; Numba infers what it is
SLACK = 256  # closer to the end of the data nothing is read but single bytes
PIECE = 160  # the longest literal piece of a template
NO_WORD, IS_UNAVAILABLE, NO_ROOM = -1, -2, -3  # instead of the code of a word


def _numbers(count: int) -> tuple[int, ...]:
    """Return constants for arguments of compiled functions: of Python's own each would make a specialisation."""
    return tuple(np.arange(count))


SAMPLE, EVENT, CONDITION = _numbers(3)
ITEM, NATIVE_CODE, DEVICE, ELEMENT, SENDER = _numbers(5)  # kinds of words
# those of the text column; what has escapes and what is a container stands as JSON
MESSAGE, EVENT_TEXT, EVENT_NUMBER, VECTOR, CONTAINER, ESCAPED_MESSAGE, ESCAPED_EVENT = _numbers(12)[5:]
COLUMN_OF_KIND = np.array([0, 2, 3, 4, 5, 1, 1, 1, 1, 1, 1, 1])  # words of the same column are counted together
ITEM_COLUMN, TEXT_COLUMN, CODE_COLUMN, DEVICE_COLUMN, _, SENDER_COLUMN = range(6)
BARE, QUOTED, NO_VALUE = _numbers(3)  # forms of a value

# a document's header that is plain: its sender's code, and its numbers, -1 for none; one that is not has no instance
HEADER = ("sender", "instance_id", "first_sequence", "next_sequence", "last_sequence", "created_at")
NO_TIME = int(np.iinfo(np.int64).min)

_INTS = (
    # the data: addresses of its first byte, of the byte behind it, and of the last place for wide reads
    "base", "end", "safe",
    # the member read last: where its key is, how long, its first and its last 8 bytes
    "key", "key_length", "key_first", "key_last",
    # the string read last had an escape
    "escaped",
    # the time read last, and the day of the one before: its first 11 bytes
    "time", "date_first", "date_last", "day",
    # the observation read last: which members it has, where they lie, what its value is
    "seen", "item_at", "item_length", "item_code", "code_at", "code_length", "other_at", "other_length",
    "native", "code", "form", "is_long", "is_list",
    "sequence_at", "sequence_end", "time_at", "time_end", "value_at", "value_end", "count",
    # whether the element, or the observation itself, calls its values a time series
    "in_series", "is_series",
    # rows, a column each
    "rows", "row_capacity", "sequence", "event_time", "value", "item", "text", "native_code",
    # rows whose number has more than 15 digits
    "longs", "long",
    # blocks of rows with the same device, category and level
    "blocks", "block", "level",
    # observations that are left to the plain decoder
    "leftovers", "leftover", "element", "element_length",
    # documents
    "documents", "document", "document_capacity", "header", "header_end", "is_version_1", "device",
    *HEADER,
    # words, each kept once
    "words", "word", "word_capacity", "slots", "slot_mask", "counts", "is_full",
    # the bytes of the words: they outlive the data
    "letters", "letters_used", "letter_capacity",
    # where an element's list was met last, to find one that comes twice
    "visits", "visit",
    # templates
    "templates", "template_capacity", "last", "learned",
    # what a log's keys mean, by their codes
    "meaning",
)  # fmt: skip
STATE = np.dtype([(name, np.int64) for name in _INTS] + [("number", np.float64)])

BLOCK = np.dtype([("row", np.int64), ("device", np.int64), ("category", np.int64), ("level", np.int64)])
LEFTOVER = np.dtype([(n, np.int64) for n in ("row", "start", "end", "element", "element_end", "category", "block")])
_SPANS = ("start", "end", "header", "header_end", "row", "row_end", "leftover", "leftover_end", "is_version_1")
DOCUMENT = np.dtype([(name, np.int64) for name in (*_SPANS, *HEADER)])
WORD = np.dtype([(n, np.int64) for n in ("start", "length", "hash", "kind", "code")])
TEMPLATE = np.dtype(
    [(n, np.int64) for n in ("category", "item", "native_code", "next", "after", "holes", "count")]
    + [("lengths", np.int64, (4,)), ("pieces", np.uint8, (4 * PIECE,))]
)
LENGTHS, PIECES = (TEMPLATE.fields[name][1] for name in ("lengths", "pieces"))  # type: ignore[index]


def record_at(dtype: np.dtype[Any]) -> Any:
    """Make an instruction that takes an address for a record."""
    record = from_dtype(dtype)

    def build(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

        return record(types.int64), codegen

    return instruction(build)


state_at, block_at, leftover_at, document_at, word_record_at, template_at = (
    record_at(dtype) for dtype in (STATE, BLOCK, LEFTOVER, DOCUMENT, WORD, TEMPLATE)
)


def address_of(array: NDArray[Any]) -> int:
    """Return where an array lies in memory; it must be kept as long as compiled code may use that."""
    address: int = array.ctypes.data
    return address


def set_fields(state: NDArray[Any], **fields: int) -> None:
    """Set fields of a state."""
    for name, number in fields.items():
        state[name] = number
