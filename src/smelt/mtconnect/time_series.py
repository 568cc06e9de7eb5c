"""A time series to one row a value: its timestamp is that of the last value, the others lie before it."""

from smelt.mtconnect.cells import parse_number
from smelt.mtconnect.rows import Cell, Row

_LONGEST_US = 366 * 86_400_000_000


def series_rate(rate: object) -> float | None:
    """Return values a second if that is a positive, finite number (or the text of one), else None."""
    number = parse_number(rate) if isinstance(rate, str) else rate
    if isinstance(number, float | int) and not isinstance(number, bool) and 0 < number < 1e12:
        return float(number)
    return None


def expand_series(last: Row, cells: list[Cell], rate: float | None) -> list[Row]:
    """Return a row for each value with its own time and part, or none if they cannot be placed.

    Parameters
    ----------
    last : carries the data item and the time of the last value.
    rate : values a second; value i of n was taken at `last.time_us - (n - 1 - i) / rate`.

    Examples
    --------
    >>> last = Row(7, 0, "a", "SAMPLE", 2_000_000, Cell())
    >>> [(r.part, r.time_us, r.cell.value) for r in expand_series(last, [Cell(1.0), Cell(2.0)], 2.0)]
    [(0, 1500000, 1.0), (1, 2000000, 2.0)]
    """
    behind = len(cells) - 1
    if rate is None or behind * 1e6 > _LONGEST_US * rate:
        return []
    return [
        last._replace(part=i, cell=cell, time_us=last.time_us - round((behind - i) * 1e6 / rate))
        for i, cell in enumerate(cells)
    ]
