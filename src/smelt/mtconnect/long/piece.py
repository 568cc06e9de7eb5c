"""A piece of a file, of a long document or in another encoding: where what is read of it stands in the file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa

from smelt.mtconnect.encoding import FilePlaces, undeclared
from smelt.terms.observation import Decoded, Reject

_AT_BYTE = re.compile(r"(?<=, at byte )\d+$")


class Part(NamedTuple):
    """Where a piece of a long document stands in its file.

    Attributes
    ----------
    document : where the document begins in the file; `root` is where it begins in the piece.
    before : where in the file the last thing ends that the pieces before tell of.
    end : where in the file this piece ends, with what cannot be read behind it.
    opened, body : bytes that open what is around, and bytes of the file behind them; others may follow that close it.
    """

    document: int
    root: int
    before: int
    end: int
    opened: int
    body: int


class Piece(NamedTuple):
    """Some bytes of a file and where they stand in it; with `part`, they are one of a long document's.

    Attributes
    ----------
    places : where they stood, counted from the piece's offset, if they were turned into UTF-8.
    refused : why bytes are not read that are too many to be held; the piece has none, and its part tells where.
    """

    offset: int
    data: bytes
    part: Part | None = None
    places: FilePlaces | None = None
    refused: str | None = None

    @property
    def refusals(self) -> tuple[Reject, ...]:
        """The reject of a refused piece."""
        if self.refused is None or self.part is None:
            return ()
        return (Reject(self.part.before, self.part.end - self.part.before, self.refused),)

    @property
    def is_as_it_was(self) -> bool:
        """Say whether an offset in the file is one in the piece and the piece's own."""
        return self.part is None and self.places is None

    def in_file(self, at: int) -> int:
        """Return the offset in the file of a byte of the piece; what was put around it stands at its borders."""
        inside = at
        if self.part is not None:
            if at < self.part.opened:
                return self.part.before
            inside = at - self.part.opened
            if inside >= self.part.body:
                return self.part.end
        return self.offset + (inside if self.places is None else self.places.of(inside))

    def reject_in_file(self, reject: Reject) -> Reject:
        """Return a reject with the file's offsets."""
        start = self.in_file(reject.offset)
        length = reject.length if self.is_as_it_was else self.in_file(reject.offset + reject.length) - start
        reason = reject.reason
        if not self.is_as_it_was:
            reason = _AT_BYTE.sub(lambda found: str(self.in_file(int(found[0]))), reason)
        return Reject(start, length, reason)

    def is_of_part(self, offset: int) -> bool:
        """Say whether the document that begins at this offset of the piece is the long one."""
        return self.part is not None and offset <= self.part.root

    def span_in_file(self, offset: int, length: int) -> tuple[int, int]:
        """Return offset and length in the file of a document; of the long one as far as it is read."""
        if self.is_as_it_was:
            return self.offset + offset, length
        is_long = self.is_of_part(offset)
        start = self.part.document if self.part is not None and is_long else self.in_file(offset)
        return start, self.in_file(offset + length) - start


def placed(decoded: Decoded, piece: Piece) -> Decoded:
    """Return what a piece says with the offsets of its file."""
    documents = decoded.documents
    told = zip(documents["offset"].to_pylist(), documents["length"].to_pylist(), strict=True)
    spans = [piece.span_in_file(offset, length) for offset, length in told]
    for column, name in enumerate(("offset", "length")):
        place = documents.schema.get_field_index(name)
        values = pa.array([span[column] for span in spans], pa.int64())
        documents = documents.set_column(place, documents.schema.field(place), values)
    rejects = (*map(piece.reject_in_file, decoded.rejects), *piece.refusals)
    return replace(decoded, documents=documents, rejects=rejects)


def as_they_stood(pieces: Iterable[Piece], places: FilePlaces) -> Iterator[Piece]:
    """Yield pieces of a file that was turned into UTF-8 with the file's own offsets.

    Parameters
    ----------
    places : of all bytes that the pieces tell of; what stands before them is forgotten.
    """
    document = (-1, 0)
    for piece in pieces:
        part, first = piece.part, piece.offset
        if part is not None:
            first = min(first, part.before)
            document = document if part.document == document[0] else (part.document, places.of(part.document))
            part = part._replace(document=document[1], before=places.of(part.before), end=places.of(part.end))
        offset, inside = places.of(piece.offset), places.since(piece.offset)
        yield Piece(offset, undeclared(piece.data), part, inside, piece.refused)
        places.forget(first)
