"""The newest folders of a landing zone, found level by level: bounded work however many years lie there."""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

NEWEST = 3  # hour folders; where folders are days, days
DEEPEST = 3  # levels of folders without a date, such as shdr/<device>, that are looked into one by one
AT_ONCE = 8
_AHEAD = timedelta(days=1)  # of the clock: folders may be named in any time zone
_DATE = re.compile(r"(?:\w*(?:year|yyyy|month|date|dt|ds|day|hour|time)=)?(\d{4}(?:[-_T]?\d\d){0,3}|\d\d)", re.I)
_YEAR, _HOUR = 4, 10  # digits

Meta = Any  # obstore's ObjectMeta: path, size, e_tag


class Lists(Protocol):
    """The part of an object store that lists one level of folders, or everything below one."""

    def list_with_delimiter(self, prefix: str | None = None) -> Any:
        """Return the folders and the objects of one level."""
        ...

    def list(self, prefix: str | None = None) -> Iterable[Iterable[Any]]:
        """Return pages of all objects below a folder."""
        ...


@dataclass
class _Level:
    folders: list[str]
    objects: list[Meta]


@dataclass(frozen=True)
class _Zone:
    store: Lists
    is_wanted: Callable[[str], bool]
    horizon: str
    count: int

    def level(self, folder: str) -> _Level:
        found = self.store.list_with_delimiter(folder or None)
        folders = [f.rstrip("/") for f in found["common_prefixes"]]
        return _Level([f for f in folders if self.is_wanted(f)], list(found["objects"]))

    def below(self, folder: str) -> list[Meta]:
        return [found for page in self.store.list(folder) for found in page]

    def newest(self, dates: dict[str, str]) -> _Level:
        """Return the newest of dated folders; those of an absurd clock, ahead of ours, do not count."""
        beside: list[Meta] = []
        ahead = {f: d for f, d in dates.items() if d > self.horizon[: len(d)]}
        past = {f: d for f, d in dates.items() if f not in ahead}
        newest = [f for some in (ahead, past) for f in islice(self._descend(some, beside), self.count)]
        return _Level(newest, beside)

    def _descend(self, dates: dict[str, str], beside: list[Meta]) -> Iterator[str]:
        """Yield the folders in which no further level says a time, newest first; looks no further than asked."""
        for folder in sorted(dates, key=lambda f: (dates[f], f), reverse=True):
            level = self.level(folder) if len(dates[folder]) < _HOUR else _Level([], [])
            deeper, others = _parted(level.folders, dates[folder])
            if not deeper:
                yield folder
                continue
            beside += level.objects
            yield from self._descend(deeper, beside)
            yield from others


def newest_objects(
    store: Lists, now: datetime, is_wanted: Callable[[str], bool] = lambda _: True, count: int = NEWEST
) -> list[Meta]:
    """Return the objects of the newest hour folders, and those that lie in no dated folder.

    Dated folders may begin at the root or below others, each of which has its own newest ones: `2026/11/24/09`,
    `raw/2026/11/24/09`, `shdr/<device>/2026/…`, `dt=2026-11-24`, `year=2026/month=11/day=24`.

    Parameters
    ----------
    now : folders later than a day after it are listed but push no others aside.
    is_wanted : told a folder; False leaves it out with all below it.
    count : of hour folders (where folders are days, of days).

    Notes
    -----
    A call for each level of each tree of dates, and one (a thousand objects a page) for each folder found; a few at
    a time. A flat folder is listed whole: nothing in it says what is new.
    """
    zone = _Zone(store, is_wanted, (now + _AHEAD).strftime("%Y%m%d%H"), count)
    undated, trees, objects = [""], [], []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(DEEPEST + 1):
            levels = list(threads.map(zone.level, undated))
            parted = [_parted(level.folders, "") for level in levels]
            objects += [found for level in levels for found in level.objects]
            trees += [dates for dates, _ in parted if dates]
            undated = [folder for _, others in parted for folder in others]
        for newest in list(threads.map(zone.newest, trees)):
            objects += newest.objects
            undated += newest.folders
        for below in threads.map(zone.below, undated):
            objects += below
    return objects


def _parted(folders: Iterable[str], known: str) -> tuple[dict[str, str], list[str]]:
    """Part folders into those whose name carries the date `known` on, each with its digits, and the others."""
    dates, others = {}, []
    for folder in folders:
        date = _carried_on(known, folder.rpartition("/")[2])
        if date is None:
            others.append(folder)
        else:
            dates[folder] = date
    return dates, others


def _carried_on(known: str, name: str) -> str | None:
    found = _DATE.fullmatch(name)
    if found is None:
        return None
    digits = re.sub(r"\D", "", found.group(1))
    if len(digits) >= _YEAR:
        date = digits if digits.startswith(known) and len(digits) > len(known) else ""
    else:
        date = known + digits if known else ""
    return date if _is_date(date) else None


def _is_date(digits: str) -> bool:
    """Say whether digits are a year, month, day and hour, or the first of these.

    Examples
    --------
    >>> _is_date("20261124"), _is_date("202613"), _is_date("0042")
    (True, False, False)
    """
    parts = [digits[:4], *(digits[i : i + 2] for i in range(4, len(digits), 2))]
    ranges = ((1700, 2999), (1, 12), (1, 31), (0, 23))
    in_range = (p.isdigit() and low <= int(p) <= high for p, (low, high) in zip(parts, ranges, strict=False))
    return _YEAR <= len(digits) <= _HOUR and all(in_range)
