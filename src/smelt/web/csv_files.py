"""CSV of what a plot shows, every minute of it: ISO times with their offset, cells that begin a formula quoted."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import polars as pl
from starlette.responses import StreamingResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 50_000


def quoted(text: str) -> str:
    """Make text safe for a spreadsheet: what would begin a formula gets an apostrophe before it.

    Examples
    --------
    >>> quoted("=1+1"), quoted("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + text if text.startswith(FORMULA) else text


def for_people(frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """Write a frame's instants in the zone with their offset, and quote what would begin a formula.

    Examples
    --------
    >>> told = pl.DataFrame({"t": pl.Series([0]).cast(pl.Datetime("us", "UTC")), "note": ["=1+1"]})
    >>> for_people(told, ZoneInfo("Europe/Paris")).row(0)
    ('1970-01-01T01:00:00+01:00', "'=1+1")
    """
    texts = [n for n, kind in frame.schema.items() if kind == pl.String]
    times = [n for n, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    told = frame.with_columns(
        *(pl.when(_is_formula(n)).then(pl.lit("'") + pl.col(n)).otherwise(pl.col(n)).alias(n) for n in texts),
        *(pl.col(n).dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S%:z") for n in times),
    )
    return told.rename(quoted)


def _is_formula(name: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).str.starts_with(sign) for sign in FORMULA)


def csv_response(name: str, frame: pl.DataFrame, zone: ZoneInfo) -> StreamingResponse:
    """Stream the frame as a download; `name` is made safe for a file."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}.csv"'}
    return StreamingResponse(_parts(frame, zone), media_type="text/csv; charset=utf-8", headers=headers)


def _parts(frame: pl.DataFrame, zone: ZoneInfo) -> Iterator[str]:
    for start in range(0, max(1, frame.height), CHUNK):
        part = for_people(frame.slice(start, CHUNK), zone)
        yield part.write_csv(include_header=start == 0, line_terminator="\r\n")
