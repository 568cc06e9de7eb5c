"""What is said where the library of an optional source is not installed."""

from smelt.terms.errors import InputError


def missing_extra(extra: str, kind: str) -> InputError:
    """Return the error for a source whose client library is absent.

    Examples
    --------
    >>> print(missing_extra("mqtt", "mqtt"))
    recording from mqtt:// needs a library that is not installed: pip install 'smelt[mqtt]'
    """
    return InputError(f"recording from {kind}:// needs a library that is not installed: pip install 'smelt[{extra}]'")
