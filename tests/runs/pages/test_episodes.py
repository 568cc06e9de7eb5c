from smelt.runs.pages.episodes import ALWAYS, Share, episode_of, episodes_in, shares
from smelt.runs.pages.ruling_model import model_versions
from smelt.terms.interval import Interval


def test_episodes_are_found_by_overlap(page_reader):
    models = model_versions(page_reader)
    first = episodes_in(page_reader, ALWAYS, models)[0]
    assert first in episodes_in(page_reader, Interval(first.end_us - 1, first.end_us), models)
    assert first not in episodes_in(page_reader, Interval(first.end_us, first.end_us + 1), models)


def test_one_devices_episodes(page_reader):
    found = episodes_in(page_reader, ALWAYS, model_versions(page_reader), "u-fog2")
    assert found and {e.device_uuid for e in found} == {"u-fog2"}


def test_an_episode_is_found_by_its_id_and_device(page_reader):
    first = episodes_in(page_reader, ALWAYS, model_versions(page_reader))[0]
    assert episode_of(page_reader, first.device_uuid, first.episode_id) == first
    assert episode_of(page_reader, "another", first.episode_id) is None


def test_shares_come_largest_first():
    assert shares([{"signal": "a", "share": 0.2}, {"signal": "b", "share": 0.8}]) == (Share("b", 0.8), Share("a", 0.2))
    assert shares(None) == ()
