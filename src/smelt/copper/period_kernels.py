"""The loops over the rows of a layout that look at periods: where each begins, what it adds up to, what came last."""

# ruff: noqa: PLR0917 - kernels take arrays one by one: a field of a tuple costs a reference count at each use

from typing import Any

import numpy as np

from smelt.compiled import entry, part
from smelt.copper.row_kernels import Bools, Hashes, Int32s, Int64s, Marks


@entry
def find_stretches(order: Int32s, marks: Marks, first: int, time: Int64s, period: int, starts: Int64s) -> int:
    """Find the places, from `first` on, where a data item's rows or another period of it begin; returns how many."""
    count = 0
    start: Any = np.int64(0)
    end: Any = np.int64(0)
    for i in range(first, len(order)):
        now = time[order[i]]
        is_other = now < start or now >= end
        if is_other:
            start = now // period * period
            end = start + period
        if is_other or marks[i] & 1:
            starts[count] = i
            count += 1
    return count


@entry
def add_hashes(order: Int32s, starts: Int64s, source: Int32s, by_source: Hashes, hashes: Hashes, sums: Hashes) -> None:
    """Add up the hashes in each stretch [starts[k], starts[k + 1]), each mixed with who numbered the row; they wrap."""
    by = np.uint64(0x9E3779B97F4A7C15)
    for k in range(len(sums)):
        total = np.uint64(0)
        for i in range(starts[k], starts[k + 1]):
            row = order[i]
            h = (hashes[row] ^ by_source[source[row]]) * by
            total += h ^ (h >> np.uint64(32))
        sums[k] = total


@entry
def find_nearest(
    rows: Int32s, key: Hashes, speaker: Int32s, source: Int32s, device: Int32s, devices: int,
    strange: Hashes, firsts: Int64s, nearest: Int32s,
) -> None:  # fmt: skip
    """Find the row before each strange row of a speaker, else the one behind it; -1 where there is none.

    A speaker is `speaker[source] * devices + device`. `strange` holds the keys of its strange rows, ascending, from
    firsts[s] to firsts[s + 1]. Rows stand by key, as they are given if it is the same, behind a strange one of it.
    Of each gap between the strange rows of a speaker, the first and the last row are kept; gap k + s is before row k.
    """
    last, first = np.empty(len(strange) + len(firsts), np.int32), np.empty(len(strange) + len(firsts), np.int32)
    for k in range(len(last)):
        last[k] = first[k] = -1
    own: Any = np.int64(-1)  # the row before's speaker and gap, with above <= its key < below
    gap: Any = np.int64(0)
    above, below = np.uint64(0), np.uint64(0)
    for row in rows:
        s = speaker[source[row]] * devices + device[row]
        start, end = firsts[s], firsts[s + 1]
        if start == end:
            continue
        if s != own or key[row] < above or key[row] >= below:
            place = _count_until(strange, start, end, key[row])
            above = strange[place - 1] if place > start else np.uint64(0)
            below = strange[place] if place < end else np.uint64(np.iinfo(np.uint64).max)
            own, gap = s, place + s
        if last[gap] < 0 or key[row] >= key[last[gap]]:
            last[gap] = row
        if first[gap] < 0 or key[row] < key[first[gap]]:
            first[gap] = row
    for s in range(len(firsts) - 1):
        beside: Any = np.int32(-1)
        for k in range(firsts[s], firsts[s + 1]):
            beside = last[k + s] if last[k + s] >= 0 else beside
            nearest[k] = beside
        beside = np.int32(-1)
        for k in range(firsts[s + 1] - 1, firsts[s] - 1, -1):
            beside = first[k + s + 1] if first[k + s + 1] >= 0 else beside
            if nearest[k] < 0:
                nearest[k] = beside


@part
def _count_until(keys: Hashes, low: int, high: int, key: int) -> Any:
    """Return the first place from low to high behind all keys that are not above this one."""
    while low < high:
        middle = (low + high) // 2
        if keys[middle] <= key:
            low = middle + 1
        else:
            high = middle
    return low


@entry
def mark_last(
    order: Int32s, starts: Int64s, category: Int32s, level: Int32s, code: Int32s, is_condition: Bools, resets: Marks,
    is_unnumbered: Bools, time: Int64s, source: Int32s, sequence: Int64s, part: Int32s, latest: Int64s, is_last: Bools,
) -> int:  # fmt: skip
    """Mark the rows among which the last value of each kind in each stretch [starts[k], starts[k + 1]) is.

    Numbered rows: the one with the highest number of each kind (`_kind`). Rows that nobody numbered: those of the last
    instant; all, if conditions are there, or numbered ones, too. `latest` is -1 for every kind.
    Returns in how many stretches more than one row may be marked that speaks of the same.
    """
    none = np.iinfo(np.int64).max
    open_ = 0
    for k in range(len(starts) - 1):
        first, end = starts[k], starts[k + 1]
        lines = 0
        conditions = 0
        highest = first
        for i in range(first, end):
            row = order[i]
            lines += sequence[row] == none or is_unnumbered[source[row]]
            conditions += is_condition[category[row]]
            if _is_numbered_behind(row, order[highest], source, sequence, part):
                highest = i
        open_ += lines > 0 or 0 < conditions < end - first
        if lines:
            is_whole = lines < end - first or conditions > 0
            for i in range(first, end):
                is_last[i] = is_whole or time[order[i]] == time[order[end - 1]]
        elif not conditions:
            is_last[highest] = True
        else:
            _mark_kinds(order, first, end, category, level, code, is_condition, resets, source, sequence, part, latest,
                        is_last)  # fmt: skip
    return open_


@part
def _mark_kinds(
    order: Int32s, first: int, end: int, category: Int32s, level: Int32s, code: Int32s, is_condition: Bools,
    resets: Marks, source: Int32s, sequence: Int64s, part: Int32s, latest: Int64s, is_last: Bools,
) -> None:  # fmt: skip
    """Mark the row with the highest number of each kind in a stretch."""
    for i in range(first, end):
        row = order[i]
        kind = _kind(row, category, level, code, is_condition, resets)
        before = latest[kind]
        if before < 0 or _is_numbered_behind(row, order[before], source, sequence, part):
            latest[kind] = i
    for i in range(first, end):
        kind = _kind(order[i], category, level, code, is_condition, resets)
        if latest[kind] >= 0:
            is_last[latest[kind]] = True
            latest[kind] = -1


@part
def _kind(row: int, category: Int32s, level: Int32s, code: Int32s, is_condition: Bools, resets: Marks) -> Any:
    """Return what a row competes with to be an item's last: 0, but a condition's code, and whether it resets.

    A level resets always (2), without a code (1) or never (0); the last entry of each table is for null, -1.
    """
    if not is_condition[category[row]]:
        return 0
    is_reset = resets[level[row]] == 2 or (resets[level[row]] == 1 and code[row] < 0)
    return 2 * (code[row] + 1) + is_reset + 1


@part
def _is_numbered_behind(a: int, b: int, source: Int32s, sequence: Int64s, part: Int32s) -> Any:
    """Say whether row a has a higher number than row b, or the same one."""
    if source[a] != source[b]:
        return source[a] > source[b]
    if sequence[a] != sequence[b]:
        return sequence[a] > sequence[b]
    return part[a] >= part[b]
