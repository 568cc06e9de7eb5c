"""A task's landing files, read as a stream: decoded rows by the million, with the documents they stand in."""

from collections.abc import Iterator
from functools import partial

from smelt.ingest.landing import Landing, LandingFile
from smelt.mtconnect.containers import open_container
from smelt.mtconnect.long.piece import Piece
from smelt.mtconnect.pieces import cut
from smelt.runs.ingest.batch import Readable, ReadBatch
from smelt.runs.ingest.held import Held, Place
from smelt.terms.observation import Reject

GONE = "the file is gone"  # how that reject begins


def read_batches(what: Readable) -> Iterator[ReadBatch]:
    """Read files in their order; a batch is handed on before it grows too large. There is at least one."""
    held = Held(what, dict(what.sample_rates))
    for file in what.files:
        packed: list[Reject] = []
        for piece in _pieces(what.landing, file, packed):
            held.read(Place(file.path, piece._replace(data=b""), len(piece.data)), piece.data)
            if held.is_full:
                yield held.finish()
                held = Held(what, held.rates, held.long_document)
        held.rejects += [(file.path, reject) for reject in packed]
    yield held.finish()


def _pieces(landing: Landing, file: LandingFile, packed: list[Reject]) -> Iterator[Piece]:
    """Yield a file's pieces; one that is gone since its plan was written is a reject, or no later plan would come."""

    def plain(rejects: list[Reject]) -> Iterator[bytes]:
        return open_container(partial(landing.chunks, file), file.size, file.path, rejects)

    try:
        yield from cut(plain(packed), again=lambda: plain([]))
    except (FileNotFoundError, IsADirectoryError):
        packed.append(Reject(0, file.size, f"{GONE}: it was listed with {file.size:,} bytes"))
