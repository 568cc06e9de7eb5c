"""CSV of what a plot shows, every minute of it: ISO times with their offset, cells that begin a formula quoted."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

import polars as pl
from starlette.responses import StreamingResponse

from smelt.terms.interval import from_us

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 5_000


def cell(value: object) -> object:
    """Make text safe for a spreadsheet: what would begin a formula gets an apostrophe before it.

    Examples
    --------
    >>> cell("=1+1"), cell(-1.5)
    ("'=1+1", -1.5)
    """
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def iso(time_us: int, zone: ZoneInfo) -> str:
    """Write an instant with its offset.

    Examples
    --------
    >>> iso(0, ZoneInfo("Europe/Paris"))
    '1970-01-01T01:00:00+01:00'
    """
    return from_us(time_us).astimezone(zone).isoformat()


def with_iso_times(frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """Write a frame's instants in the zone, lists as text."""
    times = [n for n, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    local = pl.col(times).dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    return frame.with_columns(local) if times else frame


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """Stream the rows as a download; `name` is made safe for a file."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}.csv"'}
    return StreamingResponse(_lines(header, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([cell(h) for h in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(c) for c in row])
        if number % CHUNK == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
