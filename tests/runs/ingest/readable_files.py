"""Landing files of a plant's hours, and what reading them said: for tests of what reads."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from tests.plants import HOUR, START, document, hour_of_work, land, name_of

from smelt.ingest.landing import Landing
from smelt.mtconnect import pieces
from smelt.runs.ingest import read as ingest_read
from smelt.runs.ingest.batch import Readable, ReadBatch


def readable(root: Path, *bodies: bytes) -> Readable:
    land(root, [(name_of(k), gzip.compress(body)) for k, body in enumerate(bodies)])
    landing = Landing.at(str(root / "raw"))
    return Readable(landing, tuple(landing.files()), ())


def documents_of_hours(hours: int) -> list[bytes]:
    return [document(hour_of_work(h), 1 + 1000 * h, START + (h + 1) * HOUR) for h in range(hours)]


def said(batches: list[ReadBatch]) -> pa.Table:
    """All rows with their documents' places."""
    tables = []
    for batch in batches:
        rows = pa.concat_tables(batch.rows)
        places = batch.documents.select("path", "offset", "received_at")[rows["document"].to_numpy()]
        tables.append(rows.drop(["document"]).append_column("offset", places["offset"].to_arrow()))
    plain = [t.cast(pa.schema([f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in t.schema]))
             for t in tables]  # fmt: skip
    return pa.concat_tables(plain)


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut files into pieces of 40 kB."""
    monkeypatch.setattr(ingest_read, "cut", lambda chunks, again: pieces.cut(chunks, pieces.Sizes(40_000), again))
