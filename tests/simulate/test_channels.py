import json

from smelt.simulate.channels import Channels
from smelt.simulate.model import model

CHANNELS = Channels(model())


def text_of(name: str, item: str, level: str | None, token: str) -> str:
    n = CHANNELS.of[name, item, level]
    return f"{CHANNELS.before[n]}{token}{CHANNELS.after[n]}12{CHANNELS.middle[n]}2026-09-01T00:00:00Z{CHANNELS.end[n]}"


def test_value_comes_first_and_the_rest_by_the_alphabet():
    pairs = json.loads(text_of("FOG1", "Fact", None, "1.5"), object_pairs_hook=list)
    assert [k for k, _ in pairs] == ["value", "dataItemId", "name", "sequence", "subType", "timestamp"]
    code = CHANNELS.all[CHANNELS.of["FOG1", "motion_cond", "Fault"]].token("624", 'say "no"')
    pairs = json.loads(text_of("FOG1", "motion_cond", "Fault", code), object_pairs_hook=list)
    assert [k for k, _ in pairs] == [
        "value",
        "conditionId",
        "dataItemId",
        "name",
        "nativeCode",
        "sequence",
        "timestamp",
        "type",
    ]
    assert dict(pairs)["value"] == 'say "no"'


def test_a_condition_has_a_channel_for_each_level_and_one_item():
    numbers = [CHANNELS.of["AC1", "vac_cond", level] for level in ("Normal", "Warning", "Fault", "Unavailable")]
    assert len(set(numbers)) == 4
    assert len({int(CHANNELS.item[n]) for n in numbers}) == 1


def test_initial_channels_say_unavailable_once_for_each_item():
    items = CHANNELS.item[CHANNELS.initial]
    assert len(set(items.tolist())) == items.size == CHANNELS.item.max() + 1
    assert "value" not in json.loads(
        text_of(
            "AC1", "vac_cond", "Unavailable", CHANNELS.all[CHANNELS.of["AC1", "vac_cond", "Unavailable"]].unavailable
        )
    )


def test_equal_places_stand_together():
    changes = (CHANNELS.group[1:] != CHANNELS.group[:-1]).sum() + 1
    assert changes == len(CHANNELS.places)
