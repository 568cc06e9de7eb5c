from smelt.runs.pages.device_model import bands_of, newest_model
from smelt.runs.pages.ruling_model import model_versions


def test_the_newest_model_of_a_device(page_reader):
    model = newest_model(model_versions(page_reader), "u-fog2")
    assert model.model_version == "fog2-3f9a1c"
    assert model.trained_from_us < model.trained_to_us < model.calibrated_to_us
    assert model.is_provisional and model.days_wanted == 2.5
    assert model.bands["x_load"] == (13.0, 26.5)


def test_a_device_without_a_model(page_reader):
    assert newest_model(model_versions(page_reader), "nobody") is None


def test_bands_of_nothing():
    assert bands_of(None) == {} and bands_of("") == {}
