"""Text and JSON from one interface."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal

WIDEST = 10_000  # columns take what they need; a terminal that is narrower wraps lines, and no cell is cut


def say(text: str) -> None:
    """Print a line for people."""
    print(text)  # noqa: T201


def say_json(value: object) -> None:
    """Print a value as one line of JSON; what is no number (NaN, infinity) is null."""
    import orjson

    sys.stdout.write(orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z).decode() + "\n")


def plain(value: object) -> object:
    """Turn what JSON does not know into text or plain containers."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return iso(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):  # SQL's sum of whole numbers, among others
        return int(value) if value == value.to_integral_value() and abs(value) < 1 << 63 else float(value)
    return str(value)


def iso(value: datetime | date) -> str:
    """Return ISO 8601, instants with Z."""
    return value.isoformat().replace("+00:00", "Z")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as an aligned table."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in columns:
        shown.add_column(name, no_wrap=True)
    for row in rows:
        shown.add_row(*(_cell(cell) for cell in row))
    console = Console(width=WIDEST, markup=False, emoji=False, highlight=False)  # cells are data, not markup
    console.print(shown, crop=False)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime | date):
        return iso(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_bytes(size: float) -> str:
    """Return a size for people.

    Examples
    --------
    >>> in_bytes(1_500_000)
    '1.5 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
