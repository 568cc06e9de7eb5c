"""Stale means different; units are consecutive hours of a day, newest first; no file is replaced by two tasks."""

from hypothesis import given
from hypothesis import strategies as st

from smelt.lake.memory import Sum
from smelt.runs.stale import Group, Unit, grouped, of_device, overlapping, stale_units
from smelt.terms.interval import DAY_US, PERIOD_US, Interval, from_us
from smelt.terms.work import DataFile

a_key = st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 60).map(lambda h: h * PERIOD_US))
fingerprints = st.dictionaries(a_key, st.integers(0, 3), max_size=40)


@given(fingerprints, fingerprints)
def test_stale_is_what_is_unequal_and_nothing_else(
    wanted: dict[tuple[str, int], int], known: dict[tuple[str, int], int]
) -> None:
    units = stale_units(wanted, {key: Sum(1, made) for key, made in known.items()})
    periods = [(u.device_uuid, p) for u in units for p in u.periods]
    assert len(periods) == len(set(periods))
    assert set(periods) == {key for key, made in wanted.items() if known.get(key) != made}


@given(fingerprints)
def test_units_are_maximal_within_a_day_and_newest_first(wanted: dict[tuple[str, int], int]) -> None:
    units = stale_units(wanted, {})
    assert [u.interval.start_us for u in units] == sorted((u.interval.start_us for u in units), reverse=True)
    for unit in units:
        start, end = unit.interval.start_us, unit.interval.end_us
        assert start // DAY_US == (end - 1) // DAY_US
        assert (unit.device_uuid, end) not in wanted or end % DAY_US == 0
        assert (unit.device_uuid, start - PERIOD_US) not in wanted or start % DAY_US == 0
    assert units == stale_units(dict(reversed(wanted.items())), {})


def test_remembering_what_was_wanted_leaves_nothing() -> None:
    wanted = {("a", 0): 7, ("a", PERIOD_US): -8}
    assert stale_units(wanted, {key: Sum(0, made) for key, made in wanted.items()}) == []


def stamp(minutes: int) -> str:
    return from_us(minutes * 60_000_000).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def file(name: str, devices: tuple[str, str], first: int, last: int) -> DataFile:
    low, high = (("device_uuid", d) for d in devices)
    return DataFile(name, 1, 1, (), (low, ("time", stamp(first))), (high, ("time", stamp(last))))


files_of_two_tables = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.sampled_from("abc"), st.sampled_from("abc"), st.integers(0, 400), st.integers(0, 200)
    ),
    max_size=10,
)
some_units = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 6), st.integers(1, 3)), max_size=8, unique_by=lambda u: u[:2]
)


@given(files_of_two_tables, some_units)
def test_no_file_is_in_two_groups_and_no_unit_is_lost(
    drawn: list[tuple[str, str, str, int, int]], chosen: list[tuple[str, int, int]]
) -> None:
    files: dict[str, list[DataFile]] = {"x": [], "y": []}
    for i, (table, one, two, first, minutes) in enumerate(drawn):
        files[table].append(file(f"f{i}", (min(one, two), max(one, two)), first, first + minutes))
    units = [Unit(d, Interval(h * PERIOD_US, (h + n) * PERIOD_US)) for d, h, n in chosen]
    groups = grouped(units, files, {"x": "time", "y": "time"}, lambda _: "xy")
    assert sorted((u for g in groups for u in g.units), key=repr) == sorted(units, key=repr)
    replaced = [(table, path) for g in groups for table, paths in g.replaces.items() for path in paths]
    assert len(replaced) == len(set(replaced))
    for group in groups:
        touched = {
            (t, f.path)
            for u in group.units
            for t in files
            for f in overlapping(files[t], u.device_uuid, u.interval, "time")
        }
        assert touched == {(t, p) for t, paths in group.replaces.items() for p in paths}


def test_units_that_share_a_file_are_one_group() -> None:
    files = {"x": [file("early", ("a", "a"), 0, 59), file("both", ("a", "a"), 70, 130)]}
    units = [Unit("a", Interval(h * PERIOD_US, (h + 1) * PERIOD_US)) for h in (2, 1, 0)]
    groups = grouped(units, files, {"x": "time"}, lambda _: "x")
    assert groups == [
        Group((units[0], units[1]), {"x": ("both",)}),
        Group((units[2],), {"x": ("early",)}),
    ]


def test_devices_of_two_classes_are_never_one_group() -> None:
    files = {"x": [file("of_x", ("a", "c"), 0, 59)], "y": [file("of_y", ("b", "b"), 0, 59)]}
    units = [Unit(device, Interval(0, PERIOD_US)) for device in "abc"]
    groups = grouped(units, files, {"x": "time", "y": "time"}, lambda device: "y" if device == "b" else "x")
    assert groups == [
        Group((units[0], units[2]), {"x": ("of_x",), "y": ()}),
        Group((units[1],), {"x": (), "y": ("of_y",)}),
    ]


def test_a_file_overlaps_by_device_and_time() -> None:
    files = [file("one", ("a", "a"), 60, 119), file("many", ("a", "c"), 0, 30), file("other", ("c", "c"), 60, 119)]
    hour = Interval(PERIOD_US, 2 * PERIOD_US)
    assert [f.path for f in overlapping(files, "a", hour, "time")] == ["one"]
    assert [f.path for f in overlapping(files, "b", Interval(0, PERIOD_US), "time")] == ["many"]
    assert [f.path for f in of_device(files, "a")] == ["one", "many"]


def test_the_edges_of_an_interval_are_half_open() -> None:
    at_the_end, at_the_start = file("end", ("a", "a"), 120, 120), file("start", ("a", "a"), 60, 60)
    hour = Interval(PERIOD_US, 2 * PERIOD_US)
    assert [f.path for f in overlapping([at_the_end, at_the_start], "a", hour, "time")] == ["start"]


def test_a_file_without_statistics_of_time_may_hold_anything() -> None:
    odd = DataFile("odd", 1, 1, (), (("device_uuid", "a"),), (("device_uuid", "b"),))
    assert overlapping([odd], "a", Interval(0, 1), "time") == [odd]
    assert overlapping([odd], "c", Interval(0, 1), "time") == []
