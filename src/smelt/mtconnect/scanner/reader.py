"""Joins the scanner with the plain decoder: what the scan left over is read in its place, all in document order."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from smelt.mtconnect.json.header import read_header
from smelt.mtconnect.rows import Building, Document
from smelt.mtconnect.scanner.columns import columns_of
from smelt.mtconnect.scanner.leftovers import Left, Leftovers
from smelt.mtconnect.scanner.scan import Buffer, Found, Scan
from smelt.mtconnect.scanner.state import NO_TIME, NO_WORD, SENDER_COLUMN
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Dialect


class _Splice(NamedTuple):
    """Scanned rows [start, end) give way to the building's rows [first, last), or to those of series."""

    start: int
    end: int
    first: int
    last: int
    are_series: bool = False


class ScannedDocuments:
    """Reads regular documents of buffers into a building; everything else is read into it by others, in between."""

    def __init__(self, building: Building) -> None:
        self._data: Buffer = b""
        self._building = building
        self._scan = Scan()
        self._places: list[int] = []  # of each scanned document its place in the building
        self._left = Leftovers(building)
        self._splices: list[_Splice] = []
        self._spliced = 0

    def __len__(self) -> int:
        """Rows that were scanned so far."""
        return self._scan.rows + self._left.series_rows

    @property
    def nbytes(self) -> int:
        """Bytes that they take, about, until they are columns."""
        return self._scan.nbytes + self._left.nbytes

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

    def read_copy(self, document: bytes, read_plain: Callable[[], object]) -> bool:
        """Read a document that does not stand in the buffer so; tell whether it was regular.

        Parameters
        ----------
        read_plain : reads what stands in the buffer into the building, if it was not.
        """
        data, is_fit = self._data, False
        self.open(document)
        self._splice(self._scan.rows, self._scan.rows)
        self._scan.resume(0)
        found = self._scan.documents(len(self._places))
        for one in found:
            is_fit = self._add(one)
            if not is_fit:
                read_plain()
                self._splice(one.row, one.row_end)
            self._places.append(max(len(self._building.documents) - 1, 0))
        if not found:
            read_plain()
        self.open(data)
        return is_fit

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
            left = self._left.read(self._data, self._scan, found) if found.leftover < found.leftover_end else ()
        except (orjson.JSONDecodeError, DataError):
            return False
        self._building.documents.append(document)
        for one in left:
            self._keep(one)
        return True

    def _keep(self, one: Left) -> None:
        """Keep an observation that was left over in the newest document."""
        first = self._left.series_rows
        self._left.keep(one)
        if self._left.series_rows > first:
            self._splices.append(_Splice(one.row, one.row + 1, first, self._left.series_rows, are_series=True))
        self._splice(one.row, one.row + (len(self._building) > self._spliced))

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

    def finish(self) -> Decoded:
        """Return everything, scanned or not."""
        self._splice(self._scan.rows, self._scan.rows)
        decoded = self._building.finish()
        if self._scan.rows == 0:
            return decoded
        documents = self._building.documents
        instances = [documents[place].instance_id or 0 if documents else 0 for place in self._places]
        columns = columns_of(self._scan, np.array(self._places, np.int32), np.array(instances, np.int64))
        self._left.patch(columns)
        is_kept = np.ones(self._scan.rows, np.bool_)
        for splice in self._splices:
            is_kept[splice.start : splice.end] = False
        if not is_kept.all():
            columns.take(is_kept)
        joined = self._joined(columns.to_arrow(), decoded.rows, np.cumsum(is_kept))
        return replace(decoded, rows=joined)

    def _joined(self, scanned: pa.Table, plain: pa.Table, kept: NDArray[np.int64]) -> pa.Table:
        """Return all rows in order; `kept[i]` counts the scanned rows up to i that are still there."""
        if not plain.num_rows and not self._left.series_rows:
            return scanned
        splices = np.array([splice for splice in self._splices if splice.last > splice.first], np.int64)
        start, _, first, last, are_series = splices.T
        counts = last - first
        places = np.where(start > 0, kept[np.maximum(start, 1) - 1], 0)
        firsts = scanned.num_rows + first + are_series * plain.num_rows
        inserted = np.repeat(firsts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        order = np.insert(np.arange(scanned.num_rows), np.repeat(places, counts), inserted)
        whole = pa.concat_tables([scanned, plain, self._left.series_table(self._building.documents)])
        return whole.unify_dictionaries().combine_chunks().take(pa.array(order))
