"""The loops over rows that numpy cannot do at once: hashes, the first of each sequence, a sort that is linear."""

# ruff: noqa: PLR0917 - kernels take arrays one by one: a field of a tuple costs a reference count at each use

from typing import Any

import numpy as np
from numpy.typing import NDArray

from smelt.compiled import entry, part

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Marks = NDArray[np.uint8]

NONE = np.iinfo(np.int64).max  # null in a column of int64: it sorts last
KNOWN = -1
GROUP, LATE = 1, 2


@entry
def hash_texts(offsets: Int32s, data: NDArray[np.uint8], hashes: Hashes) -> None:
    """FNV-1a, 64 bits, of the UTF-8 bytes of each text."""
    for i in range(len(offsets) - 1):
        h = np.uint64(0xCBF29CE484222325)
        for at in range(offsets[i], offsets[i + 1]):
            h = (h ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
        hashes[i] = h


@entry
def hash_rows(
    device: Int32s, item: Int32s, text: Int32s, level: Int32s, code: Int32s,
    of_device: Hashes, of_item: Hashes, of_text: Hashes, of_level: Hashes, of_code: Hashes,
    time: Int64s, sequence: Int64s, part: Int32s, value: Int64s, has_value: Bools, hashes: Hashes,
) -> None:  # fmt: skip
    """Mix what each row says into 64 bits; a code of -1 (null) reads the last entry of its table, which is for it.

    `value` is the bits of the numbers: those of -0, the lowest integer, count as 0's.
    """
    none, negative_zero = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    by = np.uint64(0x9E3779B97F4A7C15)
    shift = np.uint64(32)
    for i in range(len(hashes)):
        h = (of_device[device[i]] ^ np.uint64(time[i])) * by
        h = (h ^ (h >> shift) ^ of_item[item[i]]) * by
        h = (h ^ (h >> shift) ^ np.uint64(sequence[i])) * by
        bits = value[i] if has_value[i] else none
        h = (h ^ (h >> shift) ^ np.uint64(0 if bits == negative_zero else bits)) * by
        h = (h ^ (h >> shift) ^ of_text[text[i]]) * by
        h = (h ^ (h >> shift) ^ of_level[level[i]]) * by
        h = (h ^ (h >> shift) ^ of_code[code[i]]) * by
        h = (h ^ (h >> shift) ^ np.uint64(part[i])) * by
        hashes[i] = h ^ (h >> shift)


@entry
def translate(indices: Int32s, valid: NDArray[np.uint8], start: int, codes: Int32s, result: Int32s) -> None:
    """Replace each index by its code; -1 where the bit is not set. No bits at all: every index is valid.

    `start` is the first index' bit, as Arrow counts them: from the lowest of each byte.
    """
    for i in range(len(indices)):
        bit = start + i
        is_valid = len(valid) == 0 or (valid[bit >> 3] >> (bit & 7)) & 1
        result[i] = codes[indices[i]] if is_valid else -1


@entry
def find_runs(document: Int32s, agent: Int32s, instance: Int64s, starts: Int64s) -> int:
    """Find where rows begin that another agent (it is per document) or instance numbered; returns how often."""
    count = 0
    for i in range(len(document)):
        if i == 0 or instance[i] != instance[i - 1] or agent[document[i]] != agent[document[i - 1]]:
            starts[count] = i
            count += 1
    return count


@entry
def bounds(source: Int32s, sequence: Int64s, low: Int64s, high: Int64s) -> None:
    """Find the lowest and the highest sequence of each source; null is none."""
    for i in range(len(source)):
        number = sequence[i]
        if number != np.iinfo(np.int64).max:
            s = source[i]
            low[s] = min(low[s], number)
            high[s] = max(high[s], number)


@entry
def find_places(source: Int32s, sequence: Int64s, first: Int64s, place: Int64s) -> None:
    """Place each row by its number, from the `first` place that its source's number 0 would have; NONE is none (-1)."""
    none = np.iinfo(np.int64).max
    for i in range(len(source)):
        start = first[source[i]]
        number = sequence[i]
        place[i] = -1 if none in (number, start) else start + number


@entry
def claim(place: Int64s, document: Int32s, part: Int32s, claimed: Int64s, is_new: Bools) -> None:
    """Let the first document that has a place claim it; rows without a place (-1) are not looked at.

    `claimed` holds KNOWN, 0, or the document and the last part of it that came: the parts of one time series
    stand in one document, in ascending order.
    """
    for i in range(len(place)):
        at = place[i]
        if at < 0:
            continue
        mine = ((np.int64(document[i]) + 1) << 32) + np.int64(part[i])
        before = claimed[at]
        fresh = before == 0 or (before > 0 and before >> 32 == mine >> 32 and mine > before)
        is_new[i] = fresh
        if fresh:
            claimed[at] = mine


@entry
def sort_by_code(order: Int32s, code: Int32s, counts: Int64s, result: Int32s) -> None:
    """Sort stably by a code from 0 to len(counts) - 2: one pass to count, one to place."""
    for i in range(len(order)):
        counts[code[order[i]] + 1] += 1
    for k in range(1, len(counts)):
        counts[k] += counts[k - 1]
    for i in range(len(order)):
        row = order[i]
        c = code[row]
        result[counts[c]] = row
        counts[c] += 1


@entry
def recode(codes: Int32s, rows: Int32s, numbers: Int32s, kept: Int32s, result: Int32s, is_valid: Bools) -> int:
    """Number the codes of some rows anew, in the order in which they occur; returns how many there are.

    `numbers` is -1 for every code at first, `kept` lists the codes that occur; -1 (null) becomes an invalid 0.
    """
    count = 0
    for i in range(len(rows)):
        code = codes[rows[i]]
        is_valid[i] = code >= 0
        result[i] = 0
        if code < 0:
            continue
        if numbers[code] < 0:
            numbers[code] = count
            kept[count] = code
            count += 1
        result[i] = numbers[code]
    return count


@entry
def gather(
    rows: Int32s, source: Int32s, document: Int32s, native: Bools, part: Int32s, sequence: Int64s, time: Int64s,
    value: Floats, has_value: Bools, instances: Int64s, received: Int64s, to_native: Bools, to_part: Int32s,
    to_sequence: Int64s, to_time: Int64s, to_value: Floats, to_has_value: Bools, to_instance: Int64s,
    to_received: Int64s,
) -> None:  # fmt: skip
    """Copy the numbers of some rows, all columns in one go."""
    for i in range(len(rows)):
        row = rows[i]
        to_native[i] = native[row]
        to_part[i] = part[row]
        to_sequence[i] = sequence[row]
        to_time[i] = time[row]
        to_value[i] = value[row]
        to_has_value[i] = has_value[row]
        to_instance[i] = instances[source[row]]
        to_received[i] = received[document[row]]


@entry
def number_months(
    time: Int64s, document: Int32s, limits: Int64s, edges: Int64s, months: Int32s, counts: Int64s
) -> None:  # fmt: skip
    """Number each stamp by the edge (from 1) that it lies behind; 0 if before all of them, or not below its limit.

    `counts` is of the rows of each number.
    """
    start: Any = np.int64(0)
    end: Any = np.int64(0)
    month: Any = 0
    for i in range(len(time)):
        now = time[i]
        if now < edges[0] or now >= limits[document[i]]:
            months[i] = 0
            counts[0] += 1
            continue
        if now < start or now >= end:
            month, above = 1, len(edges)  # edges[month - 1] <= now; np.searchsorted would take seconds to compile
            while month < above:
                middle = (month + above) // 2
                if edges[middle] <= now:
                    month = middle + 1
                else:
                    above = middle
            start = edges[month - 1]
            end = edges[month] if month < len(edges) else np.iinfo(np.int64).max
        months[i] = month
        counts[month] += 1


@part
def _is_late(a: int, b: int, time: Int64s, source: Int32s, sequence: Int64s, part: Int32s, hashes: Hashes) -> Any:
    """Say whether row a, which stands before b, should stand behind it."""
    if time[a] != time[b]:
        return time[a] > time[b]
    if source[a] != source[b]:
        return source[a] > source[b]
    if sequence[a] != sequence[b]:
        return sequence[a] > sequence[b]
    if part[a] != part[b]:
        return part[a] > part[b]
    return hashes[a] > hashes[b]


@entry
def mark_groups(
    order: Int32s, partition: Int32s, device: Int32s, item: Int32s,
    time: Int64s, source: Int32s, sequence: Int64s, part: Int32s, hashes: Hashes, marks: Marks,
) -> int:  # fmt: skip
    """Mark where the rows of a data item begin (GROUP), and each that should stand before the one before it (LATE).

    Returns how many are late.
    """
    count = 0
    for i in range(len(order)):
        b = order[i]
        a = order[i - 1] if i else b
        if i == 0 or item[a] != item[b] or device[a] != device[b] or partition[a] != partition[b]:
            marks[i] = 1
        elif _is_late(a, b, time, source, sequence, part, hashes):
            marks[i] = 2
            count += 1
        else:
            marks[i] = 0
    return count


@entry
def merge_late(
    order: Int32s, marks: Marks, time: Int64s, source: Int32s, sequence: Int64s, part: Int32s, hashes: Hashes,
) -> None:  # fmt: skip
    """Sort the rows of each data item by merging the stretches between its LATE marks, which are in order."""
    spare = np.empty_like(order)
    ends = np.empty(len(order), np.int64)
    first = 0
    while first < len(order):
        count = 0
        at = first + 1
        while at < len(order) and not marks[at] & 1:
            if marks[at] & 2:
                ends[count] = at
                count += 1
            at += 1
        ends[count] = at
        while count > 0:
            start = first
            kept = 0
            for k in range(0, count + 1, 2):
                middle = ends[k]
                end = ends[k + 1] if k < count else middle
                left, right = start, middle
                for place in range(start, end):
                    if left < middle and (
                        right == end or not _is_late(order[left], order[right], time, source, sequence, part, hashes)
                    ):
                        spare[place] = order[left]
                        left += 1
                    else:
                        spare[place] = order[right]
                        right += 1
                for place in range(start, end):
                    order[place] = spare[place]
                ends[kept] = end
                kept += 1
                start = end
            count = kept - 1
        first = at
