"""Native units to declared units: the standard's pairs, the real pair of Mazak01, and what must stay unknown."""

import gzip
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.silver.units import Conversion, conversion

PAIRS = [
    ("INCH", "MILLIMETER", 1.0, 25.4),
    ("FOOT", "MILLIMETER", 1.0, 304.8),
    ("INCH_3D", "MILLIMETER_3D", 1.0, 25.4),
    ("FOOT/MINUTE", "MILLIMETER/SECOND", 1.0, 5.08),
    ("INCH/SECOND", "MILLIMETER/SECOND", 2.0, 50.8),
    ("INCH/MINUTE", "MILLIMETER/SECOND", 60.0, 25.4),
    ("INCH/SECOND^2", "MILLIMETER/SECOND^2", 1.0, 25.4),
    ("MILLIMETER/MINUTE", "MILLIMETER/SECOND", 60.0, 1.0),
    ("RADIAN", "DEGREE", math.pi, 180.0),
    ("RADIAN/SECOND", "REVOLUTION/MINUTE", math.pi, 30.0),
    ("REVOLUTION/SECOND", "REVOLUTION/MINUTE", 1.0, 60.0),
    ("DEGREE/MINUTE", "DEGREE/SECOND", 60.0, 1.0),
    ("FAHRENHEIT", "CELSIUS", 212.0, 100.0),
    ("FAHRENHEIT", "CELSIUS", -40.0, -40.0),
    ("KELVIN", "CELSIUS", 273.15, 0.0),
    ("FAHRENHEIT/MINUTE", "CELSIUS/SECOND", 108.0, 1.0),
    ("POUND", "KILOGRAM", 1.0, 0.45359237),
    ("POUND", "GRAM", 1.0, 453.59237),
    ("PSI", "PASCAL", 1.0, 6894.757293168361),
    ("POUND/INCH^2", "PASCAL", 1.0, 6894.757293168361),
    ("BAR", "PASCAL", 1.0, 100_000.0),
    ("MEGAPASCAL", "PASCAL", 1.0, 1_000_000.0),
    ("KILOWATT", "WATT", 1.5, 1500.0),
    ("KILOWATT_HOUR", "WATT_SECOND", 1.0, 3_600_000.0),
    ("SQUARE_INCH", "SQUARE_MILLIMETER", 1.0, 645.16),
    ("CUBIC_FOOT/MINUTE", "CUBIC_MILLIMETER/SECOND", 60.0, 28_316_846.592),
    ("GALLON/MINUTE", "LITER/SECOND", 60.0, 3.785411784),
    ("GRAVITATIONAL_ACCELERATION", "MILLIMETER/SECOND^2", 1.0, 9806.65),
    ("GRAVITATIONAL_ACCELERATION", "METER/SECOND^2", 2.0, 19.6133),
    ("MINUTE", "SECOND", 1.0, 60.0),
    ("HOUR", "SECOND", 1.0, 3600.0),
    ("MICRO_RADIAN", "DEGREE", 1e6, 180 / math.pi),
    ("CENTIPOISE", "PASCAL_SECOND", 1.0, 0.001),
    ("PERCENT", "PERCENT", 12.0, 12.0),
    ("x:ODD", "x:ODD", 3.0, 3.0),
    (None, "MILLIMETER", 3.0, 3.0),
    ("INCH", None, 3.0, 3.0),
]


def apply(found: Conversion | None, value: float) -> float:
    assert found is not None
    return value * found.factor + found.offset


@pytest.mark.parametrize(("native", "units", "value", "expected"), PAIRS)
def test_a_known_pair_converts(native: str | None, units: str | None, value: float, expected: float) -> None:
    assert apply(conversion(native, units), value) == pytest.approx(expected, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("native", "units"),
    [
        ("x:METER", "MILLIMETER"),
        ("SECONDS", "SECOND"),
        ("INCH", "MILLIMETER_3D"),
        ("INCH", "DEGREE"),
        ("GRAVITATIONAL_ACCELERATION", "MILLIMETER/SECOND"),
        ("GRAVITATIONAL_FORCE", "NEWTON"),
        ("INCH", "SQUARE_MILLIMETER"),
        ("INCH/SECOND", "MILLIMETER"),
        ("COUNT", "PERCENT"),
        ("KILOCELSIUS", "CELSIUS"),
        ("INCH^9", "MILLIMETER^9X"),
        ("", "MILLIMETER"),
    ],
)
def test_what_the_words_do_not_tell_is_unknown(native: str, units: str) -> None:
    assert conversion(native, units) is None


@pytest.mark.parametrize("scale", [0.0, -0.0, float("nan"), 1e-320])
def test_a_native_scale_that_divides_nothing(scale: float) -> None:
    assert conversion("MILLIMETER", "MILLIMETER", scale) is None
    assert conversion("INCH", "MILLIMETER", scale) is None


def test_native_scale_divides_first() -> None:
    assert apply(conversion("FAHRENHEIT", "CELSIUS", 10.0), 2120.0) == pytest.approx(100.0)
    assert apply(conversion("MILLIMETER", "MILLIMETER", 1000.0), 2500.0) == pytest.approx(2.5)
    assert conversion("MILLIMETER", "MILLIMETER", 0.0) is None


@given(st.sampled_from([p for p in PAIRS if p[0] and p[1]]), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same(pair: tuple[str, str, float, float], value: float) -> None:
    there, back = conversion(pair[0], pair[1]), conversion(pair[1], pair[0])
    assert apply(back, apply(there, value)) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_the_log_and_the_agent_of_mazak01_agree(smelt_data: Path) -> None:
    """The path feedrate is 0.1075 FOOT/MINUTE in the adapter's log and 0.5462 mm/s from the agent."""
    (document,) = (smelt_data / "landing" / "raw" / "2017" / "10" / "05" / "13").iterdir()
    (log,) = (smelt_data / "nist_sms" / "Mazak01").glob("Mazak01-20171005-*")
    said = gzip.decompress(document.read_bytes()).decode()
    pattern = r'\{"value":([0-9.e-]+),"dataItemId":"Mazak01-path_7"[^{}]*"timestamp":"([^"]+)Z"\}'
    agent = {time: float(value) for value, time in re.findall(pattern, said)}
    lines = re.findall(r"(?m)^([^|]+)Z\|Fact\|([0-9.e-]+)", gzip.decompress(log.read_bytes()).decode())
    logged = {time.rstrip("0"): float(value) for time, value in lines}
    both = sorted(set(agent) & set(logged))
    assert len(both) > 100
    assert round(agent["2017-10-05T13:08:05.164"], 4) == 0.5462
    found = conversion("FOOT/MINUTE", "MILLIMETER/SECOND")
    assert [apply(found, logged[t]) for t in both] == pytest.approx([agent[t] for t in both], rel=1e-8)
