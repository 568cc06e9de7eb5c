"""Flat records of many kinds, column by column: what does not fit is left to those who read one record at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import NoneType
from typing import Any, NamedTuple

from smelt.mtconnect.event_time import EventTimes
from smelt.mtconnect.event_times import parse_times
from smelt.mtconnect.json.header import int64
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.records.cells import RecordCells
from smelt.mtconnect.records.entities import milliseconds
from smelt.mtconnect.records.forms import Form, form_of
from smelt.mtconnect.records.kinds import NO_KIND, Kind, Meaning, said_by
from smelt.mtconnect.rows import Cell
from smelt.terms.errors import DataError
from smelt.terms.observation import Dialect, Origin

_NOTHING = ("1970-01-01T00:00:00Z", None, None)  # said by records that are read by themselves
_INT64_MAX = (1 << 63) - 1
_MOST_KEPT = 1 << 16
_UNFIT = (KeyError, TypeError, AttributeError)


class Stretch(NamedTuple):
    """Records [start, end) of a batch that are of one dialect; of None each has to be read by itself."""

    start: int
    end: int
    dialect: Dialect | None


@dataclass(frozen=True)
class Batch:
    """A row for each record, as columns by their names in DECODED_ROWS, and its dialect."""

    dialects: list[Dialect | None]
    devices: list[str]
    columns: dict[str, Sequence[Any]]

    def stretches(self) -> Iterator[Stretch]:
        """Yield stretches of records, in order."""
        at = 0
        for dialect, members in groupby(self.dialects):
            start, at = at, at + len(list(members))
            yield Stretch(start, at, dialect)

    def cut(self, start: int, end: int) -> tuple[list[str], dict[str, Sequence[Any]]]:
        """Return devices and columns of records [start, end)."""
        if end - start == len(self.devices):
            return self.devices, self.columns
        return self.devices[start:end], {name: column[start:end] for name, column in self.columns.items()}


class Sender(NamedTuple):
    """Where a record came from, as an envelope around it says; it may tell its device and category."""

    source: str | None
    record_key: str | None


Keys = tuple[Any, ...]  # those of a record, behind its sender if it was in an envelope
Forms = dict[Keys, Form | None]


class RecordBatches:
    """Reads batches of records.

    Parameters
    ----------
    forms : what is known of records by their keys; it grows.
    """

    def __init__(self, forms: Forms, times: EventTimes, origin: Origin) -> None:
        self._forms = forms
        self._times = times
        self._origin = origin
        known = [form for form in forms.values() if form is not None]
        self._kept = len(forms) + sum(len(form.kinds) for form in known)
        own = [form for form in known if form.origin is None]  # those of senders share what values mean
        self._kept += sum(len(meaning.cells) for form in own for meaning in form.meanings.values())

    def read(self, records: Sequence[dict[str, Any]], senders: Sequence[Sender] | None = None) -> Batch:
        """Return a row for each record that has one.

        Parameters
        ----------
        senders : of each record, if they were in envelopes.
        """
        if self._kept > _MOST_KEPT:
            self._forms.clear()
            self._kept = 0
        keys: list[Keys] = list(map(tuple, records))
        if senders is not None:
            keys = list(zip(senders, keys, strict=True))
        kinds, said = self._look_up(records, keys)
        stamps, sequences, sent = zip(*said, strict=True)
        dialects = [kind.dialect for kind in kinds]
        columns: dict[str, Sequence[Any]] = {
            "sequence": _read_sequences(sequences, dialects),
            "part": [0] * len(records),
            "data_item": [kind.data_item for kind in kinds],
            "category": [kind.category for kind in kinds],
            "event_time": self._read_times(stamps, dialects),
            **self._read_cells(kinds, sent, list(zip(records, keys, strict=True)), dialects),
            "native_units": [False] * len(records),
        }
        return Batch(dialects, [kind.device_uuid for kind in kinds], columns)

    def _look_up(self, records: Sequence[dict[str, Any]], keys: list[Keys]) -> tuple[list[Kind], list[tuple[Any, ...]]]:
        """Return of each record its kind and its time, sequence and value."""
        forms: Any = self._forms
        kinds, saids = [], []
        for record, key in zip(records, keys, strict=True):
            try:
                form = forms[key]
                kind = form.kinds[form.rest(record)]
                said = form.said(record)
            except _UNFIT:
                kind = self._learn(record, key)
                said = _NOTHING if kind is NO_KIND else forms[key].said(record)
            kinds.append(kind)
            saids.append(_NOTHING if kind is NO_KIND else said)
        return kinds, saids

    def _form(self, keys: Keys) -> Form | None:
        if keys not in self._forms:
            if keys and isinstance(keys[0], Sender):
                plain, sender = self._form(keys[1]), keys[0]
                origin = replace(self._origin, source=sender.source, record_key=sender.record_key)
                self._forms[keys] = None if plain is None else replace(plain, kinds={}, origin=origin)
            else:
                self._forms[keys] = form_of(keys)
            self._kept += 1
        return self._forms[keys]

    def _learn(self, record: dict[str, Any], keys: Keys) -> Kind:
        """Read a record whose kind is not known; only one that says nothing but texts stands for others."""
        form = self._form(keys)
        try:
            rest = () if form is None else form.rest(record)
            if form is None or not all(member is None or type(member) in (str, tuple) for member in rest):
                return NO_KIND
            sent = form.said(record)[2]
            said = said_by(record, self._reader(form))
        except (DataError, *_UNFIT):
            return NO_KIND
        self._kept += 1
        if said is None:
            form.kinds[rest] = NO_KIND
            return NO_KIND
        meant = form.meant(record) if form.origin is None else (said.device_uuid, said.category, form.meant(record))
        meaning = form.meanings.setdefault(meant, Meaning())
        meaning.keep(sent, said.cell)
        form.kinds[rest] = Kind(form.dialect, *said[:3], meaning)
        return form.kinds[rest]

    def _reader(self, form: Form) -> Callable[[dict[str, Any]], list[DeviceRows]]:
        return lambda record: form.read(record, self._times, form.origin or self._origin)

    def _read_times(self, stamps: Sequence[Any], dialects: list[Dialect | None]) -> list[int | None]:
        if set(map(type, stamps)) == {str}:
            found = parse_times(stamps, self._times)
        else:
            found = [self._time(*pair) for pair in zip(stamps, dialects, strict=True)]
        if None in found:
            _leave(dialects, (i for i, time_us in enumerate(found) if time_us is None))
        return found

    def _time(self, stamp: object, dialect: Dialect | None) -> int | None:
        if isinstance(stamp, str):
            return self._times.parse(stamp) if stamp else None
        return milliseconds(stamp) if dialect == "entities" else None

    def _read_cells(
        self,
        kinds: list[Kind],
        sent: Sequence[Any],
        records: list[tuple[dict[str, Any], Keys]],
        dialects: list[Dialect | None],
    ) -> dict[str, list[Any]]:
        cells = RecordCells([kind.meaning for kind in kinds], sent)
        for i in cells.left:
            cell = None if kinds[i] is NO_KIND else self._cell(kinds[i], sent[i], *records[i])
            if cell is None:
                dialects[i] = None
            else:
                cells.put(i, cell)
        return cells.columns

    def _cell(self, kind: Kind, sent: object, record: dict[str, Any], keys: Keys) -> Cell | None:
        """Return the cell that a value becomes, as it was read before or is read now."""
        if not (sent is None or type(sent) in (str, int, float)) or kind.meaning.rule == "none":
            return None
        cell = kind.meaning.cells.get(sent) if sent is None or isinstance(sent, str) else None
        form = None if cell is not None else self._forms.get(keys)
        if form is not None:
            self._kept += 1
            cell = kind.read(record, form.value, self._reader(form))
        return cell


def _leave(dialects: list[Dialect | None], places: Iterable[int]) -> None:
    for place in places:
        dialects[place] = None


def _read_sequences(sequences: Sequence[Any], dialects: list[Dialect | None]) -> Sequence[int | None]:
    types = set(map(type, sequences))
    if types == {NoneType} or (types == {int} and min(sequences) >= 0 and max(sequences) <= _INT64_MAX):
        return sequences
    found = [int64(sequence) for sequence in sequences]
    pairs = enumerate(zip(sequences, found, strict=True))
    _leave(dialects, (i for i, (sequence, number) in pairs if number is None and sequence is not None))
    return found
