"""A log line that is one time series, `key|count|rate|values`, with all its values at once."""

from smelt.mtconnect.number_words import read_numbers
from smelt.mtconnect.rows import Rows
from smelt.mtconnect.shdr.fields import Keys
from smelt.mtconnect.time_series import Series, expand_all, fits, series_rate

_FIELDS = 4


def read_series(text: str, keys: Keys) -> Series | None:
    """Return the series behind a line's timestamp, its time 0; None for what `read_fields` has to look at.

    Examples
    --------
    >>> read_series("vib|2|10|1.5 2.5", Keys()) is None
    True
    """
    fields = text.split("|")
    if len(fields) != _FIELDS or "\\" in text:
        return None
    _, item = keys.find(fields[0].strip())
    if item is None or item.category == "CONDITION" or item.representation != "TIME_SERIES":
        return None
    numbers, rate = read_numbers(fields[3]), series_rate(fields[2]) or item.sample_rate
    if not numbers or fields[1].strip() != str(len(numbers)) or rate is None or not fits(len(numbers), rate):
        return None
    return Series(0, item.id, 0, rate, numbers)


def add_series(rows: Rows, series: Series) -> None:
    """Append a row for each value, as `read_fields` has them."""
    expanded, columns = expand_all([series]), rows.columns()
    count = len(series.values)
    same = {
        "sequence": None, "data_item": series.data_item, "category": "SAMPLE", "text": None, "level": None,
        "native_code": None, "native_units": True,
    }  # fmt: skip
    for name, said in same.items():
        columns[name] += [said] * count
    columns["part"] += expanded.part.tolist()
    columns["event_time"] += expanded.time_us.tolist()
    columns["value"] += series.values
