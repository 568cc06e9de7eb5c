"""Numbers with blanks between them, as a time series of XML or of a log has them."""

from smelt.mtconnect.cells import parse_number

_DIGITS = b"0123456789+-.eE \t\n"


def read_numbers(text: str) -> list[float] | None:
    """Return the numbers with blanks between them, or None if one word is none.

    Examples
    --------
    >>> read_numbers("1.50 -2 1e400"), read_numbers("1 x")
    ([1.5, -2.0, inf], None)
    """
    words = text.split()
    if not text.encode().translate(None, _DIGITS):
        try:
            return list(map(float, words))  # of these letters it takes what parse_number does
        except ValueError:
            return None
    numbers = [parse_number(word) for word in words]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else None
