"""Which landing files are new: listed, the newest hours or all of them, and not in copper/files."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa

from smelt.ingest.landing import Landing, LandingFile
from smelt.ingest.newest import NEWEST
from smelt.lake.reader import LakeReader
from smelt.terms.tables import FILES


def new_files(
    reader: LakeReader, sources: Sequence[Landing | None], newest_at: datetime | None = None, count: int = NEWEST
) -> list[tuple[int, LandingFile]]:
    """Return the files that have not been read, each with its source's number, in the order of their paths.

    Parameters
    ----------
    newest_at : the time now, to look into the newest `count` hour folders alone; None looks everywhere.

    Notes
    -----
    A file that came late, into an older folder, waits for the next wider look. One that was delivered again
    is known by path, size and etag; with other content it is another file, and its observations drop out as known.
    """
    listed = [
        (number, file)
        for number, source in enumerate(sources)
        if source is not None
        for file in (source.files() if newest_at is None else source.newest_files(newest_at, count))
    ]
    folders = None if newest_at is None else {file.folder for _, file in listed}
    read = _read(reader, folders)
    return [(number, file) for number, file in listed if file not in read]


def _read(reader: LakeReader, folders: set[str] | None) -> set[LandingFile]:
    """Return the files that copper has, of these folders or of all."""
    if folders == set() or not reader.exists(FILES.name):
        return set()
    version = reader.version(FILES.name)
    if version == 0:
        return set()  # as it was made, without rows
    rows = reader.scan(FILES.name, version)
    if folders is not None:
        between = pl.col("folder").is_between(pl.lit(min(folders)), pl.lit(max(folders)))  # prunes files
        rows = rows.filter(between & pl.col("folder").is_in(sorted(folders)))
    return {LandingFile(*row) for row in rows.select("path", "size", "etag").collect().rows()}


def median_lateness_s(documents: Sequence[pa.Table]) -> float | None:
    """Return how long after they were made half of the documents came, 0 where a key knows only the hour of arrival.

    None if no document says when it was made.

    Parameters
    ----------
    documents : DOCUMENTS columns.
    """
    times = [pl.DataFrame(d.select(["created_at", "received_at"])) for d in documents]
    late = pl.concat(times).select(pl.col("received_at") - pl.col("created_at")).to_series().median() if times else None
    return max(0.0, late.total_seconds()) if isinstance(late, timedelta) else None
