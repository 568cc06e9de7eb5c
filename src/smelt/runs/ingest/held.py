"""What has been read since the last batch: pieces become rows, and the documents they stand in, until it is full."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from smelt.copper.row_kernels import NONE
from smelt.ingest.landing import received_at
from smelt.mtconnect.dialect import SMALL, decode, sniff
from smelt.mtconnect.json.decode import JsonReading
from smelt.mtconnect.long.piece import Piece
from smelt.runs.ingest.batch import Heard, LandedModel, Readable, ReadBatch
from smelt.terms.interval import from_us
from smelt.terms.observation import DECODED_DOCUMENTS, Asset, Decoded, Origin, Reject

MOST_ROWS = 1_000_000
MOST_BYTES = 96 << 20  # of decoded rows: about a sixth of what a batch takes until it is written


def _rates(decoded: Decoded) -> dict[tuple[str, str], float]:
    devices = [d for landed in decoded.probes for d in landed.probe.devices]
    return {(d.uuid, i.id): i.sample_rate for d in devices for i in d.data_items if i.sample_rate is not None}


@dataclass(frozen=True)
class Place:
    """Where a piece of plain bytes stands in a landing file."""

    path: str
    piece: Piece  # without its bytes
    length: int


@dataclass
class Held:
    """What has been read since the last batch; pieces of JSON documents that follow one another are one reading."""

    what: Readable
    rates: dict[tuple[str, str], float]
    long_document: tuple[str, int] | None = None  # path and offset of the one whose pieces may come next
    rejects: list[tuple[str, Reject]] = field(default_factory=list)
    _rows: list[pa.Table] = field(default_factory=list)
    _documents: list[pa.Table] = field(default_factory=list)
    _from: list[str] = field(default_factory=list)  # the path of each piece
    _places: list[NDArray[np.int64]] = field(default_factory=list)  # of each document: whose piece, what to add
    _decoded: list[tuple[int, Decoded]] = field(default_factory=list)
    _long: list[int] = field(default_factory=list)  # documents that are pieces of a long one
    _count: int = 0
    _reading: JsonReading | None = None
    _read: list[Place] = field(default_factory=list)  # whose pieces the reading holds

    @property
    def is_full(self) -> bool:
        """Say whether it should be written before more is read."""
        reading = self._reading
        rows = (0 if reading is None else len(reading)) + sum(t.num_rows for t in self._rows)
        size = (0 if reading is None else reading.nbytes) + sum(int(t.nbytes) for t in self._rows)
        return rows >= MOST_ROWS or size >= MOST_BYTES

    def read(self, place: Place, data: bytes) -> None:
        """Decode a piece."""
        if place.piece.refused is not None:
            self._end_reading()
            for reject in place.piece.refusals:
                self._reject(place.path, reject)
            return
        origin = Origin(self.what.log_device, self.what.log_uuid, self.rates)
        if sniff(data) != "json":
            self._end_reading()
            self._add([place], decode(data, origin))
            return
        if self._reading is None:
            self._reading = JsonReading(origin, plain_below=SMALL)
        self._reading.read(data)
        self._read.append(place)
        if self._reading.has_probe:  # what follows it may need what it tells
            self._end_reading()

    def _end_reading(self) -> None:
        if self._reading is not None:
            self._add(self._read, self._reading.finish())
            self._reading, self._read = None, []

    def _add(self, places: list[Place], decoded: Decoded) -> None:
        """Append what pieces say that were decoded as one."""
        rows = decoded.rows
        if rows.num_rows:
            document = pa.array(rows["document"].to_numpy() + np.int32(self._count))
            self._rows.append(rows.set_column(0, rows.schema.field(0), document))
        if decoded.probes or decoded.assets:
            self._decoded.append((self._count, decoded))
        starts = np.cumsum([0, *(place.length for place in places[:-1])])
        which = np.searchsorted(starts, decoded.documents["offset"].to_numpy(), side="right") - 1
        behind = np.array([place.piece.offset for place in places], np.int64) - starts
        documents = decoded.documents
        if not all(place.piece.is_as_it_was for place in places):
            documents, behind[:] = self._in_file(documents, [(places[w].piece, int(starts[w])) for w in which]), 0
        self._documents.append(documents)
        self._places.append(np.stack([which + len(self._from), behind[which]]))
        self._from += [place.path for place in places]
        self._count += decoded.documents.num_rows
        self.rates = self.rates | _rates(decoded)
        for reject in decoded.rejects:
            at = int(np.searchsorted(starts, reject.offset, side="right")) - 1
            inside = replace(reject, offset=reject.offset - int(starts[at]))
            self._reject(places[at].path, places[at].piece.reject_in_file(inside))

    def _in_file(self, documents: pa.Table, pieces: list[tuple[Piece, int]]) -> pa.Table:
        """Return documents with offsets and lengths in the file, and note which are of a long one.

        Parameters
        ----------
        pieces : of each document its piece, and where that begins in what was decoded.
        """
        told = zip(pieces, documents["offset"].to_pylist(), documents["length"].to_pylist(), strict=True)
        spans = []
        for number, ((piece, start), offset, length) in enumerate(told, self._count):
            spans.append(piece.span_in_file(offset - start, length))
            if piece.is_of_part(offset - start):
                self._long.append(number)
        for column, name in enumerate(("offset", "length")):
            place = documents.schema.get_field_index(name)
            values = pa.array([span[column] for span in spans], pa.int64())
            documents = documents.set_column(place, documents.schema.field(place), values)
        return documents

    def _reject(self, path: str, reject: Reject) -> None:
        """Note a reject; one that goes on where a piece was cut is the same one."""
        before = self.rejects[-1] if self.rejects else None
        if before and before[0] == path and _end(before[1]) == reject.offset and before[1].reason == reject.reason:
            self.rejects[-1] = (path, Reject(before[1].offset, before[1].length + reject.length, reject.reason))
        else:
            self.rejects.append((path, reject))

    def finish(self) -> ReadBatch:
        """Hand on what was read."""
        self._end_reading()
        documents = self._described()
        models: list[LandedModel] = []
        assets: list[dict[str, object]] = []
        for base, decoded in self._decoded:
            models += [LandedModel(_heard(documents, base + m.document), m.probe) for m in decoded.probes]
            assets += [_asset_row(a, _heard(documents, base + a.document)) for a in decoded.assets]
        before, places = self.long_document, documents.select("path", "offset")
        goes_on = 0 in self._long and before == places.row(0)
        if documents.height:
            self.long_document = places.row(-1) if documents.height - 1 in self._long else None
        documents = self._joined(documents) if self._long else documents
        received = documents["received_at"].dt.timestamp("us").fill_null(NONE).to_numpy()
        return ReadBatch(self._rows, documents, received, self.rejects, models, assets, goes_on)

    def _joined(self, documents: pl.DataFrame) -> pl.DataFrame:
        """Return a row for each long document instead of one for each piece; rows are brought to it."""
        is_long = np.isin(np.arange(documents.height), self._long)
        is_same = np.append(False, (documents["path"][1:] == documents["path"][:-1]).to_numpy())
        is_same[1:] &= (documents["offset"][1:] == documents["offset"][:-1]).to_numpy()
        goes_on = is_same & is_long & np.append(False, is_long[:-1])
        joined = (np.cumsum(~goes_on) - 1).astype(np.int32)
        for number, rows in enumerate(self._rows):
            document = pa.array(joined[rows["document"].to_numpy()])
            self._rows[number] = rows.set_column(0, rows.schema.field(0), document)
        last = np.flatnonzero(~np.append(goes_on[1:], False))
        return documents.filter(~goes_on).with_columns(length=documents["length"][last])

    def _described(self) -> pl.DataFrame:
        """Return the documents with where they lie, whose they are and when they came."""
        whole = pl.DataFrame(pa.concat_tables([DECODED_DOCUMENTS.empty_table(), *self._documents]))
        arrivals = [None if (a := received_at(p)) is None else datetime.fromisoformat(a) for p in self._from]
        places = pl.DataFrame(
            {
                "path": self._from,
                "named": [self.what.agent_of(p) for p in self._from],
                "arrived": arrivals,
            },
            schema={"path": pl.String, "named": pl.String, "arrived": pl.Datetime("us", "UTC")},
        )
        which, base = np.concatenate([np.empty((2, 0), np.int64), *self._places], axis=1)
        fallback = self.what.log_device.name if self.what.log_device else self.what.log_uuid or "unknown"
        urls = {_without_login(a.url): a.name for a in self.what.agents if a.url}
        named = [pl.when(_comes_from(url)).then(pl.lit(urls[url])) for url in sorted(urls, key=len, reverse=True)]
        return (
            whole.hstack(places[which])
            .with_columns(
                offset=pl.col("offset") + pl.Series(base),
                agent=pl.coalesce(*named, "named", "sender", pl.lit(fallback)),
                received_at=pl.coalesce("received_at", "arrived", "created_at"),
            )
            .drop("named", "arrived")
        )


def _without_login(url: str) -> str:
    """Return a URL as recorders note it: no user, no password."""
    return re.sub(r"(?<=://)[^/@]*@", "", url).rstrip("/")


def _comes_from(url: str) -> pl.Expr:
    """Say of each document whether its source is this URL or lies below it."""
    source = pl.col("source")
    return (source == url) | source.str.starts_with(url + "/") | source.str.starts_with(url + "?")


def _end(reject: Reject) -> int:
    return reject.offset + reject.length


def _asset_row(asset: Asset, heard: Heard) -> dict[str, object]:
    return {
        "agent": heard.agent,
        "instance_id": heard.instance_id,
        "asset_id": asset.asset_id,
        "type": asset.type,
        "device_uuid": asset.device_uuid,
        "event_time": None if asset.time_us is None else from_us(asset.time_us),
        "removed": asset.is_removed,
        "content": asset.content,
        "received_at": heard.received_at,
    }


def _heard(documents: pl.DataFrame, at: int) -> Heard:
    return Heard(*documents.select("agent", "instance_id", "created_at", "received_at").row(at))
