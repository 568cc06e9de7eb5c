"""What a scan left over, observation by observation: read by the plain decoder, put into their places all at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.json.observations import Reading, read_observations, read_series
from smelt.mtconnect.rows import Building, Document, Rows
from smelt.mtconnect.scanner.columns import CATEGORIES, Columns
from smelt.mtconnect.scanner.scan import Buffer, Found, Scan
from smelt.mtconnect.time_series import Series, expand_all
from smelt.terms.observation import DECODED_ROWS, TIME, Category

_VALUE_SIZE = 32  # a float and its place in a list
_CONDITION = CATEGORIES.index("CONDITION")


class Left(NamedTuple):
    """An observation that was left over: its row in the scan, whose it is, and what it says: a series or rows."""

    row: int
    device_uuid: str
    category: int
    said: Series | Rows


class Leftovers:
    """Observations that a scan left over; those of a time series are kept as they came until the end."""

    def __init__(self, building: Building) -> None:
        self._building = building
        self._readings: dict[str, Reading] = {}
        self._rows = Rows()
        self._patched: list[int] = []  # of each of these rows its place in the scan
        self._series: list[Series] = []
        self._whose: list[tuple[int, str]] = []  # of each series its document and device
        self.series_rows = 0

    @property
    def nbytes(self) -> int:
        """Bytes that the values of series take, about; of others there are few."""
        return self.series_rows * _VALUE_SIZE

    def read(self, data: Buffer, scan: Scan, found: Found) -> list[Left]:
        """Read what was left over of a document; raises DataError or JSONDecodeError if any of it does not fit."""
        records = scan.leftovers(found.leftover, found.leftover_end)
        observations = orjson.loads(b"[%s]" % b",".join([data[start:end] for _, start, end, *_ in records]))
        left = []
        for (row, _, _, element, element_end, category, block), observation in zip(records, observations, strict=True):
            uuid, name = scan.device_of(block), bytes(data[element:element_end]).decode()
            reading = self._reading(uuid)
            said: Series | Rows | None = None if category == _CONDITION else read_series(name, observation, reading)
            if said is None:
                said = Rows()
                read_observations(said, CATEGORIES[category], name, [observation], reading)
            left.append(Left(row, uuid, category, said))
        return left

    def _reading(self, uuid: str) -> Reading:
        known = self._readings.get(uuid)
        if known is None:
            known = Reading(self._building.times, uuid, self._building.origin.sample_rates)
            self._readings[uuid] = known
        return known

    def keep(self, one: Left) -> None:
        """Keep one as of the newest document; rows that fit no place of the scan's go to the building."""
        said = one.said
        if isinstance(said, Series):
            self._series.append(said)
            self._whose.append((len(self._building.documents) - 1, one.device_uuid))
            self.series_rows += len(said.values)
        elif _is_one(said, CATEGORIES[one.category]):
            self._rows.extend(said)
            self._patched.append(one.row)
        else:
            self._building.add_rows(one.device_uuid, said)

    def patch(self, columns: Columns) -> None:
        """Put rows that are one each into their places."""
        if self._patched:
            columns.patch(self._patched, self._rows.columns())

    def series_table(self, documents: Sequence[Document]) -> pa.Table:
        """Return the values of all series as DECODED_ROWS, a row each."""
        expanded = expand_all(self._series)
        which, rows = expanded.series, len(expanded.series)
        instances = [documents[document].instance_id for document, _ in self._whose]
        nothing = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))
        columns = {
            "document": pa.array([document for document, _ in self._whose], pa.int32()).take(which),
            "instance_id": pa.array(instances, pa.int64()).take(which),
            "sequence": pa.array([series.sequence for series in self._series], pa.int64()).take(which),
            "part": pa.array(expanded.part),
            "device_uuid": _words([uuid for _, uuid in self._whose], which),
            "data_item": _words([series.data_item for series in self._series], which),
            "category": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["SAMPLE"])),
            "event_time": pa.array(expanded.time_us).cast(TIME),
            "value": pa.array(expanded.value),
            "text": nothing,
            "level": nothing,
            "native_code": nothing,
            "native_units": pa.array(np.zeros(rows, np.bool_)),
        }
        return pa.table([columns[name] for name in DECODED_ROWS.names], schema=DECODED_ROWS)


def _is_one(rows: Rows, category: Category) -> bool:
    """Say whether these are one row, of the category in which it stood."""
    columns = rows.columns()
    return (columns["part"], columns["category"]) == ([0], [category])


def _words(words: list[str], which: NDArray[np.int64]) -> pa.DictionaryArray:
    return pa.array(words, pa.string()).dictionary_encode().take(pa.array(which))
