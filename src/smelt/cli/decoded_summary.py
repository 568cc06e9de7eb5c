"""What each document of a file holds, in figures: one line a document or log."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from smelt.terms.observation import Decoded, Reject


@dataclass
class DocumentSummary:
    """The figures of one document; `kind` is null where a file holds none, and only rejects are told.

    observations : elements in the document: a time series counts once.
    rows : after expansion of time series.
    first_sequence, last_sequence : the header's; the lowest and highest of the observations where it tells none.
    """

    file: str
    kind: str | None = None
    dialect: str | None = None
    agent: str | None = None
    instance_id: int | None = None
    observations: int = 0
    rows: int = 0
    conditions: int = 0
    first_sequence: int | None = None
    last_sequence: int | None = None
    lowest_sequence: int | None = None
    highest_sequence: int | None = None
    rejects: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Placed:
    """A document's summary and where it stands."""

    start: int
    summary: DocumentSummary

    def add(self, rejects: Iterable[Reject]) -> None:
        self.summary.rejects += [asdict(r) for r in rejects]


def summarize(file: str, pieces: Iterable[Decoded], unpacking: list[Reject]) -> list[DocumentSummary]:
    """Return a line for each document of a file.

    Parameters
    ----------
    pieces : what the stretches of the file say, with offsets of the file; a log in several is one.
    unpacking : what could not be unpacked; it is complete when the last piece has been read.

    Notes
    -----
    A reject stands on the document that it lies in, else on the last one before it, else on the first.
    """
    placed: list[_Placed] = []
    rejects: list[Reject] = []
    for decoded in pieces:
        for number, document in enumerate(_documents(file, decoded)):
            if placed and (_goes_on(placed[-1], document) if number else _is_piece_of(placed[-1], document)):
                _extend(placed[-1].summary, document.summary)
            else:
                placed.append(document)
        rejects += decoded.rejects
    for reject in rejects:
        _nearest(placed, reject.offset, file).add([reject])
    if unpacking or not placed:
        _nearest(placed, 1 << 62, file).add(unpacking)
    return [document.summary for document in placed]


def _nearest(placed: list[_Placed], offset: int, file: str) -> _Placed:
    if not placed:
        placed.append(_Placed(0, DocumentSummary(file)))
    before = [document for document in placed if document.start <= offset]
    return before[-1] if before else placed[0]


def _is_piece_of(one: _Placed, other: _Placed) -> bool:
    """Say whether a stretch of the file begins with what the one before ended with: a long document, or the same."""
    return one.start == other.start or _goes_on(one, other)


def _goes_on(one: _Placed, other: _Placed) -> bool:
    is_same = (one.summary.kind, one.summary.dialect) == (other.summary.kind, other.summary.dialect)
    return is_same and other.summary.kind in ("SHDR", "records")


def _extend(summary: DocumentSummary, more: DocumentSummary) -> None:
    summary.observations += more.observations
    summary.rows += more.rows
    summary.conditions += more.conditions
    for name, best in (
        ("first_sequence", min), ("lowest_sequence", min), ("last_sequence", max), ("highest_sequence", max)
    ):  # fmt: skip
        told = [n for n in (getattr(summary, name), getattr(more, name)) if n is not None]
        setattr(summary, name, best(told, default=None))


def _documents(file: str, decoded: Decoded) -> list[_Placed]:
    documents = pl.DataFrame(decoded.documents).with_row_index("document").cast({"document": pl.Int32})
    joined = documents.join(_counts(decoded), on="document", how="left", maintain_order="left")
    return [_Placed(row["offset"], _summary(file, row)) for row in joined.iter_rows(named=True)]


def _counts(decoded: Decoded) -> pl.DataFrame:
    rows = pl.DataFrame(decoded.rows.select(["document", "sequence", "part", "category"]))
    is_element = (pl.col("part") == 0) | pl.col("sequence").is_null()  # a log's part tells equal lines apart
    return rows.group_by("document").agg(
        observations=is_element.sum(),
        rows=pl.len(),
        conditions=(pl.col("category").cast(pl.String) == "CONDITION").sum(),
        lowest=pl.col("sequence").min(),
        highest=pl.col("sequence").max(),
    )


def _summary(file: str, row: dict[str, Any]) -> DocumentSummary:
    first, last = row["first_sequence"], row["last_sequence"]
    return DocumentSummary(
        file=file,
        kind=row["kind"],
        dialect=row["dialect"],
        agent=row["sender"],
        instance_id=row["instance_id"],
        observations=row["observations"] or 0,
        rows=row["rows"] or 0,
        conditions=row["conditions"] or 0,
        first_sequence=row["lowest"] if first is None else first,
        last_sequence=row["highest"] if last is None else last,
        lowest_sequence=row["lowest"],
        highest_sequence=row["highest"],
    )
