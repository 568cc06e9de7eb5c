import pytest

from smelt.terms.errors import InputError
from smelt.web.asked import Asked, Shop


@pytest.fixture
def shop(reader, plant, page_lake):
    return Shop(reader, plant, {"mills": page_lake.MAPPING})


def test_an_empty_query_has_defaults(shop, plant):
    asked = Asked(shop, {})
    assert asked.points == 1200 and asked.devices == plant.devices and asked.zone.key == "Europe/Paris"
    assert asked.look("FOG1").episode_id is None


def test_a_class_without_a_mapping_is_looked_at_without_one(shop, page_lake):
    asked = Asked(shop, {"points": "50"})
    assert asked.look("FOG1").mapping == page_lake.MAPPING
    assert asked.look("FAD1").mapping is None and asked.look("FAD1").points == 50


def test_an_unknown_episode_leaves_the_range_alone(shop, plant):
    asked = Asked(shop, {"episode": "gone"})
    assert asked.interval_of(plant.devices[0]) == asked.interval


def test_what_is_wrong_is_said_when_it_is_read(shop):
    asked = Asked(shop, {"points": "many"})
    with pytest.raises(InputError, match="points='many'"):
        _ = asked.points
