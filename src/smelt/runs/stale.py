"""Which periods are stale, grouped into tasks: consecutive periods of one device, newest first."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from smelt.lake.memory import Key, Sum
from smelt.terms.interval import PERIOD_US, Interval, consecutive, from_us, iso_of
from smelt.terms.work import DataFile


@dataclass(frozen=True)
class Unit:
    """Consecutive stale periods of one device, up to a UTC day."""

    device_uuid: str
    interval: Interval

    @property
    def periods(self) -> range:
        """The starts of the periods, in microseconds."""
        return range(self.interval.start_us, self.interval.end_us, PERIOD_US)


def stale_units(wanted: Mapping[Key, int], memory: Mapping[Key, Sum]) -> list[Unit]:
    """Return the units whose wanted fingerprint is not the remembered one, newest first.

    Examples
    --------
    >>> stale_units({("a", 0): 7, ("a", PERIOD_US): 8}, {("a", 0): Sum(1, 7)})
    [Unit(device_uuid='a', interval=Interval(start_us=3600000000, end_us=7200000000))]
    """
    by_device: dict[str, list[int]] = {}
    for (device, period), fingerprint in wanted.items():
        known = memory.get((device, period))
        if known is None or known.fingerprint != fingerprint:
            by_device.setdefault(device, []).append(period)
    units = [Unit(device, i) for device, periods in by_device.items() for i in consecutive(periods)]
    return sorted(units, key=lambda u: (-u.interval.start_us, u.device_uuid))


@dataclass(frozen=True)
class Group:
    """Units that one task makes because they replace the same files (mostly one unit and none)."""

    units: tuple[Unit, ...]
    replaces: Mapping[str, tuple[str, ...]]


def grouped(
    units: Sequence[Unit],
    files: Mapping[str, Sequence[DataFile]],
    time: Mapping[str, str],
    tables: Callable[[str], Collection[str]],
) -> list[Group]:
    """Join units that touch a common file, so that no file is replaced by two tasks.

    Parameters
    ----------
    files : the data files of each table that the units' rows go to.
    time : the time column of each of these tables.
    tables : says which of them hold rows of a device: a file of another class may span its uuid, and has none.
    """
    touched = [_touched(unit, {name: files[name] for name in tables(unit.device_uuid)}, time) for unit in units]
    owner: dict[tuple[str, str], int] = {}
    root = list(range(len(units)))
    for i, paths in enumerate(touched):
        for path in paths:
            j = owner.setdefault(path, i)
            root = [root[j] if r == root[i] else r for r in root] if root[i] != root[j] else root
    groups: dict[int, list[int]] = {}
    for i, r in enumerate(root):
        groups.setdefault(r, []).append(i)
    return [_group([units[i] for i in members], [touched[i] for i in members], files) for members in groups.values()]


def _touched(unit: Unit, files: Mapping[str, Sequence[DataFile]], time: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (table, f.path)
        for table, found in files.items()
        for f in overlapping(found, unit.device_uuid, unit.interval, time[table])
    ]


def _group(units: list[Unit], touched: list[list[tuple[str, str]]], files: Mapping[str, Sequence[DataFile]]) -> Group:
    paths = sorted({p for one in touched for p in one})
    return Group(tuple(units), {table: tuple(p for t, p in paths if t == table) for table in files})


def overlapping(files: Iterable[DataFile], device_uuid: str, interval: Interval, time: str) -> list[DataFile]:
    """Return the files that may hold rows of the device in the interval, by their statistics."""
    start, end = _text(interval.start_us), _text(interval.end_us)
    found = []
    for file in of_device(files, device_uuid):
        low, high = dict(file.low), dict(file.high)
        if time not in low or (str(low[time]) < end and str(high[time]) >= start):
            found.append(file)
    return found


def of_device(files: Iterable[DataFile], device_uuid: str) -> list[DataFile]:
    """Return the files that may hold rows of the device."""
    return [
        f for f in files if f.low and str(dict(f.low)["device_uuid"]) <= device_uuid <= str(dict(f.high)["device_uuid"])
    ]


def _text(time_us: int) -> str:
    return iso_of(from_us(time_us))
