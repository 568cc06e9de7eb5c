"""Joins the scanner with the plain decoder: what the scan left over is read in its place, all in document order."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.json_header import read_header
from smelt.mtconnect.json_observations import Reading, read_observations
from smelt.mtconnect.rows import Building, Cell, Document, Row, Rows
from smelt.mtconnect.scanner.columns import CATEGORIES, columns_of
from smelt.mtconnect.scanner.scan import Buffer, Found, Scan
from smelt.mtconnect.scanner.state import NO_TIME, NO_WORD, SENDER_COLUMN
from smelt.terms.errors import DataError
from smelt.terms.observation import Category, Decoded, Dialect


class _Splice(NamedTuple):
    """Scanned rows [start, end) give way to the building's rows [first, last)."""

    start: int
    end: int
    first: int
    last: int


class _Left(NamedTuple):
    """An observation that was left over: its row in the scan, whose it is, and its rows as they were read."""

    row: int
    device_uuid: str
    category: Category
    rows: Rows


class ScannedDocuments:
    """Reads regular documents of buffers into a building; everything else is read into it by others, in between."""

    def __init__(self, building: Building) -> None:
        self._data: Buffer = b""
        self._building = building
        self._scan = Scan()
        self._places: list[int] = []  # of each scanned document its place in the building
        self._patches: list[tuple[int, Row]] = []
        self._splices: list[_Splice] = []
        self._spliced = 0

    def __len__(self) -> int:
        """Rows that were scanned so far."""
        return self._scan.rows

    def open(self, data: Buffer) -> None:
        """Let these bytes be read next."""
        self._data = data
        self._scan.open(data)

    def read(self, at: int, read_plain: Callable[[int, int], object]) -> int:
        """Read regular documents from an offset on; returns where there is none, or the end.

        Parameters
        ----------
        read_plain : reads the document that lies in [start, end) of the buffer into the building: what was scanned
            of it did not fit.
        """
        self._splice(self._scan.rows, self._scan.rows)
        at = self._scan.resume(at)
        for found in self._scan.documents(len(self._places)):
            if not self._add(found):
                read_plain(found.start, found.end)
                self._splice(found.row, found.row_end)
            self._places.append(max(len(self._building.documents) - 1, 0))
        return at

    def _splice(self, start: int, end: int) -> None:
        """Put the rows that the building got since into the place of some that were scanned."""
        count = len(self._building)
        if start < end or count > self._spliced:
            self._splices.append(_Splice(start, end, self._spliced, count))
            self._spliced = count

    def _add(self, found: Found) -> bool:
        """Add a scanned document with what was left over of it; tell whether all of it fits."""
        try:
            document = self._document(found)
            left = [self._read_left(record) for record in self._scan.leftovers(found.leftover, found.leftover_end)]
        except (orjson.JSONDecodeError, DataError):
            return False
        self._building.documents.append(document)
        for one in left:
            self._put(one)
        return True

    def _document(self, found: Found) -> Document:
        """Return the document's row; raises DataError if its Header does not fit."""
        dialect: Dialect = "json-v1" if found.is_version_1 else "json-v2"
        start, length = found.start, found.end - found.start
        if found.instance_id < 0:
            header = orjson.loads(self._data[found.header : found.header_end])
            return read_header(header, (start, length), self._building.times, "MTConnectStreams", dialect)
        sender = None if found.sender == NO_WORD else self._scan.word(SENDER_COLUMN, found.sender)
        return Document(
            start,
            length,
            "MTConnectStreams",
            dialect,
            sender,
            found.instance_id,
            None if found.first_sequence < 0 else found.first_sequence,
            None if found.next_sequence < 0 else found.next_sequence,
            None if found.last_sequence < 0 else found.last_sequence,
            None if found.created_at == NO_TIME else found.created_at,
        )

    def _read_left(self, record: tuple[int, ...]) -> _Left:
        """Read an observation that was left over; raises DataError if it does not fit."""
        row, start, end, element, element_end, category = record
        uuid, rows = self._scan.device_of(row), Rows()
        name = bytes(self._data[element:element_end]).decode()
        reading = Reading(self._building.times, uuid, self._building.origin.sample_rates)
        observation = orjson.loads(self._data[start:end])
        read_observations(rows, CATEGORIES[category], name, [observation], reading)
        return _Left(row, uuid, CATEGORIES[category], rows)

    def _put(self, left: _Left) -> None:
        columns = left.rows.columns()
        if (columns["part"], columns["category"]) == ([0], [left.category]):
            cell = Cell(*(columns[name][0] for name in ("value", "text", "level", "native_code")))
            sequence, item, time_us = (columns[name][0] for name in ("sequence", "data_item", "event_time"))
            self._patches.append((left.row, Row(sequence, 0, item, CATEGORIES[0], time_us, cell)))
        else:
            self._building.add_rows(left.device_uuid, left.rows)
            self._splice(left.row, left.row + 1)

    def finish(self) -> Decoded:
        """Return everything, scanned or not."""
        self._splice(self._scan.rows, self._scan.rows)
        decoded = self._building.finish()
        if self._scan.rows == 0:
            return decoded
        documents = self._building.documents
        instances = [documents[place].instance_id or 0 if documents else 0 for place in self._places]
        columns = columns_of(self._scan, np.array(self._places, np.int32), np.array(instances, np.int64))
        for row, patch in self._patches:
            columns.patch(row, patch)
        is_kept = np.ones(self._scan.rows, np.bool_)
        for splice in self._splices:
            is_kept[splice.start : splice.end] = False
        if not is_kept.all():
            columns.take(is_kept)
        return replace(decoded, rows=self._joined(columns.to_arrow(), decoded.rows, np.cumsum(is_kept)))

    def _joined(self, scanned: pa.Table, plain: pa.Table, kept: NDArray[np.int64]) -> pa.Table:
        """Return the rows of both in order; `kept[i]` counts the scanned rows up to i that are still there."""
        if not plain.num_rows:
            return scanned
        pieces, at = [], 0
        for splice in self._splices:
            place = int(kept[splice.start - 1]) if splice.start else 0
            pieces += [scanned.slice(at, place - at), plain.slice(splice.first, splice.last - splice.first)]
            at = place
        pieces.append(scanned.slice(at))
        return pa.concat_tables(pieces).unify_dictionaries().combine_chunks()
