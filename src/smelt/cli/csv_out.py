"""CSV that Excel and pandas read: a header, ISO times, no cell that a spreadsheet would run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from typing import TextIO

import orjson

from smelt.cli.output import iso, plain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], to: TextIO) -> None:
    r"""Write rows as CSV.

    Examples
    --------
    >>> import io
    >>> out = io.StringIO()
    >>> write_csv(["a", "b"], [[1.5, "=cmd()"]], out)
    >>> out.getvalue()
    "a,b\n1.5,'=cmd()\n"
    """
    plainly = csv.writer(to, lineterminator="\n")
    quoted = csv.writer(to, lineterminator="\n", quoting=csv.QUOTE_ALL)  # before 3.13 csv leaves a lone \r bare
    for row in chain([columns], ([_cell(value) for value in cells] for cells in rows)):
        has_return = any(isinstance(cell, str) and "\r" in cell for cell in row)
        (quoted if has_return else plainly).writerow(row)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, datetime | date):
        return iso(value)
    if isinstance(value, list | dict):
        return orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z).decode()
    return value if value is None or isinstance(value, int | float) else plain(value)
