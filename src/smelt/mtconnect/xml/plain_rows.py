"""The scan's rows to DECODED_ROWS: texts become words, and time series a row for each of their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smelt.mtconnect.digits import fifteen_digits
from smelt.mtconnect.time_series import Series, expand_all
from smelt.mtconnect.xml.cells import Cells, read_cells
from smelt.mtconnect.xml.series import read_series
from smelt.mtconnect.xml.words import Words, words_at
from smelt.mtconnect.xml_scanner import rows as r
from smelt.terms.observation import DECODED_ROWS, TIME

_CATEGORIES = pa.array(["SAMPLE", "EVENT", "CONDITION"])
_LEVELS = pa.array(r.LEVELS)
NO_RATES: Mapping[tuple[str, str], float] = MappingProxyType({})


@dataclass(frozen=True)
class PlainRows:
    """DECODED_ROWS of the scan's rows, without instance ids, and the documents in which one cannot be read."""

    table: pa.Table
    unread: frozenset[int]


def plain_rows(
    data: bytes,
    rows: NDArray[np.int64],
    numbers: NDArray[np.float64],
    devices: Words,
    sample_rates: Mapping[tuple[str, str], float] = NO_RATES,
) -> PlainRows:
    """Build DECODED_ROWS of the scan's rows.

    Parameters
    ----------
    devices : uuids of the scan's devices.
    sample_rates : values a second of (device uuid, data item), for time series that do not tell theirs.
    """
    buffer, count = np.frombuffer(data, np.uint8), len(rows)
    cells = read_cells(buffer, rows, numbers)
    device = Words(devices.codes[rows[:, r.DEVICE]], devices.words)
    item = words_at(buffer, rows[:, r.ITEM_AT], rows[:, r.ITEM_LENGTH], np.ones(count, np.bool_))
    series = np.flatnonzero(rows[:, r.FORM] == r.IS_SERIES)
    found = _read_series(data, rows[series], (device, item), series, sample_rates) if len(series) else []
    for place, said in zip(series.tolist(), found, strict=True):
        if not isinstance(said, Series):
            cells.put(np.array([place]), np.zeros(1, np.int32), [said])
    table = _table(buffer, rows, cells, device, item)
    placed = {place: said for place, said in zip(series.tolist(), found, strict=True) if isinstance(said, Series)}
    return PlainRows(_expanded(table, placed) if placed else table, cells.unread(rows[:, r.DOCUMENT]))


def _read_series(
    data: bytes,
    rows: NDArray[np.int64],
    words: tuple[Words, Words],
    places: NDArray[np.int64],
    sample_rates: Mapping[tuple[str, str], float],
) -> list[Any]:
    device, item = (word.array().take(pa.array(places)).to_pylist() for word in words)
    spans = rows[:, [r.TEXT_AT, r.TEXT_LENGTH, r.CODE_AT, r.CODE_LENGTH]].tolist()
    texts = [data[at : at + length].decode() for at, length, _, _ in spans]
    rates = [data[at : at + length].decode() if length > 0 else None for _, _, at, length in spans]
    return list(read_series(zip(device, item, rows[:, r.TIME].tolist(), texts, rates, strict=True), sample_rates))


def _table(buffer: NDArray[np.uint8], rows: NDArray[np.int64], cells: Cells, device: Words, item: Words) -> pa.Table:
    """Return a row for each observation."""
    count = len(rows)
    has_code = (rows[:, r.CODE_LENGTH] > 0) & (rows[:, r.FORM] != r.IS_SERIES)
    columns = {
        "document": pa.array(rows[:, r.DOCUMENT].astype(np.int32)),
        "instance_id": pa.nulls(count, pa.int64()),
        "sequence": pa.array(rows[:, r.SEQUENCE]),
        "part": pa.array(np.zeros(count, np.int32)),
        "device_uuid": device.array(),
        "data_item": item.array(),
        "category": pa.DictionaryArray.from_arrays(pa.array(rows[:, r.CATEGORY].astype(np.int32)), _CATEGORIES),
        "event_time": pa.array(rows[:, r.TIME]).cast(TIME),
        "value": pa.array(fifteen_digits(cells.value), mask=~cells.has_value),
        "text": cells.text().array(),
        "level": pa.DictionaryArray.from_arrays(pa.array(cells.level, mask=cells.level < 0), _LEVELS),
        "native_code": words_at(buffer, rows[:, r.CODE_AT], rows[:, r.CODE_LENGTH], has_code).array(),
        "native_units": pa.array(np.zeros(count, np.bool_)),
    }
    return pa.table([columns[name] for name in DECODED_ROWS.names], schema=DECODED_ROWS)


def _expanded(table: pa.Table, series: Mapping[int, Series]) -> pa.Table:
    """Put a row for each value into the place of time series, whose rows are the keys."""
    places = np.array(list(series), np.int64)
    counts = np.ones(table.num_rows, np.int64)
    counts[places] = [len(one.values) for one in series.values()]
    is_series = np.zeros(table.num_rows, np.bool_)
    is_series[places] = True
    which = np.repeat(np.arange(table.num_rows), counts)
    is_value = pa.array(is_series[which])
    taken = table.take(pa.array(which))
    values = expand_all(list(series.values()))
    for name, said in (("part", values.part), ("event_time", values.time_us), ("value", values.value)):
        place, kind = table.schema.get_field_index(name), table.schema.field(name)
        column = taken[name].combine_chunks()
        replaced = pc.replace_with_mask(column, is_value, pa.array(said).cast(kind.type))
        taken = taken.set_column(place, kind, replaced)
    return taken
