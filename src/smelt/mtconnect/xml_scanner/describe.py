"""A plain observation to a row of the scan."""

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import part
from smelt.mtconnect.scanner.instructions import load_byte
from smelt.mtconnect.xml_scanner.rows import (
    CATEGORY,
    CODE_AT,
    CODE_LENGTH,
    CONDITION,
    EVENT,
    FORM,
    IS_MARKED,
    IS_NUMBER,
    IS_SERIES,
    IS_SET,
    IS_TEXT,
    IS_UNAVAILABLE,
    ITEM_AT,
    ITEM_LENGTH,
    LEVEL,
    LEVELS,
    NO_PATTERN,
    SAMPLE,
    SEQUENCE,
    TEXT_AT,
    TEXT_LENGTH,
    TIME,
)
from smelt.mtconnect.xml_scanner.tags import (
    CONDITION_ID,
    COUNT,
    HAS_ENTITY,
    HAS_PREFIX,
    ID,
    NATIVE_CODE,
    NUMBER,
    RATE,
    RESET,
    SIGNS,
    STAMP,
    is_blank,
    skip_blanks,
)
from smelt.mtconnect.xml_scanner.values import (
    NO_TIME,
    Longs,
    digits_at,
    parse_number,
    parse_time,
    which_lower_word,
    which_word,
    words,
)

_LEVELS = words(*(level.lower().encode() for level in LEVELS))
_SERIES, _SETS = words(b"TimeSeries"), words(b"DataSet", b"Table")
_UNAVAILABLE = words(b"UNAVAILABLE")
_MOST_DIGITS = 18


@part
def describe(row: Longs, number: NDArray[np.float64], found: Longs, ends: tuple[Longs, Longs]) -> bool:
    """Fill a row, whose category stands in it; False if the observation is not plain.

    Parameters
    ----------
    found : its attributes, as read_tag finds them.
    ends : where its name without a prefix begins and ends, and its text, of which is said whether it is more.
    """
    if found[SIGNS, HAS_ENTITY] >= 0 or found[SIGNS, HAS_PREFIX] >= 0 or not _has_key(row, found):
        return False
    name, text = ends
    category = row[CATEGORY]
    code = found[NATIVE_CODE] if category != SAMPLE and found[NATIVE_CODE, 1] > found[NATIVE_CODE, 0] else found[RESET]
    if category == CONDITION and found[NATIVE_CODE, 1] <= found[NATIVE_CODE, 0]:
        code = found[CONDITION_ID]
    row[CODE_AT], row[CODE_LENGTH] = code[0], code[1] - code[0]
    first, last = skip_blanks(text[0], text[1]), text[1]
    while last > first and is_blank(load_byte(last - 1)):
        last -= 1
    number[0] = np.nan
    row[FORM], row[LEVEL], row[TEXT_AT], row[TEXT_LENGTH] = IS_TEXT, -1, text[0], text[1] - text[0]
    is_unavailable = which_word(first, last, _UNAVAILABLE) >= 0
    is_series = category == SAMPLE and (max(found[RATE, 0], found[COUNT, 0]) >= 0 or _ends_with(name, _SERIES))
    if category == CONDITION:
        row[LEVEL] = which_lower_word(name[0], name[1], _LEVELS)
        row[TEXT_LENGTH] = 0 if first == last else row[TEXT_LENGTH]
        row[FORM] = IS_MARKED if text[2] != 0 else IS_TEXT
        return row[LEVEL] >= 0 and not is_unavailable
    is_set = _ends_with(name, _SETS)
    if is_unavailable:
        row[FORM], row[TEXT_LENGTH] = IS_UNAVAILABLE, NO_PATTERN if is_series or is_set else text[1] - text[0]
        return True
    if text[2] != 0 or is_set:
        row[FORM] = IS_SET if is_set else IS_MARKED
        return not is_series
    if is_series:
        row[FORM], row[CODE_AT], row[CODE_LENGTH] = IS_SERIES, found[RATE, 0], found[RATE, 1] - found[RATE, 0]
        row[TEXT_AT], row[TEXT_LENGTH] = first, last - first
        return first < last
    if category == EVENT:
        return True
    number[0] = parse_number(first, last)
    row[FORM] = IS_TEXT if np.isnan(number[0]) else IS_NUMBER
    row[TEXT_AT], row[TEXT_LENGTH] = first, last - first
    return first < last


@part
def _has_key(row: Longs, found: Longs) -> bool:
    """Fill in data item, sequence and time; False if one of them is not there or not plain."""
    item, sequence, stamp = found[ID], found[NUMBER], found[STAMP]
    digits = sequence[1] - sequence[0]
    if item[0] == item[1] or digits < 1 or digits > _MOST_DIGITS or stamp[0] < 0:
        return False
    row[ITEM_AT], row[ITEM_LENGTH] = item[0], item[1] - item[0]
    row[SEQUENCE] = digits_at(sequence[0], digits)
    row[TIME] = parse_time(stamp[0], stamp[1])
    return row[SEQUENCE] >= 0 and row[TIME] != NO_TIME


@part
def _ends_with(name: Longs, endings: Longs) -> bool:
    """Say whether a name ends with one of some words."""
    for i in range(len(endings)):
        start = name[1] - endings[i, 0]
        if start >= name[0] and which_word(start, name[1], endings) == i:
            return True
    return False
