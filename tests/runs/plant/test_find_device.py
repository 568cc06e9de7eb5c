import pytest

from smelt.runs.plant.find_device import UnknownDeviceError, find_device


@pytest.mark.parametrize("asked", ["FOG1", "fog1", "u-fog1"])
def test_name_and_uuid_find_the_device(page_plant, asked):
    assert find_device(page_plant, asked).name == "FOG1"


def test_an_unknown_device_says_who_was_meant(page_plant):
    with pytest.raises(UnknownDeviceError, match=r"no device 'FGO1'; did you mean 'FOG1'"):
        find_device(page_plant, "FGO1")


def test_a_device_that_resembles_none_points_to_the_plant(page_plant):
    with pytest.raises(UnknownDeviceError, match=r"see plant\.toml") as caught:
        find_device(page_plant, "zzz")
    assert caught.value.suggestions == ()
