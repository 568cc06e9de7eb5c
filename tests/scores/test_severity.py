import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.scores.severity import Calibration, severity
from smelt.scores.tail import fit_tail
from smelt.terms.errors import InputError


def _calibration(seed: int = 0, quantile: float = 0.995, factor: float = 2.0) -> Calibration:
    scores = np.random.default_rng(seed).gamma(9, 0.1, 5000).astype(np.float32)
    threshold = float(np.float32(np.quantile(scores, quantile)))
    return Calibration(threshold, factor, fit_tail(scores), 2.0, 5000, 1, False)


@given(st.integers(0, 500), st.floats(0.9, 0.9999), st.floats(1.1, 10))
def test_severity_never_falls_and_is_75_exactly_at_the_threshold(seed, quantile, factor):
    calibration = _calibration(seed, quantile, factor)
    threshold = np.float32(calibration.threshold)
    around = np.nextafter(threshold, np.array([0, 9], np.float32))
    grid = np.sort(np.concatenate([np.linspace(-1, 9, 2000, dtype=np.float32), around, [threshold]]))
    found = severity(calibration, grid)
    assert (np.diff(found) >= 0).all()
    assert found.min() == 0
    assert found.max() == 100
    assert severity(calibration, np.array([threshold])) == 75
    assert ((found >= 75) == (grid >= threshold)).all()


def test_five_points_above_are_a_factor_rarer():
    calibration = _calibration(factor=3.0)
    grid = np.linspace(calibration.threshold, calibration.threshold * 1.3, 200)
    found = severity(calibration, grid).astype(float)
    inside = found < 100
    chances = calibration.tail.log_chance(grid) - calibration.log_chance_at_threshold
    np.testing.assert_allclose((found[inside] - 75) / 5, -chances[inside] / np.log(3.0), atol=1e-4)
    assert inside.sum() > 20


def test_below_it_is_proportional_to_the_log_of_the_chance():
    calibration = _calibration()
    grid = np.linspace(0.3, calibration.threshold, 50)[:-1]
    expected = 75 * calibration.tail.log_chance(grid) / calibration.log_chance_at_threshold
    np.testing.assert_allclose(severity(calibration, grid), expected, atol=1e-3)


def test_what_was_not_scored_has_no_severity():
    assert np.isnan(severity(_calibration(), np.array([np.nan, 1.0], np.float32))).tolist() == [True, False]


@given(st.integers(0, 500))
def test_json_and_back_is_exact(seed):
    calibration = _calibration(seed)
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_damaged_json_is_refused():
    calibration = _calibration()
    fields = json.loads(calibration.to_json())
    for text in ("", "[]", "{}", json.dumps(fields | {"tail": 3}), json.dumps(fields | {"surprise": 1})):
        with pytest.raises(InputError, match="calibration is damaged"):
            Calibration.from_json(text)
    rising = replace(calibration.tail, log_chances=calibration.tail.log_chances[::-1])
    for other in (replace(calibration, tail=rising), replace(calibration, factor=1.0)):
        with pytest.raises(InputError, match="calibration is damaged"):
            Calibration.from_json(other.to_json())
