"""Convert native units to declared units with the standard's own words; what is unknown is never guessed."""

import math
from dataclasses import dataclass

_Dims = tuple[tuple[str, int], ...]

_TEMPERATURES = {"CELSIUS": (1.0, 0.0), "KELVIN": (1.0, -273.15), "FAHRENHEIT": (5 / 9, -160 / 9)}

_PREFIXES = {"MICRO": 1e-6, "MILLI": 1e-3, "CENTI": 1e-2, "DECI": 1e-1, "KILO": 1e3, "MEGA": 1e6}

# word -> size in the dimension's own unit. A dimension is a word as well: PASCAL and NEWTON/METER^2 do not meet.
_LENGTH = {"MILLIMETER": 1.0, "METER": 1e3, "INCH": 25.4, "FOOT": 304.8}
_MASS = {"KILOGRAM": 1.0, "GRAM": 1e-3, "POUND": 0.45359237, "OUNCE": 0.028349523125}
_TIME = {"SECOND": 1.0, "MINUTE": 60.0, "HOUR": 3600.0}
_ANGLE = {"DEGREE": 1.0, "RADIAN": 57.29577951308232, "REVOLUTION": 360.0}
_VOLUME = {"LITER": 1e6, "GALLON": 3785411.784, "PINT": 473176.473}
_PRESSURE = {
    "PASCAL": 1.0,
    "BAR": 1e5,
    "PSI": 6894.757293168361,
    "TORR": 101325 / 760,
    "MILLIMETER_MERCURY": 133.322387415,
}
_ENERGY = {"JOULE": 1.0, "WATT_SECOND": 1.0, "WATT_HOUR": 3600.0}
_TORQUE = {"NEWTON_METER": 1.0, "INCH_POUND": 0.1129848290276167, "FOOT_POUND": 1.3558179483314004}
_VISCOSITY = {"PASCAL_SECOND": 1.0, "POISE": 0.1}
_CHARGE = {"COULOMB": 1.0, "AMPERE_SECOND": 1.0, "AMPERE_HOUR": 3600.0}
_ALONE = (
    *("AMPERE", "COUNT", "DECIBEL", "HERTZ", "NEWTON", "OHM", "PERCENT", "PH", "SIEMENS", "TESLA", "VOLT", "WATT"),
    *("VOLT_AMPERE", "VOLT_AMPERE_REACTIVE"),
)

_UNITS: dict[str, tuple[float, str, int]] = {
    word: (size, dimension, power)
    for dimension, power, words in (
        ("LENGTH", 1, _LENGTH),
        ("MASS", 1, _MASS),
        ("TIME", 1, _TIME),
        ("ANGLE", 1, _ANGLE),
        ("LENGTH", 3, _VOLUME),
        ("PRESSURE", 1, _PRESSURE),
        ("ENERGY", 1, _ENERGY),
        ("TORQUE", 1, _TORQUE),
        ("VISCOSITY", 1, _VISCOSITY),
        ("CHARGE", 1, _CHARGE),
        ("TEMPERATURE", 1, {word: size for word, (size, _) in _TEMPERATURES.items()}),
        *((word, 1, {word: 1.0}) for word in _ALONE),
    )
    for word, size in words.items()
}
_GRAVITY = "GRAVITATIONAL_ACCELERATION"  # 9.80665 m/s², as the standard says of it
_ALIASES = {"POUND/INCH^2": "PSI"}
_POWERS = {"SQUARE_": 2, "CUBIC_": 3}


@dataclass(frozen=True)
class Conversion:
    """value · factor + offset."""

    factor: float = 1.0
    offset: float = 0.0

    def scaled(self, native_scale: float | None) -> "Conversion":
        """Return this conversion of values that were divided by `native_scale` first."""
        return self if native_scale is None else Conversion(self.factor / native_scale, self.offset)


SAME = Conversion()


@dataclass(frozen=True)
class _Quantity:
    size: float
    dims: _Dims

    def over(self, other: "_Quantity") -> "_Quantity":
        dims = dict(self.dims)
        for name, power in other.dims:
            dims[name] = dims.get(name, 0) - power
        return _Quantity(self.size / other.size, tuple(sorted(d for d in dims.items() if d[1])))


def conversion(native_units: str | None, units: str | None, native_scale: float | None = None) -> Conversion | None:
    """Return how a native value becomes one in declared units, or None where the words do not tell.

    Parameters
    ----------
    native_units, units : the standard's words, such as FOOT/MINUTE and MILLIMETER/SECOND. Where either is
        missing nothing is to be converted: nativeUnits default to units, and without units a value stays as it is.
    native_scale : the divisor of the native value (nativeScale), applied first; 0 is none, and nobody knows the value.

    Notes
    -----
    None (unknown words, or two dimensions that do not meet) must stay null in silver: a guess would look real.
    The reference agent truncates RADIAN and PSI to seven digits and *multiplies* by nativeScale; the
    standard's text divides, and so do we. COUNT and PERCENT convert to nothing but themselves.

    References
    ----------
    MTConnect Standard Part 2, units and nativeUnits; cppagent `unit_conversion.cpp`.

    Examples
    --------
    >>> round(conversion("FOOT/MINUTE", "MILLIMETER/SECOND").factor, 4)
    5.08
    >>> conversion("FURLONG", "MILLIMETER") is None
    True
    """
    if native_scale is not None and not (native_scale and math.isfinite(1 / native_scale)):
        return None
    if native_units is None or units is None or native_units == units:
        return SAME.scaled(native_scale)
    if native_units in _TEMPERATURES and units in _TEMPERATURES:
        return _temperature(native_units, units).scaled(native_scale)
    if native_units.endswith("_3D") != units.endswith("_3D"):
        return None
    source, target = _quantity(native_units.removesuffix("_3D")), _quantity(units.removesuffix("_3D"))
    if source is None or target is None or source.dims != target.dims:
        return None
    return Conversion(source.size / target.size).scaled(native_scale)


def _temperature(source: str, target: str) -> Conversion:
    size, zero = _TEMPERATURES[source]
    target_size, target_zero = _TEMPERATURES[target]
    return Conversion(size / target_size, (zero - target_zero) / target_size)


def _quantity(words: str) -> _Quantity | None:
    words = _ALIASES.get(words, words)
    if words == _GRAVITY:
        return _Quantity(9806.65, (("LENGTH", 1), ("TIME", -2)))
    parts = [_factor(word) for word in words.split("/")]
    if any(part is None for part in parts):
        return None
    first, *divisors = [part for part in parts if part is not None]
    for divisor in divisors:
        first = first.over(divisor)
    return first


def _factor(word: str) -> _Quantity | None:
    """Read one word of a unit: SQUARE_INCH, SECOND^2, MICRO_RADIAN, KILOWATT_HOUR."""
    power = 1
    for prefix, value in _POWERS.items():
        if word.startswith(prefix):
            word, power = word.removeprefix(prefix), value
    base, caret, exponent = word.partition("^")
    if caret:
        if exponent not in ("2", "3"):
            return None
        word, power = base, int(exponent)
    found = _word(word)
    if found is None:
        return None
    size, dimension, dimension_power = found
    return _Quantity(size**power, ((dimension, dimension_power * power),))


def _word(word: str) -> tuple[float, str, int] | None:
    if word in _UNITS:
        return _UNITS[word]
    for prefix, size in _PREFIXES.items():
        rest = word.removeprefix(prefix).removeprefix("_")
        if word.startswith(prefix) and rest in _UNITS and rest not in _TEMPERATURES:
            base, dimension, power = _UNITS[rest]
            return size * base, dimension, power
    return None
