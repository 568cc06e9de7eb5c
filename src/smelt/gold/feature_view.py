"""Which feature columns a detector reads by default."""

from smelt.terms.plant import ClassMapping
from smelt.terms.tables import FEATURES, feature_name

LEFT_OUT = ("rolling_sum",)


def default_features(mapping: ClassMapping, window_minutes: int) -> tuple[str, ...]:
    """Return the features of the SAMPLE columns, in the mapping's order.

    No EVENT and no CONDITION: an override or a fault level says what people and the controller already know, and a
    detector that reads the alarm it should foresee looks better than it is. No rolling_sum: on a regular grid it is
    the average times the number of values, so it would only weigh the average twice.

    Examples
    --------
    >>> from smelt.terms.plant import Column
    >>> mapping = ClassMapping("mills", (Column("Xload", "load", "SAMPLE", "float64"),))
    >>> default_features(mapping, 15)[:2]
    ('load__rolling_avg_15m', 'load__tumbling_avg_15m')
    """
    return tuple(
        feature_name(column.name, feature, window_minutes)
        for column in mapping.of("SAMPLE")
        if column.dtype == "float64"
        for feature in FEATURES
        if feature not in LEFT_OUT
    )
