"""The time series among a scan's rows: their numbers, and when each of them was taken."""

from collections.abc import Iterable, Iterator, Mapping

from smelt.mtconnect.cells import sample_cell
from smelt.mtconnect.number_words import read_numbers
from smelt.mtconnect.rows import Cell
from smelt.mtconnect.time_series import Series, fits, series_rate
from smelt.terms.observation import UNAVAILABLE

_Scanned = tuple[str, str, int, str, str | None]  # device, data item, time, text and rate


def read_series(
    scanned: Iterable[_Scanned], sample_rates: Mapping[tuple[str, str], float]
) -> Iterator[Series | Cell | None]:
    """Yield each time series with its numbers; as one cell if one is none, or if they have no place in time.

    None is one of which a value alone is unavailable.

    Parameters
    ----------
    sample_rates : values a second of (device uuid, data item), for those that do not tell it themselves.
    """
    for device, item, time_us, text, told in scanned:
        rate = None if told is None else series_rate(told)
        rate = sample_rates.get((device, item)) if rate is None else rate
        numbers = None if rate is None else read_numbers(text)
        if UNAVAILABLE in text:
            yield None
        elif rate is None or numbers is None or not fits(len(numbers), rate):
            yield sample_cell(text.split())
        else:
            yield Series(0, item, time_us, rate, numbers)
