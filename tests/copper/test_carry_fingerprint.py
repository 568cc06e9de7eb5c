"""The carry's fingerprint against its definition: the sum over what `fold_carry` gives, period by period."""

from dataclasses import dataclass
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from smelt.copper.carry import fold_carry, is_reset
from smelt.copper.carry_fingerprint import carry_fingerprints
from smelt.terms.interval import MINUTE_US, PERIOD_US, Interval, from_us
from smelt.terms.tables import LAST_VALUES

DEVICES = ("m1", "m2")
HOURS = 5
PERIODS = range(0, HOURS * PERIOD_US, PERIOD_US)
HASHED = ("device_uuid", "data_item", "native_code", "is_reset", "event_time", "value", "text", "level", "native_units")
SCHEMA = pl.DataFrame(LAST_VALUES.schema.empty_table()).schema


@dataclass(frozen=True)
class Value:
    device: str
    item: str
    minute: int
    sequence: int
    value: float
    code: str | None = None
    level: str | None = None
    batch: int = 1


def frame(values: list[Value]) -> pl.DataFrame:
    rows = [
        {
            "device_uuid": v.device,
            "period": from_us(v.minute // 60 * PERIOD_US),
            "data_item": v.item,
            "native_code": v.code,
            "category": "SAMPLE" if v.level is None else "CONDITION",
            "event_time": from_us(v.minute * MINUTE_US),
            "instance_id": 1,
            "sequence": v.sequence,
            "value": v.value if v.level is None else None,
            "text": None,
            "level": v.level,
            "native_units": False,
            "batch": v.batch,
        }
        for v in values
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def grid() -> pl.DataFrame:
    rows = [(d, from_us(h * PERIOD_US)) for d in DEVICES for h in range(HOURS)]
    return pl.DataFrame(rows, schema={"device_uuid": pl.String, "period": SCHEMA["period"]}, orient="row")


def computed(values: list[Value], bad: dict[str, tuple[Interval, ...]]) -> dict[tuple[str, int], int]:
    found = carry_fingerprints(frame(values), grid(), bad)
    assert found.height == len(DEVICES) * HOURS
    return {(d, p): c for d, p, c in found.select("device_uuid", pl.col("period").dt.timestamp("us"), "carry").rows()}


def carried(values: list[Value], bad: dict[str, tuple[Interval, ...]], device: str, period: int) -> pl.DataFrame:
    """What the period is carried: no value crosses an exclusion that began before the period."""
    begun = [i for i in bad.get(device, ()) if i.start_us < period]
    crosses = [v for v in values if v.device == device and all(v.minute * MINUTE_US >= i.end_us for i in begun)]
    return fold_carry(frame(crosses), period)


def defined(values: list[Value], bad: dict[str, tuple[Interval, ...]]) -> dict[tuple[str, int], int]:
    found = {}
    for device in DEVICES:
        for period in PERIODS:
            known = carried(values, bad, device, period).with_columns(is_reset=is_reset())
            found[device, period] = sum(known.select(pl.struct(HASHED).hash()).to_series().to_list()) % (1 << 64)
    return found


@st.composite
def a_value(draw: st.DrawFn) -> Value:
    device, minute = draw(st.sampled_from(DEVICES)), draw(st.integers(0, HOURS * 60 - 1))
    sequence, batch = draw(st.integers(1, 40)), draw(st.integers(1, 3))
    if draw(st.booleans()):
        item, number = draw(st.sampled_from(["load", "speed"])), draw(st.sampled_from([0.0, 1.5, -2.0]))
        return Value(device, item, minute, sequence, number, batch=batch)
    code, level = draw(st.sampled_from([(None, "NORMAL"), ("E1", "FAULT"), ("E2", "WARNING"), (None, "UNAVAILABLE")]))
    return Value(device, "system", minute, sequence, 0.0, code, level, batch)


def one_of_each(values: list[Value]) -> list[Value]:
    """Keep what can be told apart: one value of an item and sequence."""
    return list({(v.device, v.item, v.sequence): v for v in values}.values())


values_of_devices = st.lists(a_value(), max_size=25).map(one_of_each)
an_interval = st.tuples(st.integers(0, HOURS * 60), st.integers(1, 150)).map(
    lambda p: Interval(p[0] * MINUTE_US, (p[0] + p[1]) * MINUTE_US)
)
some_exclusions = st.dictionaries(st.sampled_from(DEVICES), st.lists(an_interval, max_size=3).map(tuple))


@given(values_of_devices)
def test_it_is_the_sum_over_the_fold(values: list[Value]) -> None:
    assert computed(values, {}) == defined(values, {})


@given(values_of_devices, some_exclusions)
def test_it_is_the_sum_over_the_fold_with_exclusions(values: list[Value], bad: dict[str, tuple[Interval, ...]]) -> None:
    assert computed(values, bad) == defined(values, bad)


@given(values_of_devices, a_value(), some_exclusions)
def test_a_late_value_changes_the_periods_that_it_reaches_and_no_other(
    values: list[Value], late: Value, bad: dict[str, tuple[Interval, ...]]
) -> None:
    after = one_of_each([*values, late])
    old, new = computed(values, bad), computed(after, bad)
    for device, period in old:
        before, now = (carried(v, bad, device, period) for v in (values, after))
        reaches = not before.select(HASHED[:3], *HASHED[4:]).equals(now.select(HASHED[:3], *HASHED[4:]))
        assert (old[device, period] != new[device, period]) == reaches, (device, period // PERIOD_US)


@given(values_of_devices, st.randoms(use_true_random=False), some_exclusions)
def test_the_order_of_the_rows_does_not_matter(
    values: list[Value], rng: Random, bad: dict[str, tuple[Interval, ...]]
) -> None:
    shuffled = list(values)
    rng.shuffle(shuffled)
    assert computed(shuffled, bad) == computed(values, bad)


def test_an_exclusion_changes_only_the_periods_that_it_cuts_off() -> None:
    """load is said every hour: an exclusion in hour 1 stops nothing that hour 3 is carried."""
    values = [Value("m1", "load", h * 60 + 50, h + 1, float(h)) for h in range(HOURS)]
    bad = {"m1": (Interval(PERIOD_US, PERIOD_US + 55 * MINUTE_US),)}
    old, new = computed(values, {}), computed(values, bad)
    assert {h for h in range(HOURS) if old["m1", h * PERIOD_US] != new["m1", h * PERIOD_US]} == {2}
    assert new["m1", 2 * PERIOD_US] == 0


def test_nothing_known_is_zero() -> None:
    assert set(computed([], {}).values()) == {0}
