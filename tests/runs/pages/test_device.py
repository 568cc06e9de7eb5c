import numpy as np
import pytest

from smelt.lake.reader import LakeReader
from smelt.runs.pages.device import Look, device, device_signals
from smelt.runs.pages.tables import latest
from smelt.runs.plant.find_device import UnknownDeviceError
from smelt.terms.errors import InputError
from smelt.terms.interval import DAY_US, Interval


@pytest.fixture(scope="module")
def whole(page_reader, page_plant):
    return latest(page_reader, page_plant)


@pytest.fixture(scope="module")
def page(page_reader, page_plant, page_lake, whole):
    return device(page_reader, page_plant, "FOG1", whole, Look(mapping=page_lake.MAPPING))


def test_lines_begin_at_the_training_cut_and_break_at_gaps(page, page_lake):
    assert page.score.times_us[0] >= page.model.trained_to_us
    assert len(page.score.values) == len(page.severity.values) == len(page.threshold.values)
    assert np.isnan(page.score.values).any()
    assert np.nanmax(page.severity.values) > 75


def test_signals_come_in_the_order_of_their_shares(page):
    assert [s.name for s in page.signals] == [s.signal for s in page.shares]
    assert sum(s.share for s in page.shares) == pytest.approx(1)
    assert page.signals[0].band == (30.0, 56.0)


def test_a_chosen_episode_orders_the_signals(page_reader, page_plant, whole, page):
    chosen = page.episodes[0]
    told = device(page_reader, page_plant, "u-fog1", whole, Look(episode_id=chosen.episode_id, signal_count=2))
    assert told.episode == chosen and told.shares == chosen.contributions
    assert [s.name for s in told.signals] == [s.signal for s in chosen.contributions[:2]]
    assert sum(s.share for s in told.shares) == pytest.approx(1, abs=1e-5)


def test_strips_are_state_conditions_and_coverage(page):
    assert [s.name for s in page.strips] == ["execution", "mode", "program", "conditions", "coverage"]
    assert page.activity.strip.runs[-1].end_us == page.interval.end_us


def test_without_a_mapping_the_strips_are_the_same(page_reader, page_plant, whole, page):
    assert device(page_reader, page_plant, "FOG1", whole).strips == page.strips


def test_episodes_are_all_that_the_device_ever_had(page_reader, page_plant, page_lake, page):
    first_day = Interval(page_lake.START_US, page_lake.START_US + DAY_US)
    assert device(page_reader, page_plant, "FOG1", first_day).episodes == page.episodes


def test_maintenance_and_model(page):
    assert [(m.kind, m.note) for m in page.maintenance] == [("repair", "=bearing replaced")]
    assert page.model.factor == 2.2 and not page.model.is_provisional


def test_lines_are_as_short_as_asked(page_reader, page_plant, whole):
    page = device(page_reader, page_plant, "FOG1", whole, Look(points=100))
    assert int((~np.isnan(page.score.values)).sum()) <= 100


def test_any_signal_on_request(page_reader, page_plant, whole):
    machine = page_plant.devices[0]
    (found,) = device_signals(page_reader, machine, whole, ["coolant_temperature"], Look())
    assert found.band == (20.0, 28.5)


@pytest.mark.parametrize(("asked", "error"), [("FOG9", UnknownDeviceError), ("nothing", UnknownDeviceError)])
def test_unknown_devices_are_refused(page_reader, page_plant, whole, asked, error):
    with pytest.raises(error):
        device(page_reader, page_plant, asked, whole)


def test_unknown_episodes_are_refused(page_reader, page_plant, whole):
    with pytest.raises(InputError, match="no episode 'x' of FOG1: leave 'episode' out"):
        device(page_reader, page_plant, "FOG1", whole, Look(episode_id="x"))


def test_an_empty_lake_has_an_empty_page(tmp_path, page_plant):
    reader = LakeReader(str(tmp_path))
    page = device(reader, page_plant, "FOG1", Interval(0, DAY_US))
    assert page.model is None and page.signals == () and page.columns == ()
    assert [r.value for r in page.activity.strip.runs] == ["none"]
    with pytest.raises(InputError, match="no minutes of class 'mills' yet"):
        device_signals(reader, page_plant.devices[0], Interval(0, DAY_US), ["load"], Look())
