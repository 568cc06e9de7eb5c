"""Which EVENTs have units: dialects in which every value is text do not say it, and the probe may not be there."""

from functools import lru_cache

# types of EVENT for which the standard has units, and agents send numbers in JSON
EVENTS_WITH_UNITS = (
    "ActivationCount",
    "AxisFeedrateOverride",
    "BlockCount",
    "CycleCount",
    "DeactivationCount",
    "LoadCount",
    "PathFeedrateOverride",
    "Rotation",
    "RotaryVelocityOverride",
    "TransferCount",
    "Translation",
    "UnloadCount",
)
_KNOWN = frozenset(name.lower() for name in EVENTS_WITH_UNITS)


@lru_cache(1 << 12)
def has_units(name: str) -> bool:
    """Say whether an EVENT of this element or type has units, by the standard.

    It misleads where a device declares units for another EVENT, or none for one of these; JSON of an agent
    never asks, for there a number is one.

    Examples
    --------
    >>> has_units("PathFeedrateOverride"), has_units("x:PATH_FEEDRATE_OVERRIDE"), has_units("Line")
    (True, True, False)
    """
    return name.rpartition(":")[2].replace("_", "").lower() in _KNOWN
