import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.runs.pages.fleet_cells import (
    NO_DATA,
    NOT_SCORED,
    OFF,
    SCORED,
    activity_cells,
    bins_of,
    lane_cells,
    score_cells,
)
from smelt.terms.interval import DAY_US, MINUTE_US, Interval


@given(st.integers(1, 600_000), st.integers(4, 10_000))
def test_bins_are_whole_minutes_and_few_enough(minutes, at_most):
    bins = bins_of(Interval(0, minutes * MINUTE_US), at_most)
    assert bins.width_us % MINUTE_US == 0
    assert bins.count <= at_most
    assert bins.count * bins.width_us >= minutes * MINUTE_US


def test_a_cell_is_the_highest_severity_of_its_minutes_and_that_minutes_signal(page_reader, page_plant, page_lake):
    day = Interval(page_lake.START_US + DAY_US, page_lake.START_US + 3 * DAY_US)
    rows = page_reader.scan("results/scores")
    fine, coarse = (bins_of(day, count) for count in (2880, 48))
    exact, binned = (score_cells(rows, b) for b in (fine, coarse))
    for device in page_plant.devices:
        one = lane_cells(device, exact, activity_cells(page_reader, page_plant.classes, fine), fine.count)
        many = lane_cells(device, binned, activity_cells(page_reader, page_plant.classes, coarse), coarse.count)
        tallest = np.nanmax(one.severity)
        assert tallest == np.nanmax(many.severity)
        at, about = int(np.nanargmax(one.severity)), int(np.nanargmax(many.severity))
        assert about == at // 60
        assert one.signals[one.signal[at]] == many.signals[many.signal[about]]


def test_states_say_why_nothing_was_scored(page_reader, page_plant, page_lake):
    bins = bins_of(Interval(page_lake.START_US, page_lake.START_US + 3 * DAY_US), 4320)
    active = activity_cells(page_reader, page_plant.classes, bins)
    cells = lane_cells(page_plant.devices[3], score_cells(page_reader.scan("results/scores"), bins), active, bins.count)
    assert cells.state[60] == OFF
    assert cells.state[12 * 60 + 30] == NOT_SCORED  # before the training cut
    assert (cells.state[-400:] == NO_DATA).all()
    assert (np.isnan(cells.severity) == (cells.state != SCORED)).all()
    assert (cells.signal[cells.state != SCORED] == -1).all()


def test_a_device_that_no_table_knows_has_no_data(page_reader, page_plant, page_lake):
    bins = bins_of(Interval(0, DAY_US), 100)
    active = activity_cells(page_reader, ["lathes"], bins)
    cells = lane_cells(
        page_plant.devices[0], score_cells(page_reader.scan("results/scores").limit(0), bins), active, 10
    )
    assert (cells.state == NO_DATA).all() and cells.signals == ()
